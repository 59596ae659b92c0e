"""A new script with inline metadata, and metadata for a script that has none (INI-5, PEP 723)."""

from hobd.core.formats.shapes import quoted

_MAIN = """

def main() -> None:
    print("Hello from NAME!")


if __name__ == "__main__":
    main()
"""


def render_script(name: str, requires_python: str, *, is_bare: bool) -> str:
    """A script of that file name."""
    return _block(requires_python) + ("" if is_bare else _MAIN.replace("NAME", name))


def describe_script(text: str, requires_python: str) -> str:
    """A script with metadata in front of what it had; a line that names its program stays the first."""
    block = _block(requires_python)
    if not text.startswith("#!"):
        return f"{block}\n{text}"
    first, _, rest = text.partition("\n")
    return f"{first}\n#\n{block}\n{rest}"


def _block(requires_python: str) -> str:
    return f"# /// script\n# requires-python = {quoted(requires_python)}\n# dependencies = []\n# ///\n"
