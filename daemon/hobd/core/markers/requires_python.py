"""`requires-python`: what a project's Pythons are, and how a lock writes it (uv-lock.md section 2)."""

from collections.abc import Iterable
from functools import cached_property, reduce

from packaging.specifiers import InvalidSpecifier, Specifier, SpecifierSet
from packaging.version import Version

from hobd.core.markers.bounds import PythonBounds
from hobd.core.markers.releases import (
    BEFORE,
    EVERY_RELEASE,
    Release,
    ReleaseSet,
    VersionCut,
    is_series,
    releases_matching,
    spell,
    spell_series,
)
from hobd.errors import RequestError

_OPERATORS = ("==", "==*", "===", "!=", "!=*", "~=", "<", "<=", ">", ">=")
"""In the order in which specifiers of one version are written."""


class InvalidRequiresPython(RequestError):
    """A `requires-python` that is not a list of version specifiers, or leaves no Python."""


class RequiresPython:
    """A set of Python releases, and the specifiers that describe it. Equal if they mean the same Pythons."""

    __slots__ = ("__dict__", "_texts", "releases")  # __dict__: for what is computed once, on first use

    def __init__(self, releases: ReleaseSet, texts: tuple[str, ...]) -> None:
        self.releases = releases
        self._texts = texts

    @classmethod
    def parse(cls, text: str) -> "RequiresPython":
        """Read specifiers, keeping their spelling: of one project, a script, a lock or a distribution.

        Raises:
            InvalidRequiresPython: a part is no version specifier.
        """
        parts = sorted((_parse_specifier(part) for part in text.split(",") if part.strip()), key=_specifier_order)
        releases = reduce(ReleaseSet.intersect, map(_releases_of, parts), EVERY_RELEASE)
        return cls(releases, tuple(map(str, parts)))

    @classmethod
    def intersection(cls, members: Iterable["RequiresPython"]) -> "RequiresPython | None":
        """What all members of a workspace allow, written anew from the ranges; None if that is no Python at all (2.1)."""
        releases = reduce(ReleaseSet.intersect, (member.releases for member in members), EVERY_RELEASE)
        return None if releases.is_empty else cls(releases, tuple(_specifiers_of(releases)))

    @classmethod
    def at_least(cls, version: Version) -> "RequiresPython":
        """`>=X.Y` of an interpreter: for projects that do not say."""
        return cls.parse(f">={version.major}.{version.minor}")

    def text(self) -> str:
        """The value of `requires-python` in a lock: specifiers by version, then operator, joined by a comma and a blank."""
        return ", ".join(self._texts)

    @cached_property
    def specifiers(self) -> SpecifierSet:
        """The same as packaging's specifiers."""
        return SpecifierSet(",".join(self._texts))

    @cached_property
    def bounds(self) -> PythonBounds:
        """The interval around all releases: all that counts for markers, forks and wheel tags (2.2)."""
        return PythonBounds(self.releases.lower, self.releases.upper)

    @property
    def lower(self) -> VersionCut | None:
        """Where the Pythons begin; None for no bound."""
        return self.releases.lower

    @property
    def upper(self) -> VersionCut | None:
        """Where the Pythons end; None for no bound."""
        return self.releases.upper

    def contains(self, version: Version) -> bool:
        """Whether an interpreter fits. A pre-release counts as its release."""
        return version.release in self.releases

    def is_contained_by(self, candidate: SpecifierSet | str) -> bool:
        """Whether a distribution with this `Requires-Python` may be chosen: upper bounds do not count (2.2).

        Raises:
            InvalidRequiresPython: the candidate's text is no list of specifiers.
        """
        theirs = RequiresPython.parse(str(candidate)).bounds
        return theirs.lower_order <= self.bounds.lower_order

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RequiresPython) and self._texts == other._texts

    def __hash__(self) -> int:
        return hash(self._texts)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"RequiresPython({self.text()!r})"


def _parse_specifier(text: str) -> Specifier:
    try:
        return Specifier(text.strip())
    except InvalidSpecifier as error:
        raise InvalidRequiresPython(f"`{text.strip()}` is not a valid version specifier for Python") from error


def _specifier_order(specifier: Specifier) -> tuple[Version, int]:
    is_wildcard = specifier.version.endswith(".*")
    version = Version(specifier.version.removesuffix(".*"))
    return version, _OPERATORS.index(specifier.operator + "*" * is_wildcard)


def _releases_of(specifier: Specifier) -> ReleaseSet:
    """The releases that one specifier allows; pre, post, dev and local parts do not count."""
    release = Version(specifier.version.removesuffix(".*")).release
    is_wildcard = specifier.version.endswith(".*")
    found = releases_matching(specifier.operator, release, is_wildcard=is_wildcard, spelled=True)
    assert found is not None  # packaging has rejected what PEP 440 does not allow
    return found


def _specifiers_of(releases: ReleaseSet) -> list[str]:
    """Describe a set: its bounds, and the holes that can be written as points or as minor series."""
    texts = [*_bound_specifiers(releases.lower, releases.upper), *_hole_specifiers(releases)]
    return [str(specifier) for specifier in sorted(map(Specifier, texts), key=_specifier_order)]


def _bound_specifiers(lower: VersionCut | None, upper: VersionCut | None) -> list[str]:
    if lower is not None and upper is not None:
        if is_series(lower, upper):
            return [f"=={spell_series(lower)}"]
        if lower[0] == upper[0]:
            return [f"=={spell(lower)}"]
    texts = []
    if lower is not None:
        texts.append(f"{'>=' if lower[1] == BEFORE else '>'}{spell(lower)}")
    if upper is not None:
        texts.append(f"{'<' if upper[1] == BEFORE else '<='}{spell(upper)}")
    return texts


def _hole_specifiers(releases: ReleaseSet) -> list[str]:
    cuts = releases.cuts if releases.starts_inside else releases.cuts[1:]
    texts: list[str] = []
    for start, end in zip(cuts[::2], cuts[1::2], strict=False):
        if start[0] == end[0]:
            texts.append(f"!={spell(start)}")
        else:
            texts.extend(f"!={major}.{minor}.*" for major, minor in _series_between(start, end))
    return texts


def _series_between(start: VersionCut, end: VersionCut) -> list[tuple[int, int]]:
    """The minor series of [X.Y, X.Z); empty for a hole of any other form, which is left out."""
    first, last = _as_minor(start), _as_minor(end)
    if first is None or last is None or first[0] != last[0]:
        return []
    return [(first[0], minor) for minor in range(first[1], last[1])]


def _as_minor(place: VersionCut) -> tuple[int, int] | None:
    release: Release = place[0]
    if place[1] != BEFORE or len(release) > 2:
        return None
    return (release[0], release[1]) if len(release) == 2 else (release[0], 0)
