"""Places between release numbers, and sets of releases bounded by such places.

    3.8        3.9        3.10
    ─┼──────────┼──────────┼─
     ╵╵         ╵╵         ╵╵
     ││         │└ cut ((3, 9), AFTER): behind `<= 3.9`, before `> 3.9`
     ││         └─ cut ((3, 9), BEFORE): behind `< 3.9`, before `>= 3.9`

Markers compare releases only: epoch, pre, post, dev and local parts of a literal do not count (uv-lock.md 3.2).
"""

from bisect import bisect_right
from functools import lru_cache
from typing import TypeAlias

from msgspec import Struct
from packaging.version import Version

Release: TypeAlias = tuple[int, ...]
"""A release number without trailing zeros, of at least one part."""

VersionCut: TypeAlias = tuple[Release, int, int]
"""(release, BEFORE or AFTER, number of trailing zeros to print). The zeros are spelling: they mean nothing."""

BEFORE = 0
AFTER = 1


def trim(release: Release) -> Release:
    """The release without its trailing zeros."""
    length = len(release)
    while length > 1 and release[length - 1] == 0:
        length -= 1
    return release[:length]


def cut(release: Release, side: int, *, spelled: bool = False) -> VersionCut:
    """The place beside a release; with `spelled` its trailing zeros are kept for printing."""
    trimmed = trim(release)
    return trimmed, side, len(release) - len(trimmed) if spelled else 0


def spell(place: VersionCut) -> str:
    """The release beside a cut as text."""
    return ".".join(map(str, place[0])) + ".0" * place[2]


def bump(release: Release) -> Release:
    """The next release of the same length: 3.9 → 3.10."""
    return (*release[:-1], release[-1] + 1)


def is_series(lower: VersionCut, upper: VersionCut) -> bool:
    """Whether the cuts enclose one minor series `X.Y.*`, that is [X.Y, X.Y+1)."""
    if lower[1] != BEFORE or upper[1] != BEFORE or len(lower[0]) > 2:
        return False
    major, minor = lower[0] if len(lower[0]) == 2 else (lower[0][0], 0)
    return lower[0][:1] == upper[0][:1] and upper[0] == (major, minor + 1)


def spell_series(lower: VersionCut) -> str:
    """`X.Y.*` for the series that begins at `lower`."""
    return f"{spell((lower[0], BEFORE, 0))}{'.0' if len(lower[0]) == 1 else ''}.*"


class ReleaseSet(Struct, frozen=True):
    """A set of releases: membership changes at every cut, and before the first it is `starts_inside`."""

    cuts: tuple[VersionCut, ...]
    starts_inside: bool

    def __contains__(self, release: Release) -> bool:
        return self.starts_inside ^ (position(self.cuts, trim(release)) % 2 == 1)

    def complement(self) -> "ReleaseSet":
        """All other releases."""
        return ReleaseSet(self.cuts, not self.starts_inside)

    def intersect(self, other: "ReleaseSet") -> "ReleaseSet":
        """The releases in both. Of equal bounds, lower ones are spelled as in `other`, upper ones as in `self`."""
        inside = [self.starts_inside, other.starts_inside]
        starts_inside = was_inside = all(inside)
        kept: list[VersionCut] = []
        for here in _merge(self.cuts, other.cuts):
            for index, place in enumerate(here):
                inside[index] ^= place is not None
            if all(inside) != was_inside:
                was_inside = not was_inside
                first, second = here if was_inside else here[::-1]
                place = second or first
                assert place is not None
                kept.append(place)
        return ReleaseSet(tuple(kept), starts_inside)

    @property
    def is_empty(self) -> bool:
        """Whether it holds nothing."""
        return not self.cuts and not self.starts_inside

    @property
    def lower(self) -> VersionCut | None:
        """Where it begins; None for no bound."""
        return None if self.starts_inside or not self.cuts else self.cuts[0]

    @property
    def upper(self) -> VersionCut | None:
        """Where it ends; None for no bound."""
        ends_inside = self.starts_inside ^ (len(self.cuts) % 2 == 1)
        return None if ends_inside or not self.cuts else self.cuts[-1]


EVERY_RELEASE = ReleaseSet((), starts_inside=True)
NO_RELEASE = ReleaseSet((), starts_inside=False)


def _merge(left: tuple[VersionCut, ...], right: tuple[VersionCut, ...]) -> list[tuple[VersionCut | None, VersionCut | None]]:
    """Walk two lists of cuts at once: per place the cut of the left, of the right, or both."""
    places: dict[tuple[Release, int], list[VersionCut | None]] = {}
    for index, cuts in enumerate((left, right)):
        for place in cuts:
            places.setdefault(place[:2], [None, None])[index] = place
    return [(places[key][0], places[key][1]) for key in sorted(places)]


def releases_matching(operator: str, release: Release, *, is_wildcard: bool = False, spelled: bool = False) -> ReleaseSet | None:
    """The releases that satisfy one comparison (`>=`, `~=`, `==` with `is_wildcard` for `== X.*`, ...).

    Returns:
        None where PEP 440 has no such comparison (`~= 3`, `>= 3.*`).
    """
    if is_wildcard:
        series = ReleaseSet((cut(release, BEFORE, spelled=True), cut(bump(release), BEFORE, spelled=True)), starts_inside=False)
        return {"==": series, "!=": series.complement()}.get(operator)
    if operator == "~=":
        if len(release) < 2:
            return None
        return ReleaseSet((cut(release, BEFORE, spelled=spelled), cut(bump(release[:-1]), BEFORE, spelled=spelled)), starts_inside=False)
    before, after = cut(release, BEFORE, spelled=spelled), cut(release, AFTER, spelled=spelled)
    match operator:
        case "==" | "===":
            return ReleaseSet((before, after), starts_inside=False)
        case "!=":
            return ReleaseSet((before, after), starts_inside=True)
        case "<" | "<=":
            return ReleaseSet((before if operator == "<" else after,), starts_inside=True)
        case ">" | ">=":
            return ReleaseSet((before if operator == ">=" else after,), starts_inside=False)
    return None


def position(cuts: tuple[VersionCut, ...], release: Release) -> int:
    """How many cuts lie before a release (trimmed)."""
    return bisect_right(cuts, (release, BEFORE, _MANY_ZEROS))


_MANY_ZEROS = 1 << 30


@lru_cache(maxsize=4096)
def release_of(version: str) -> Release:
    """The release of a PEP 440 version, untrimmed; raises packaging's InvalidVersion."""
    return Version(version).release
