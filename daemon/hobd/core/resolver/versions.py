"""Versions as points on a line, and sets of versions as intervals between cuts of that line.

    1.0.dev0   1.0a1   1.0   1.0+cpu   1.0.post1   1.1.dev0   1.1
    ──┼──────────┼──────┼───────┼──────────┼──────────┼────────┼──
      ╵                 ╵       ╵          ╵
      `<1.0`   `>=1.0` ─┘       └─ `<=1.0` └─ `>1.0` begins behind all of these

A cut lies directly before or behind a point, or behind all local or all post versions of it. Points and cuts
are tuples, so that they sort and bisect at the speed of C. The text of a cut is spelling only.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from math import inf
from operator import attrgetter
from typing import Any

from packaging.version import Version

from hobd.core.markers import VersionCut

BEFORE = 0
BEHIND = 1

_PRE_ORDER = {"a": 0, "b": 1, "rc": 2}
_ONLY_DEV = (-1, 0)
_FINAL = (3, 0)
_NO_POST = -1
_NO_LOCAL: tuple[tuple[int, int | str], ...] = ()
_EVERY_LOCAL: tuple[tuple[int, int | str], ...] = ((2, 0),)


class Point(tuple[Any, ...]):  # noqa: SLOT001 - tuples cannot have slots
    """A version's place: (epoch, release, pre, post, dev, local). Equal for `1.0` and `1.0.0`."""

    version: Version
    before: "Cut"
    behind: "Cut"
    only: "VersionSet"
    """The set of this version alone."""

    def __str__(self) -> str:
        return str(self.version)


class Cut(tuple[Any, ...]):  # noqa: SLOT001 - tuples cannot have slots
    """A place between versions. Equality and order do not look at the text."""

    text: str
    """The version to print beside a comparison."""

    @property
    def is_behind(self) -> bool:
        """Whether the version of the text lies before this cut: `>` and `<=` rather than `>=` and `<`."""
        return self[-1] is BEHIND


def point(version: Version) -> Point:
    """The place of a version. Costs a few microseconds: keep it rather than ask again."""
    place = Point(_key(version))
    place.version = version
    text = str(version)
    place.before, place.behind = _cut((*place, BEFORE), text), _cut((*place, BEHIND), text)
    place.only = VersionSet((place.before, place.behind))
    return place


def _key(version: Version) -> tuple[Any, ...]:
    pre, post, dev, local = version.pre, version.post, version.dev, version.local
    if pre is not None:
        phase: tuple[int, int] = (_PRE_ORDER[pre[0]], pre[1])
    else:
        phase = _ONLY_DEV if post is None and dev is not None else _FINAL
    return (
        version.epoch,
        trimmed(version.release),
        phase,
        _NO_POST if post is None else post,
        inf if dev is None else dev,
        _NO_LOCAL if local is None else tuple((1, int(part)) if part.isdigit() else (0, part) for part in local.split(".")),
    )


def trimmed(release: tuple[int, ...]) -> tuple[int, ...]:
    """A release number without trailing zeros."""
    length = len(release)
    while length > 1 and release[length - 1] == 0:
        length -= 1
    return release[:length]


def _cut(place: tuple[Any, ...], text: str) -> Cut:
    cut = Cut(place)
    cut.text = text
    return cut


def before(version: Version) -> Cut:
    """Directly before a version: where `>=` begins."""
    return _cut((*_key(version), BEFORE), str(version))


def before_release(epoch: int, release: tuple[int, ...], *, text: str | None = None) -> Cut:
    """Before every version of a release, its earliest development release included."""
    shown = text if text is not None else f"{f'{epoch}!' if epoch else ''}{'.'.join(map(str, release))}.dev0"
    return _cut((epoch, trimmed(release), _ONLY_DEV, _NO_POST, 0, _NO_LOCAL, BEFORE), shown)


def behind_locals(version: Version) -> Cut:
    """Behind a version and all its local versions: where `<=` ends."""
    return _cut((*_key(version)[:5], _EVERY_LOCAL, BEHIND), str(version))


def behind_posts(version: Version) -> Cut:
    """Behind a version and all its local and post versions: where `>` begins."""
    return _cut((*_key(version)[:3], inf, inf, _EVERY_LOCAL, BEHIND), str(version))


def releases_between(lower: VersionCut | None, upper: VersionCut | None) -> "VersionSet":
    """Releases of Python between two bounds, as a set of versions."""
    return VersionSet((BOTTOM if lower is None else _release_cut(lower), TOP if upper is None else _release_cut(upper)))


def _release_cut(bound: VersionCut) -> Cut:
    release, side, zeros = bound
    version = Version(".".join(map(str, release)) + ".0" * zeros)
    return _cut((*_key(version), BEHIND if side else BEFORE), str(version))


BOTTOM = _cut((-1,), "")
TOP = _cut((inf,), "")


class VersionSet:
    """Versions between pairs of cuts: `(from, to, from, to, ...)`, ascending, `BOTTOM` and `TOP` where there is no bound."""

    __slots__ = ("_hash", "cuts")

    def __init__(self, cuts: tuple[Cut, ...]) -> None:
        self.cuts = cuts
        self._hash: int | None = None

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
        return all(low.text == high.text and not low.is_behind and high.is_behind for low, high in self.intervals())

    def intervals(self) -> Iterator[tuple[Cut, Cut]]:
        """The (from, to) pairs, ascending."""
        return zip(self.cuts[::2], self.cuts[1::2], strict=True)

    def is_subset(self, other: "VersionSet") -> bool:
        """Whether every version of it is in `other`."""
        theirs = other.cuts
        for low, high in self.intervals():
            place = bisect_right(theirs, low)
            if not place & 1 or theirs[place] < high:
                return False
        return True

    def is_disjoint(self, other: "VersionSet") -> bool:
        """Whether no version is in both."""
        theirs = other.cuts
        count = len(theirs)
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
            first, last = _index(places, low), _index(places, high)
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
        return VersionSet(
            tuple(point(Version(cut.text)).behind if cut[5:6] == (_EVERY_LOCAL,) and cut[3] != inf else cut for cut in self.cuts)
        )

    def __str__(self) -> str:
        return "|".join(",".join(comparisons(low, high)) or "*" for low, high in self.intervals()) or "∅"

    def __repr__(self) -> str:
        return f"VersionSet({str(self)!r})"


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


def _index(places: Sequence[Point], cut: Cut) -> int:
    """How many of the versions lie before a cut."""
    return bisect_left(places, cut, key=_before_of)


_before_of = attrgetter("before")


def comparisons(low: Cut, high: Cut) -> list[str]:
    """One interval as comparisons: `==1`, or its bounds; empty where it has none."""
    if low.text == high.text and not low.is_behind and high.is_behind:
        return [f"=={low.text}"]
    texts = []
    if low is not BOTTOM:
        texts.append(f"{'>' if low.is_behind else '>='}{low.text}")
    if high is not TOP:
        texts.append(f"{'<=' if high.is_behind else '<'}{high.text}")
    return texts


def union(sets: Iterable[VersionSet]) -> VersionSet:
    """All versions of any of the sets."""
    result = NO_VERSION
    for each in sets:
        result |= each
    return result
