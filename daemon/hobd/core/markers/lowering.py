"""One comparison of a marker as a diagram; None for comparisons that are ignored (uv-lock.md 3.1, 3.2)."""

import re

from packaging.version import InvalidVersion

from hobd.core.markers.algebra import conjunction, disjunction, negation
from hobd.core.markers.diagram import FALSE, Node, boolean, ranges, releases
from hobd.core.markers.releases import NO_RELEASE, Release, ReleaseSet, bump, releases_matching, trim
from hobd.core.markers.variables import (
    LIST_NAMES,
    PLATFORM_RELEASE_VERSION,
    PYTHON_FULL_VERSION,
    STRINGS,
    VERSIONS,
    contains_literal,
    is_extra,
    is_in_list,
    is_membership_in,
)
from hobd.core.vocab.names import InvalidName, parse_name
from hobd.core.vocab.version import version_of

_ALIASES = {
    "os.name": "os_name",
    "sys.platform": "sys_platform",
    "platform.version": "platform_version",
    "platform.machine": "platform_machine",
    "platform.python_implementation": "platform_python_implementation",
    "python_implementation": "platform_python_implementation",
}
NAMES = frozenset({*STRINGS, *VERSIONS, *_ALIASES, *LIST_NAMES, "python_version", "extra"})
"""Every name that may stand in a marker."""

MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
"""What an operator becomes when its sides are swapped; the others stay."""

_SYSTEMS = {"Windows": "win32", "Darwin": "darwin", "Linux": "linux", "AIX": "aix", "Emscripten": "emscripten", "Android": "android"}
_ORDERED_STRINGS = ("platform_release", "platform_version")
_WILDCARD = re.compile(r"(.*[0-9])\.\*")
_NO_WILDCARD = re.compile(r"(?!)")


def lower(name: str, operator: str, literal: str) -> Node | None:
    """The diagram of `name operator 'literal'`."""
    name = _ALIASES.get(name, name)
    if name == "extra":
        return _lower_extra(operator, literal)
    if name in LIST_NAMES:
        return None
    if name in VERSIONS or name == "python_version":
        return _lower_version(name, operator, literal)
    if operator in ("in", "not in"):
        return boolean(is_membership_in(name, literal), positive=operator == "in")
    if name == "platform_release":
        return _lower_platform_release(operator, literal)
    if name == "platform_system" and literal in _SYSTEMS:
        return _lower_string("sys_platform", operator, _SYSTEMS[literal])
    return _lower_string(name, operator, literal)


def lower_reversed(literal: str, operator: str, name: str) -> Node | None:
    """The diagram of `'literal' operator name`."""
    name = _ALIASES.get(name, name)
    is_membership = operator in ("in", "not in")
    if name in LIST_NAMES:
        return _lower_list(name, operator, literal) if is_membership else None
    if not is_membership:
        if (name in VERSIONS or name == "python_version") and literal.rstrip().endswith("*"):
            return None  # only a literal on the right may be a pattern
        return lower(name, MIRRORED.get(operator, operator), literal)
    if name not in STRINGS:
        return None
    return boolean(contains_literal(name, literal), positive=operator == "in")


def _lower_extra(operator: str, literal: str) -> Node | None:
    if operator not in ("==", "!="):
        return None
    try:
        return boolean(is_extra(parse_name(literal)), positive=operator == "==")
    except InvalidName:
        return FALSE


def _lower_list(name: str, operator: str, literal: str) -> Node:
    try:
        return boolean(is_in_list(name, parse_name(literal)), positive=operator == "in")
    except InvalidName:
        return FALSE


def _lower_string(name: str, operator: str, literal: str) -> Node | None:
    """Strings are equal or not; only two names have an order, in which bytes count."""
    before, after = (literal, 0), (literal, 1)
    if operator == "~=":
        return None
    if operator in ("<", "<=", ">", ">=") and name not in _ORDERED_STRINGS:
        return FALSE if operator in ("<", ">") else ranges(STRINGS[name], (before, after), starts_inside=False)
    cuts = {"==": (before, after), "!=": (before, after), "<": (before,), "<=": (after,), ">": (after,), ">=": (before,)}[operator]
    return ranges(STRINGS[name], cuts, starts_inside=operator in ("!=", "<", "<="))


