"""Versions whose numbers are of a size that numbers have: as in uv, each has to fit into 64 bits."""

import re

from packaging.version import InvalidVersion, Version

_LONG_NUMBER = re.compile(r"[0-9]{19,}")
_LARGEST = 2**64 - 2
_MOST_DIGITS = 20


def version_of(text: str) -> Version:
    """Read a version.

    Raises:
        InvalidVersion: it does not follow PEP 440, or has a number that is too large.
    """
    if huge_number_in(text) is not None:
        raise InvalidVersion(f"Invalid version: {text!r}")
    return Version(text)


def huge_number_in(text: str) -> str | None:
    """The first number of a version or specifier that is too large; in a local version any number is text."""
    if len(text) < _MOST_DIGITS:
        return None
    return next((found for found in _LONG_NUMBER.findall(text.partition("+")[0]) if _is_huge(found.lstrip("0"))), None)


def _is_huge(number: str) -> bool:
    return len(number) > _MOST_DIGITS or int(number or "0") > _LARGEST


def huge_number_fault(number: str) -> str:
    """What is wrong with a number that is too large, in uv's words."""
    return f'expected number less than or equal to {_LARGEST}, but number found in "{number}" exceeds it'
