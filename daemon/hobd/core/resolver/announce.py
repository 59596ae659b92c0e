"""Telling ahead which metadata will be needed, so that it is there when it is asked for. Changes no result."""

from hobd.core.resolver.candidates import Candidate
from hobd.core.resolver.cuts import BOTTOM, TOP
from hobd.core.resolver.package import Package
from hobd.core.resolver.page_versions import Versions
from hobd.core.resolver.state import ForkState
from hobd.core.resolver.versions import Point, VersionSet
from hobd.core.resolver.world import World
from hobd.core.vocab.names import Name

_STEPS = (5, 10, 20)
_LATER_STEP = 20
_MOST_AT_ONCE = 50


class Announcer:
    """Remembers what was announced, for all forks of one resolution."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._ranges: set[tuple[Name, VersionSet]] = set()
        self._candidates: set[tuple[Name, Point]] = set()

    def candidates_of(self, state: ForkState) -> None:
        """Announce the likely candidate of every package that waits and whose page is there."""
        for package in state.search.changed():
            name, known = package.name, state.search.known(package)
            if name is None or known is None or not package.is_distribution:
                continue
            if self._world.sources.may_be_direct(name) or (name, known.versions) in self._ranges:
                continue
            versions = self._world.pages.seen(name, state.indexes.get(name))
            if versions is not None:
                self._ranges.add((name, known.versions))
                self._announce(self._world.chooser.choose(name, versions, known.versions, state.indexes.get(name), state.environment))

    def trial(self, state: ForkState, package: Package, place: Point) -> None:
        """A version is tried: after many, the next ones are announced in batches (uv-lock.md 4.3)."""
        name = package.name
        if name is None or not package.is_distribution or name in state.direct:
            return
        tried = state.tried.setdefault(name, set())
        tried.add(place)
        if len(tried) < _STEPS[0]:
            return
        last = state.prefetched.get(name, 0)
        if any(last < step <= len(tried) for step in _STEPS) or (len(tried) >= _STEPS[-1] and len(tried) - last >= _LATER_STEP):
            state.prefetched[name] = len(tried)
            versions = self._world.pages.seen(name, state.indexes.get(name))
            if versions is not None:
                self._announce_batch(state, package, versions, place, min(len(tried), _MOST_AT_ONCE))

    def _announce_batch(self, state: ForkState, package: Package, versions: Versions, place: Point, count: int) -> None:
        assert package.name is not None
        partial = state.search.rough().partial
        known, settled = partial.known(package), partial.settled(package)
        descending = self._world.chooser.prefers_high(package.name, state.environment)
        beyond = VersionSet((BOTTOM, place.before)) if descending else VersionSet((place.behind, TOP))
        if settled is not None:
            beyond &= settled.versions
        likely = [] if known is None else list(versions.within(known.versions, descending=descending))
        for candidate in [*likely, *versions.within(beyond, descending=descending)][:count]:
            self._announce(candidate)

    def _announce(self, candidate: Candidate | None) -> None:
        if candidate is None or candidate.rejection is not None or not candidate.wheels:
            return  # metadata of a source distribution may need a build: that is done only for what is really tried
        key = (candidate.name, candidate.place)
        if key not in self._candidates:
            self._candidates.add(key)
            self._world.pages.announce_candidate(candidate)
