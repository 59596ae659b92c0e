"""Names of projects, extras and dependency groups, in their one normalized spelling."""

import re
from typing import NewType

from hobd.errors import RequestError

Name = NewType("Name", str)
"""A project's name: lower case, runs of `-`, `_` and `.` folded to one `-` (PEP 503)."""

_VALID = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_RUNS = re.compile(r"[-_.]+")


class InvalidName(RequestError):
    """A text that cannot name a project, an extra or a group (PEP 508, names)."""


def normalize(text: str) -> Name:
    """Fold a name to its normalized spelling without checking it (PEP 503)."""
    return Name(_RUNS.sub("-", text).lower())


def parse_name(text: str) -> Name:
    """Check and fold a name.

    Raises:
        InvalidName: it is empty, or begins or ends with, or contains, what a name may not have.
    """
    if not _VALID.fullmatch(text):
        raise InvalidName(
            f'Not a valid package or extra name: "{text}". '
            "Names must start and end with a letter or digit and may only contain -, _, ., and alphanumeric characters."
        )
    return normalize(text)
