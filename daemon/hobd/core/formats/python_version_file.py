"""`.python-version` and `.python-versions`: requests for interpreters, one a line (features.md, PYT-5)."""


def parse_version_file(text: str) -> tuple[str, ...]:
    """The requests of a file, in order; empty lines and comments left out. What each means is for whoever looks for interpreters."""
    return tuple(line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith("#"))
