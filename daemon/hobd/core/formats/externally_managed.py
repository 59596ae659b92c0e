"""`EXTERNALLY-MANAGED`: what a Python whose packages are another tool's business says of that (PEP 668)."""

from configparser import ConfigParser, Error


def parse_externally_managed(text: str) -> str | None:
    """The message for people; None where there is none, or the file is no such file."""
    parser = ConfigParser(interpolation=None)
    try:
        parser.read_string(text)
        return parser.get("externally-managed", "Error", fallback=None)
    except Error:
        return None
