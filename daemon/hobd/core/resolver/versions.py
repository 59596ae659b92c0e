"""Versions as points on a line, and sets of versions as intervals between cuts of that line."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from math import inf
from typing import Any

from packaging.version import Version

from hobd.core.markers import VersionCut
from hobd.core.resolver.cuts import (
    BEFORE,
    BEHIND,
    BOTTOM,
    EVERY_LOCAL,
    TOP,
    Cut,
    beside_release,
    comparisons,
    cut_at,
    is_prerelease,
    key_of,
    key_of_release,
)
from hobd.core.vocab.version import version_of

_RELEASE = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})*")


class Point(tuple[Any, ...]):  # noqa: SLOT001 - tuples cannot have slots
    """A version's place: (epoch, release, pre, post, dev, local). Equal for `1.0` and `1.0.0`.

    A page has thousands, and a resolution looks at a few: all but the place is made when somebody asks for it.
    """

    text: str
    """The version as it was spelled."""

    @cached_property
    def version(self) -> Version:
        """The version that lies here."""
        return Version(self.text)

    @cached_property
    def before(self) -> Cut:
        """Directly before the version."""
        return cut_at((*self, BEFORE), str(self.version))

    @cached_property
    def behind(self) -> Cut:
        """Directly behind the version."""
        return cut_at((*self, BEHIND), str(self.version))

    @cached_property
    def only(self) -> "VersionSet":
        """The set of this version alone."""
        return VersionSet((self.before, self.behind))

    @property
    def is_prerelease(self) -> bool:
        """Whether the version is a pre-release or a development release."""
        return is_prerelease(self)

    @property
    def is_local(self) -> bool:
        """Whether the version is a local one."""
        return bool(self[5])

    def __str__(self) -> str:
        return str(self.version)


def point(version: Version) -> Point:
    """The place of a version."""
    place = Point(key_of(version))
    place.version = version
    return place


def parse_point(text: str) -> Point:
    """The place of a version by its spelling; of a plain release it costs a tenth of what parsing the version does.

    Raises:
        ValueError: it is no version.
    """
    if _RELEASE.fullmatch(text) is None:
        return point(version_of(text))
    place = Point(key_of_release(tuple(map(int, text.split(".")))))
    place.text = text
    return place


def count_before(places: Sequence[Point], cut: Cut) -> int:
    """How many of some places, ascending, lie before a cut."""
    return bisect_left(places, cut[:-1] if cut[-1] == BEFORE else cut)  # a place sorts before both cuts that lie beside it


class VersionSet:
    """Versions between pairs of cuts: `(from, to, from, to, ...)`, ascending, `BOTTOM` and `TOP` where there is no bound."""

    __slots__ = ("_hash", "_is_pin", "cuts")

    def __init__(self, cuts: tuple[Cut, ...]) -> None:
        self.cuts = cuts
        self._hash: int | None = None
        self._is_pin: bool | None = None

    def __contains__(self, place: Point) -> bool:
        return bisect_right(self.cuts, place.before) & 1 == 1

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, VersionSet) and self.cuts == other.cuts)

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash(self.cuts)
        return self._hash

    def __and__(self, other: "VersionSet") -> "VersionSet":
        if self is other or other is EVERY_VERSION:
            return self
        if self is EVERY_VERSION:
            return other
        cuts = _overlaps(self.cuts, other.cuts)
        return self if cuts == self.cuts else other if cuts == other.cuts else VersionSet(cuts)

    def __or__(self, other: "VersionSet") -> "VersionSet":
        if self is other or not other.cuts:
            return self
        return other if not self.cuts else ~(~self & ~other)

    def __invert__(self) -> "VersionSet":
        cuts = self.cuts
        cuts = cuts[1:] if cuts[:1] == (BOTTOM,) else (BOTTOM, *cuts)
        return VersionSet(cuts[:-1] if cuts[-1:] == (TOP,) else (*cuts, TOP))

    @property
    def is_empty(self) -> bool:
        """Whether it holds no version."""
        return not self.cuts

    @property
    def is_everything(self) -> bool:
        """Whether it holds every version."""
        return self.cuts == EVERY_VERSION.cuts

    @property
    def lower(self) -> Cut:
        """Where it begins; `BOTTOM` where it has no bound. Not for empty sets."""
        return self.cuts[0]

    @property
    def upper(self) -> Cut:
        """Where it ends; `TOP` where it has no bound. Not for empty sets."""
        return self.cuts[-1]

    @property
    def is_pin(self) -> bool:
        """Whether it is made of single versions, or of single public versions with their local versions."""
        if self._is_pin is None:
            self._is_pin = all(low.text == high.text and not low.is_behind and high.is_behind for low, high in self.intervals())
        return self._is_pin

    def intervals(self) -> Iterator[tuple[Cut, Cut]]:
        """The (from, to) pairs, ascending."""
        return zip(self.cuts[::2], self.cuts[1::2], strict=True)

    def is_subset(self, other: "VersionSet") -> bool:
        """Whether every version of it is in `other`."""
        theirs = other.cuts
        if len(self.cuts) == 2:  # as most sets are
            low, high = self.cuts
            place = bisect_right(theirs, low)
            return place & 1 == 1 and theirs[place] >= high
        for low, high in self.intervals():
            place = bisect_right(theirs, low)
            if not place & 1 or theirs[place] < high:
                return False
        return True

    def is_disjoint(self, other: "VersionSet") -> bool:
        """Whether no version is in both."""
        theirs = other.cuts
        count = len(theirs)
        if len(self.cuts) == 2:  # as most sets are
            low, high = self.cuts
            place = bisect_right(theirs, low)
            return place & 1 == 0 and (place == count or theirs[place] >= high)
        for low, high in self.intervals():
            place = bisect_right(theirs, low)
            if place & 1 or (place < count and theirs[place] < high):
                return False
        return True

    def widened(self, places: Sequence[Point]) -> "VersionSet":
        """The largest set that holds the same ones of the known versions: every interval grown up to its neighbours.

        Args:
            places: all known versions, ascending.
        """
        cuts: list[Cut] = []
        for low, high in self.intervals():
            first, last = count_before(places, low), count_before(places, high)
            if first == last:
                continue  # no known version lies in it
            start = places[first - 1].behind if first else BOTTOM
            end = places[last].before if last < len(places) else TOP
            if cuts and cuts[-1] >= start:
                cuts[-1] = end
            else:
                cuts += [start, end]
        return VersionSet(tuple(cuts)) if cuts else self

    @property
    def is_single(self) -> bool:
        """Whether it is told as one version, `==1`."""
        return len(self.cuts) == 2 and self.is_pin

    @property
    def names_prerelease(self) -> bool:
        """Whether a bound is a pre-release."""
        return any(cut.text and Version(cut.text).is_prerelease for cut in self.cuts)

    def without_locals(self) -> "VersionSet":
        """The same in terms of public versions: bounds behind all local versions of one lie behind that one."""
        return VersionSet(tuple(_behind_public(cut.text) if cut[5:6] == (EVERY_LOCAL,) and cut[3] != inf else cut for cut in self.cuts))

    def __str__(self) -> str:
        return "|".join(",".join(comparisons(low, high)) or "*" for low, high in self.intervals()) or "∅"

    def __repr__(self) -> str:
        return f"VersionSet({str(self)!r})"


@lru_cache(maxsize=4096)
def _behind_public(text: str) -> Cut:
    """The cut behind a public version; large proofs ask for the same ones over and over."""
    return point(Version(text)).behind


NO_VERSION = VersionSet(())
EVERY_VERSION = VersionSet((BOTTOM, TOP))


def _overlaps(left: tuple[Cut, ...], right: tuple[Cut, ...]) -> tuple[Cut, ...]:
    """Walk two lists of intervals at once and keep what lies in both."""
    kept: list[Cut] = []
    left_index = right_index = 0
    left_count, right_count = len(left), len(right)
    while left_index < left_count and right_index < right_count:
        left_end, right_end = left[left_index + 1], right[right_index + 1]
        low = max(left[left_index], right[right_index])
        high = min(left_end, right_end)
        if low < high:
            kept += [low, high]
        if left_end <= right_end:
            left_index += 2
        if right_end <= left_end:
            right_index += 2
    return tuple(kept)


def releases_between(lower: VersionCut | None, upper: VersionCut | None) -> "VersionSet":
    """Releases of Python between two bounds, as a set of versions."""
    return VersionSet((BOTTOM if lower is None else beside_release(lower), TOP if upper is None else beside_release(upper)))