def _lower_platform_release(operator: str, literal: str) -> Node | None:
    """On macOS the kernel's release compares as a version if the literal is one; elsewhere it is a string."""
    as_string = _lower_string("platform_release", operator, literal)
    accepted = _parse_releases(operator, literal)
    if as_string is None or accepted is None:
        return as_string
    on_macos = ranges(STRINGS["sys_platform"], (("darwin", 0), ("darwin", 1)), starts_inside=False)
    elsewhere = ranges(STRINGS["sys_platform"], (("darwin", 0), ("darwin", 1)), starts_inside=True)
    return disjunction(conjunction(on_macos, releases(PLATFORM_RELEASE_VERSION, accepted)), conjunction(elsewhere, as_string))


def _lower_version(name: str, operator: str, literal: str) -> Node | None:
    if operator in ("in", "not in"):
        return _lower_version_list(name, operator, literal)
    if name != "python_version":
        accepted = _parse_releases(operator, literal)
        return None if accepted is None else releases(VERSIONS[name], accepted)
    pattern = _parse_pattern(operator, literal)
    return None if pattern is None else _lower_python_version(operator, pattern[0], is_wildcard=pattern[1])


def _lower_version_list(name: str, operator: str, literal: str) -> Node | None:
    """Any of the versions between blanks, or none of them. What `python_version` never equals spoils the whole list."""
    try:
        wanted = [version_of(item).release for item in literal.split()]
    except InvalidVersion:
        return None
    accepted = FALSE
    for release in wanted:
        one = _lower_python_version("==", release, is_wildcard=False) if name == "python_version" else _exactly(name, release)
        if one is FALSE:
            return FALSE
        accepted = disjunction(accepted, one)
    return accepted if operator == "in" else negation(accepted)


def _exactly(name: str, release: Release) -> Node:
    accepted = releases_matching("==", release, spelled=True)
    assert accepted is not None
    return releases(VERSIONS[name], accepted)


def _lower_python_version(operator: str, release: Release, *, is_wildcard: bool) -> Node:
    """A comparison of `python_version`, which has two parts only, as one of `python_full_version` (table in 3.2)."""
    accepted = _wildcard_releases(operator, release) if is_wildcard else _plain_releases(operator, release)
    return releases(PYTHON_FULL_VERSION, accepted)


def _wildcard_releases(operator: str, release: Release) -> ReleaseSet:
    if any(release[2:]):
        return NO_RELEASE
    accepted = releases_matching(operator, release[:2], is_wildcard=True)
    assert accepted is not None
    return accepted


def _plain_releases(operator: str, release: Release) -> ReleaseSet:
    minor = (*release, 0)[:2]
    is_pure = not any(release[2:])
    accepted: ReleaseSet | None
    match operator:
        case "==" | "!=":
            accepted = releases_matching(operator, minor, is_wildcard=True) if is_pure else ReleaseSet((), operator == "!=")
        case "~=" if len(release) > 2:
            accepted = releases_matching("==", minor, is_wildcard=True) if is_pure else NO_RELEASE
        case "~=":
            accepted = releases_matching("~=", minor)
        case ">" | "<=":
            accepted = releases_matching(">=" if operator == ">" else "<", bump(minor))
        case _ if not is_pure:
            accepted = releases_matching(operator, bump(minor))
        case _ if trim(minor) == (0,):
            accepted = ReleaseSet((), operator == ">=")
        case _:
            accepted = releases_matching(operator, minor)
    assert accepted is not None
    return accepted


def _parse_releases(operator: str, literal: str) -> ReleaseSet | None:
    pattern = _parse_pattern(operator, literal)
    return None if pattern is None else releases_matching(operator, pattern[0], is_wildcard=pattern[1])


def _parse_pattern(operator: str, literal: str) -> tuple[Release, bool] | None:
    """The release of a version literal and whether `.*` follows; None where PEP 440 does not allow it with the operator."""
    wildcard = (_WILDCARD if operator in ("==", "!=") else _NO_WILDCARD).fullmatch(literal.strip())
    try:
        version = version_of(wildcard[1] if wildcard else literal)
    except InvalidVersion:
        return None
    is_exact = operator in ("==", "!=")
    if (version.local is not None and not is_exact) or (operator == "~=" and len(version.release) < 2):
        return None
    if wildcard and (version.is_prerelease or version.is_postrelease or version.local is not None):
        return None
    return version.release, wildcard is not None
