"""A search that keeps little until something clashes does what one does that keeps everything from the start."""

from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from hobd.core.markers import TRUE, Marker
from hobd.core.resolver.package import Package, PackageTable
from hobd.core.resolver.search import NoSolution
from hobd.core.resolver.smooth import SmoothSearch
from hobd.core.resolver.specifiers import versions_matching
from hobd.core.resolver.versions import EVERY_VERSION, Point, VersionSet, point
from hobd.core.vocab.names import Name

PLACES = [point(Version(text)) for text in ("1", "2", "3")]
RANGES = [versions_matching(SpecifierSet(text)) for text in (">=2", "<3", "==1", "!=2", "==2")]
NAMES = [Name(name) for name in "abcde"]
MARKERS = [TRUE, TRUE, Marker.parse("sys_platform == 'win32'")]

Wanted = tuple[Name, Marker, VersionSet]
wanted = st.tuples(st.sampled_from(NAMES), st.sampled_from(MARKERS), st.sampled_from([EVERY_VERSION, EVERY_VERSION, *RANGES]))
answers = st.lists(st.lists(wanted, max_size=3), min_size=len(PLACES), max_size=len(PLACES))
indexes = st.fixed_dictionaries(dict.fromkeys(NAMES, answers))


@dataclass
class Drive:
    """Decides the highest versions that are left, and writes down all that the search says."""

    index: dict[Name, list[list[Wanted]]]
    search: SmoothSearch
    table: PackageTable
    told: list[object] = field(default_factory=list)
    visited: set[tuple[Package, Point]] = field(default_factory=set)

    def run(self, roots: list[Wanted]) -> list[object]:
        """Go on until everything is decided, or nothing can be."""
        current = self.table.root
        try:
            while (package := self._next(current)) is not None:
                self._decide(package, roots)
                current = package
        except NoSolution as failure:
            self.told.append(str(failure.proof))
        else:
            decided = self.search.decisions()
            needs = {package: [need for need in self.search.needs(package) if decided[package] in need.versions] for package in decided}
            self.told += [decided, needs, {package: self.search.demands(package) for package in decided}]
        return self.told

    def _next(self, current: Package) -> Package | None:
        self.told.append([(met.package, str(met.incompatibility)) for met in self.search.propagate(current)])
        changed = self.search.changed()
        self.told.append({package: str(self.search.known(package)) for package in changed})
        return self.search.take_next(lambda package: (0, 0, -package.index))

    def _decide(self, package: Package, roots: list[Wanted]) -> None:
        known = self.search.known(package)
        assert known is not None
        place = PLACES[0] if package is self.table.root else next((each for each in reversed(PLACES) if each in known), None)
        if place is None:
            self.search.rough().forbid(package, known)
        elif (package, place) in self.visited:
            self.search.rough().partial.decide(package, place)
        else:
            self.visited.add((package, place))
            violated = self.search.decide(package, place, place.only, self._needed(package, place, roots))
            self.told.append((package, place, str(violated)))

    def _needed(self, package: Package, place: Point, roots: list[Wanted]) -> list[tuple[Package, VersionSet]]:
        if package.base is not None:
            return [(package.base, place.only)]
        asked = roots if package.name is None else self.index[package.name][PLACES.index(place)]
        return [(self.table.required(name, None, None, marker), versions) for name, marker, versions in asked]


def drive(index: dict[Name, list[list[Wanted]]], roots: list[Wanted], table: PackageTable, *, is_rough: bool) -> list[object]:
    """All that a search says."""
    search = SmoothSearch(table, PLACES[0])
    if is_rough:
        search.rough()
    return Drive(index, search, table).run(roots)


@settings(max_examples=50, deadline=None)
@given(index=indexes, roots=st.lists(wanted, min_size=1, max_size=4))
def test_it_says_the_same_whether_it_keeps_everything_or_not(index: dict[Name, list[list[Wanted]]], roots: list[Wanted]) -> None:
    table = PackageTable()
    assert drive(index, roots, table, is_rough=False) == drive(index, roots, table, is_rough=True)


def test_it_stays_smooth_while_nothing_clashes_and_its_copies_go_their_own_ways() -> None:
    table = PackageTable()
    a, b = table.package(NAMES[0]), table.package(NAMES[1])
    search = SmoothSearch(table, PLACES[0])
    search.propagate(table.root)
    search.take_next(lambda package: (0, 0, package.index))
    search.decide(table.root, PLACES[0], PLACES[0].only, [(a, EVERY_VERSION)])
    search.propagate(table.root)
    assert search.take_next(lambda package: (0, 0, package.index)) is a
    other = search.copy()
    search.decide(a, PLACES[1], PLACES[1].only, [(b, EVERY_VERSION)])
    other.decide(a, PLACES[1], PLACES[1].only, [(table.root, PLACES[1].only)])
    assert search.propagate(a) == []
    assert other.propagate(a) != []
    assert search.is_smooth
    assert not other.is_smooth
    assert other.known(b) is None
