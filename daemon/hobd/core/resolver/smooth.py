"""A search that keeps no more than it needs: as long as nothing clashes, what is wanted of each package is enough.

    smooth   decide(a==2) ──→ b has to be >=3, c any ──→ … ──→ everything is decided
                                 │ but b is 2 already, or cannot be used, or …
                                 ▼
    rough    a `Search` is told the same decisions, one after the other, and meets the clash itself

Most forks of most resolutions never clash: an old lock or another fork has settled their versions. What is decided, and in which
order, is the same either way. Only the incompatibilities are left out, of which a search makes thousands, until one can matter.
"""

from collections.abc import Callable, Iterator, KeysView, Sequence
from typing import NamedTuple, TypeAlias

from hobd.core.resolver.incompatibility import Incompatibility
from hobd.core.resolver.package import Package, PackageTable
from hobd.core.resolver.priorities import Priority
from hobd.core.resolver.search import Contradiction, Need, Search
from hobd.core.resolver.term import Term, required
from hobd.core.resolver.versions import Point, VersionSet
from hobd.core.resolver.waiting import Waiting

_Needed: TypeAlias = Sequence[tuple[Package, VersionSet]]


class _Step(NamedTuple):
    """One decision, as a search has to be told of it."""

    package: Package
    place: Point
    versions: VersionSet
    needed: _Needed


class _Ledger:
    """Who needs what of whom, in the order in which a search would come to know it."""

    def __init__(self) -> None:
        self._entered = 0
        self._needs: dict[Package, dict[tuple[Package, VersionSet], Need]] = {}
        self._demands: dict[Package, dict[tuple[Package, VersionSet], Need]] = {}

    def enter(self, steps: Sequence[_Step]) -> None:
        """Take note of the steps that were made since."""
        for step in steps[self._entered :]:
            for on, allowed in step.needed:
                if on.base is not None:
                    self._add(Need(on, allowed, on.base, allowed))
            for on, allowed in step.needed:
                self._add(Need(step.package, step.versions, on, allowed))
        self._entered = len(steps)

    def _add(self, need: Need) -> None:
        """Add it at the end, as a search does that joins it with what it knew of the same."""
        needs, demands = self._needs.setdefault(need.dependent, {}), self._demands.setdefault(need.on, {})
        needs.pop((need.on, need.allowed), None)
        demands.pop((need.dependent, need.allowed), None)
        needs[need.on, need.allowed] = demands[need.dependent, need.allowed] = need

    def needs(self, package: Package) -> list[Need]:
        """What a package needs."""
        return list(self._needs.get(package, {}).values())

    def demands(self, package: Package) -> list[Need]:
        """What is needed of a package."""
        return list(self._demands.get(package, {}).values())


