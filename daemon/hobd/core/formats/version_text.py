"""Versions and version specifiers, refused in uv's words (PEP 440).

`packaging` does the parsing; this says *what* is wrong where it says only that something is.
"""

import re

from packaging.specifiers import InvalidSpecifier, Specifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from hobd.core.vocab.version import huge_number_fault, huge_number_in, version_of
from hobd.errors import RequestError

_OPERATORS = ("==", "===", "!=", "~=", "<", "<=", ">", ">=")
_SPECIFIER = re.compile(r"\s*([=!~<>]*)\s*(\S*)\s*(.*)", re.DOTALL)
_EARLY_WILDCARD = re.compile(r"v?(?:\d+!)?\d+(?:\.\d+)*\.\*.")
_EPOCH = re.compile(r"\d+!")
_LONGEST_VERSION = re.compile(
    r"v?(?:\d+!)?\d+(?:\.\d+)*(?:[-_.]?(?:alpha|beta|preview|pre|rc|a|b|c)(?:[-_.]?\d+)?)?"
    r"(?:(?:-\d+)|(?:[-_.]?(?:post|rev|r)(?:[-_.]?\d+)?))?(?:[-_.]?dev(?:[-_.]?\d+)?)?(?:\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?",
    re.IGNORECASE,
)


class InvalidVersionText(RequestError):
    """A text that is no version, or no list of version specifiers."""


def parse_version(text: str) -> Version:
    """Read a version.

    Raises:
        InvalidVersionText: it does not follow PEP 440.
    """
    try:
        return version_of(text)
    except InvalidVersion as error:
        raise InvalidVersionText(version_fault(text)) from error


def parse_specifiers(text: str) -> SpecifierSet:
    """Read specifiers, separated by commas; an empty text allows every version.

    Raises:
        InvalidVersionText: one of them is none; the message has a caret below it and ends with a newline.
    """
    start = 0
    for part in text.split(",") if text.strip() else ():
        fault = specifier_fault(part)
        if fault is not None:
            raise InvalidVersionText(f"Failed to parse version: {fault}:\n{text}\n{' ' * start}{'^' * len(part)}\n")
        start += len(part) + 1
    return SpecifierSet(text)


def specifier_fault(text: str) -> str | None:
    """What is wrong with one specifier; None where nothing is."""
    found = _SPECIFIER.fullmatch(text)
    assert found is not None  # every part of it may be empty
    operator, version, trailing = found.groups()
    if not operator:
        hint = "" if _pattern_fault(version) is not None else f". Did you mean `=={version}`?"
        return f"Unexpected end of version specifier, expected operator{hint}"
    if operator not in _OPERATORS:
        return f'no such comparison operator "{operator}", must be one of ~= == != <= >= < > ==='
    if not version:
        return "Unexpected end of version specifier, expected version"
    fault = _pattern_fault(version) or _combination_fault(operator, version)
    if fault is None and trailing:
        return f"Trailing `{trailing}` is not allowed"
    if fault is None and not _is_valid(operator + version):
        return f"Operator {operator} cannot be used with `{version}`"
    return fault


def _is_valid(text: str) -> bool:
    try:
        Specifier(text)
    except InvalidSpecifier:
        return False
    return True


def _combination_fault(operator: str, version: str) -> str | None:
    """What an operator and a version, each fine alone, say against each other."""
    if version.endswith(".*"):
        return None if operator in ("==", "!=") else f"Operator {operator} cannot be used with a wildcard version specifier"
    found = Version(version)
    if found.local and operator in ("<", "<=", ">", ">=", "~="):
        return f"Operator {operator} is incompatible with versions containing non-empty local segments (`+{found.local}`)"
    if operator == "~=" and len(found.release) < 2:
        return "The ~= operator requires at least two segments in the release version"
    return None


def _pattern_fault(text: str) -> str | None:
    """What is wrong with a version that may end in `.*`."""
    if text.endswith(".*") and _EPOCH.sub("", text[:-2].removeprefix("v")).replace(".", "").isdigit():
        return None
    huge = huge_number_in(text)
    if huge is not None:
        return huge_number_fault(huge)
    if _EARLY_WILDCARD.match(text):
        return "wildcards in versions must be at the end"
    try:
        Version(text)
    except InvalidVersion:
        return _parsing_fault(text.strip())
    return None


def version_fault(text: str) -> str:
    """Why a text is no version."""
    body = text.strip()
    huge = huge_number_in(body)
    if huge is not None:
        return huge_number_fault(huge)
    return "wildcards are not allowed in a version" if "*" in body else _parsing_fault(body)


def _parsing_fault(body: str) -> str:
    found = _LONGEST_VERSION.match(body)
    if found is None:
        if _EPOCH.match(body.removeprefix("v")):
            return "expected version to have a non-empty release component after an epoch, but no ASCII digits after the epoch were found"
        return "expected version to start with a number, but no leading ASCII digits were found"
    rest = body[found.end() :]
    if rest[:1] == "+" or (rest[:1] in ("-", "_", ".") and "+" in found[0]):
        return (
            f"found a `{rest[0]}` indicating the start of a local component in a version, "
            f"but did not find any alphanumeric ASCII segment following the `{rest[0]}`"
        )
    return f"after parsing `{found[0]}`, found `{rest}`, which is not part of a valid version"
