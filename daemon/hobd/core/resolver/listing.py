"""The versions that are listed of the packages in a proof, and sets of versions in their terms (uv-lock.md 7.2)."""

from bisect import bisect_left
from collections.abc import Sequence

from packaging.version import Version

from hobd.core.resolver.cuts import BOTTOM, TOP, Cut
from hobd.core.resolver.package import Package
from hobd.core.resolver.versions import EVERY_VERSION, NO_VERSION, Point, VersionSet, point
from hobd.core.vocab.names import Name


class Listings:
    """Listed versions by name: only of names whose page the solver has looked at."""

    def __init__(self, places: dict[Name, Sequence[Point]], without_prereleases: frozenset[Name] = frozenset()) -> None:
        self._places = {name: tuple(each) for name, each in places.items()}
        self._without_prereleases = without_prereleases

    def of(self, package: Package) -> tuple[Point, ...] | None:
        """All listed versions of a package, ascending; None where they are not known."""
        return None if package.name is None else self._places.get(package.name)

    def only_version(self, package: Package) -> VersionSet | None:
        """The set of the one version that is listed; None where there is not exactly one."""
        places = self.of(package)
        return places[0].only if places is not None and len(places) == 1 else None

    def narrowed(self, package: Package, versions: VersionSet) -> VersionSet:
        """The set by listed versions: bounds become the listed versions next to them; all of them are every version."""
        places = self.of(package)
        if not places:
            return versions
        if all(place in versions for place in places):
            return EVERY_VERSION
        return _narrowed(versions, places)

    def narrowed_rejection(self, package: Package, versions: VersionSet) -> VersionSet:
        """The same for versions that cannot be used: nothing is said of versions beyond the listed ones."""
        places = self.of(package)
        if not places:
            return versions
        if len(places) == 1 and places[0] in versions:
            return places[0].only
        narrowed = self.narrowed(package, versions)
        if narrowed.is_everything:
            return narrowed
        clamped = narrowed & VersionSet((places[0].before, places[-1].behind))
        return narrowed if clamped.is_empty else clamped

    def simplified(self, package: Package, versions: VersionSet) -> VersionSet:
        """A simpler set with the same listed versions: bounds that no listed version lies beyond are dropped."""
        places = self.of(package)
        if places is None or versions.is_everything:
            return versions
        if len(places) == 1 and places[0] in versions:
            return places[0].only
        if versions.is_single:
            return versions
        if package.name in self._without_prereleases and not versions.names_prerelease:
            places = tuple(place for place in places if not place.version.is_prerelease)
        return _simplified(versions, places)

    def bounded(self, package: Package, versions: VersionSet) -> VersionSet:
        """The set as available versions are told: no pieces beyond the listed ones, bounds that are listed included."""
        places = self.of(package)
        if places is None:
            return versions
        if len(places) < 2:
            return places[0].only if places else NO_VERSION
        return _bounded(versions, places)


def _narrowed(versions: VersionSet, places: Sequence[Point]) -> VersionSet:
    cuts: list[Cut] = []
    for low, high in versions.intervals():
        first, last = bisect_left(places, low, key=_before), bisect_left(places, high, key=_before)
        if first < last:
            low = low if low is BOTTOM else places[first].before
            high = high if high is TOP else places[last - 1].behind
        cuts += [low, high]  # a piece without listed versions is told as it is
    return VersionSet(tuple(cuts))


def _before(place: Point) -> Cut:
    return place.before


def _simplified(versions: VersionSet, places: Sequence[Point]) -> VersionSet:
    """Join intervals between which no listed version lies, and open the outermost where none lies beyond."""
    cuts: list[Cut] = []
    lower_cuts = [place.before for place in places]  # proofs may be about thousands of pieces: a key would be asked for too often
    reached = -1
    for low, high in versions.intervals():
        first, last = bisect_left(lower_cuts, low), bisect_left(lower_cuts, high)
        if first == last:
            continue
        if first == reached:
            cuts.pop()  # nothing that is listed lies between: one piece
        else:
            cuts.append(BOTTOM if first == 0 else low)
        cuts.append(TOP if last == len(places) else high)
        reached = last
    return VersionSet(tuple(cuts)) if cuts else versions


def _bounded(versions: VersionSet, places: Sequence[Point]) -> VersionSet:
    around = VersionSet((places[0].before, places[-1].behind))
    cuts: list[Cut] = []
    for low, high in versions.intervals():
        piece = VersionSet((low, high))
        if piece.is_disjoint(around):
            continue
        if around.is_subset(piece):
            high = TOP if high is TOP and low is not BOTTOM else places[-1].behind
            low = BOTTOM if low is BOTTOM else places[0].before
        else:
            low, high = _exclusive_low(low, places), _exclusive_high(high, places)
        if low < high:  # nothing is left of a single version that is not listed
            cuts += [low, high]
    return VersionSet(tuple(cuts)) if cuts else NO_VERSION


def _exclusive_low(low: Cut, places: Sequence[Point]) -> Cut:
    """A lower bound that is not listed is told as excluded: `>1` rather than `>=1`."""
    if low is BOTTOM or low.is_behind:
        return low
    place = point(Version(low.text))
    return low if place in places else place.behind


def _exclusive_high(high: Cut, places: Sequence[Point]) -> Cut:
    """An upper bound that is not listed is told as excluded: `<2` rather than `<=2`."""
    if high is TOP or not high.is_behind:
        return high
    place = point(Version(high.text))
    return high if place in places else place.before
