"""Locks written by hand: tables and entries."""

INDEX = "https://index.example/simple"


def package(name: str, needs: str = "", version: str = "1.0", **parts: str) -> str:
    """A table of a lock; `needs` and the extras hold entries, one a line."""
    wheel = f'{{ url = "https://files.example/{name}-{version}-py3-none-any.whl", hash = "sha256:{"0" * 64}", size = 2048 }}'
    extras = "".join(f"{extra} = [{', '.join(entries.splitlines())}]\n" for extra, entries in parts.items())
    return (
        f'[[package]]\nname = "{name}"\nversion = "{version}"\nsource = {{ registry = "{INDEX}" }}\n'
        f"dependencies = [{', '.join(needs.splitlines())}]\nwheels = [{wheel}]\n"
        + (f"\n[package.optional-dependencies]\n{extras}" if extras else "")
    )


def to(name: str, marker: str = "", *, version: str = "", extra: str = "") -> str:
    """An entry of a lock."""
    source = f', version = "{version}", source = {{ registry = "{INDEX}" }}' if version else ""
    asked = f', extra = ["{extra}"]' if extra else ""
    return f'{{ name = "{name}"{source}{asked}' + (f', marker = "{marker}" }}' if marker else " }")
