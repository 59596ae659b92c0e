"""`.python-version` and `.python-versions`: requests for interpreters, one a line (features.md, PYT-5)."""

import re

_USABLE = re.compile(
    r"""
      any | default | python
    | (?:python)? \s* [\d<>=!~] .*
    | (?:cpython|cp|pypy|pp|graalpy|gp|pyodide|pyston) (?:@?\d.* | -.*)?
    | any-.*
    | .*/.*
    """,
    re.VERBOSE | re.IGNORECASE,
)


def parse_version_file(text: str) -> tuple[str, ...]:
    """The requests of a file, in order; empty lines and comments left out. What each means is for whoever looks for interpreters."""
    return tuple(line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith("#"))


def is_usable_request(text: str) -> bool:
    """Whether a request may stand in a version file: names of executables may not. A path without `/` is not recognized."""
    return _USABLE.fullmatch(text) is not None