class SmoothSearch:
    """The state of one search. See `Search` and `PartialSolution` for what the methods are to mean."""

    def __init__(self, table: PackageTable, root_place: Point) -> None:
        self.table = table
        self._root_place = root_place
        self._rough: Search | None = None
        self._steps: list[_Step] = []
        self._ledger = _Ledger()
        self._is_concluded = False
        """Whether all was concluded that follows from the last decision."""
        self._known: dict[Package, VersionSet] = {}
        self._decided: dict[Package, Point] = {}
        self._waiting = Waiting()

    def copy(self) -> "SmoothSearch":
        """An independent search that goes on from here."""
        other = SmoothSearch(self.table, self._root_place)
        if self._rough is not None:
            other._rough = self._rough.copy()
        else:
            other._steps, other._is_concluded = list(self._steps), self._is_concluded
            other._known, other._decided, other._waiting = dict(self._known), dict(self._decided), self._waiting.copy()
        return other

    @property
    def is_smooth(self) -> bool:
        """Whether nothing has clashed: then nothing stands against any version but what others need."""
        return self._rough is None

    def rough(self) -> Search:
        """The search that knows incompatibilities."""
        if self._rough is None:
            self._rough = self._retold()
            self._rough.partial.waiting = self._waiting
            self._steps, self._known, self._decided, self._ledger, self._waiting = [], {}, {}, _Ledger(), Waiting()
        return self._rough

    def _retold(self) -> Search:
        """A search that was told all steps, and has concluded what was concluded from them."""
        search, told = Search(self.table, self._root_place), self.table.root
        for step in self._steps:
            search.propagate(told)
            search.decide(step.package, step.place, step.versions, step.needed)
            told = step.package
        if self._is_concluded:
            search.propagate(told)
        return search

    def known(self, package: Package) -> Term | None:
        """All that is known of a package; None for nothing."""
        if self._rough is not None:
            return self._rough.partial.known(package)
        versions = self._known.get(package)
        return None if versions is None else required(versions)

    def smooth_range(self, package: Package) -> VersionSet | None:
        """The versions that a package may have, while nothing has clashed; None for a package that nobody needs."""
        return self._known.get(package)

    def smoothly_touched(self) -> KeysView[Package]:
        """See `Waiting.touched`; likewise."""
        return self._waiting.touched

    def decisions(self) -> dict[Package, Point]:
        """What was chosen, in order of decision."""
        return self._decided if self._rough is None else self._rough.partial.decisions()

    def changed(self) -> list[Package]:
        """See `PartialSolution`."""
        return self._waiting.changed(self._waits) if self._rough is None else self._rough.partial.changed()

    def take_next(self, rank: Callable[[Package], Priority]) -> Package | None:
        """See `PartialSolution`."""
        return self._waiting.take(rank, self._waits) if self._rough is None else self._rough.partial.take_next(rank)

    def _waits(self, package: Package) -> bool:
        return package not in self._decided

    def needs(self, package: Package) -> list[Need]:
        """See `Search`."""
        if self._rough is not None:
            return self._rough.needs(package)
        self._ledger.enter(self._steps)
        return self._ledger.needs(package)

    def demands(self, package: Package) -> list[Need]:
        """See `Search`."""
        if self._rough is not None:
            return self._rough.demands(package)
        self._ledger.enter(self._steps)
        return self._ledger.demands(package)

    def links(self) -> Iterator[tuple[Package, Package]]:
        """What was decided, proxies left out, in order, each with what its version needs, oldest first, once everything is decided."""
        if self._rough is not None:
            yield from self._rough.links()
            return
        for step in self._steps:
            if not step.package.is_proxy:
                needed = step.needed if len(step.needed) < 2 else reversed(dict.fromkeys(reversed(step.needed)))  # see `_Ledger`
                for on, _ in needed:
                    yield step.package, on

    def decide(self, package: Package, place: Point, versions: VersionSet, needed: _Needed) -> Incompatibility | None:
        """See `Search`."""
        if self._rough is not None:
            return self._rough.decide(package, place, versions, needed)
        self._steps.append(_Step(package, place, versions, needed))
        self._decided[package] = place
        self._known[package] = place.only
        self._is_concluded = False
        return None

    def propagate(self, package: Package) -> list[Contradiction]:
        """See `Search`."""
        if self._rough is not None:
            return self._rough.propagate(package)
        if self.concludes():
            return []
        self._waiting.calm()  # by what was concluded up to the clash
        return self.rough().propagate(package)

    def concludes(self) -> bool:
        """Conclude what follows from the last decision; whether nothing clashes: where something does, `propagate` knows what follows."""
        if self._rough is not None:
            return False
        self._is_concluded = self._is_concluded or self._conclude()
        return self._is_concluded

    def _conclude(self) -> bool:
        """Conclude what follows from the last decision, or from there being a root; whether nothing clashes."""
        if not self._steps:
            return self._narrow(self.table.root, self._root_place.only)
        step = self._steps[-1]
        for on, allowed in step.needed:
            if on is step.package or not self._narrow(on, allowed) or not (on.base is None or self._narrow(on.base, allowed)):
                return False
        return True

    def _narrow(self, package: Package, allowed: VersionSet) -> bool:
        """A package has to be among these versions; whether it can."""
        place = self._decided.get(package)
        if place is not None:
            return place in allowed
        known = self._known.get(package)
        if known is not None and known.is_subset(allowed):
            return True
        wanted = allowed if known is None else known & allowed
        if wanted.is_empty:
            return False
        self._known[package] = wanted
        self._waiting.touch(package)
        return True
