"""Deciding in a fork what earlier forks decided, package after package, until something is new.

    conclude ─→ take the most urgent package ─→ is there a precedent, and is its version in range? ─yes─→ decide ─┐
       ▲                                            └ no: the solver goes on from here                            │
       └──────────────────────────────────────────────────────────────────────────────────────────────────────────┘

Nothing is decided here that the solver would not decide next, and the fork is left as the solver would leave it.
"""

from collections.abc import Callable

from hobd.core.resolver.announce import Announcer
from hobd.core.resolver.package import Package
from hobd.core.resolver.precedents import Needs, Precedent
from hobd.core.resolver.state import ForkState
from hobd.core.resolver.visit import announce_pages
from hobd.core.resolver.world import World


class Follower:
    """Follows precedents in one fork."""

    def __init__(
        self, world: World, announcer: Announcer, precedents: dict[Package, Precedent], before_each: Callable[[ForkState], None]
    ) -> None:
        self._world = world
        self._announcer = announcer
        self._precedents = precedents
        self._before_each = before_each

    def follow(self, state: ForkState) -> Package | None:
        """Decide as long as there are precedents.

        Returns:
            The package that is decided next, taken from the queue; None where something is to be concluded or told first.
        """
        search, precedents, rank = state.search, self._precedents, state.priorities.of
        if not precedents or state.warnings or state.start_with is not None:
            return None
        while search.concludes():
            if not search.smoothly_touched() <= precedents.keys():
                self._announcer.candidates_of(state)
            package = search.take_next(rank)
            if package is None or not self._decides(state, package):
                return package
        return None

    def _decides(self, state: ForkState, package: Package) -> bool:
        """Decide a package that was taken from the queue; False where no precedent tells how."""
        name, precedent = package.name, self._precedents.get(package)
        if precedent is None or name is None or name in state.direct or name in state.indexes:
            return False
        if not precedent.is_in(state.search.smooth_range(package)):
            return False
        place, needs = precedent.place, precedent.needs_in(state.environment)
        if needs is None:
            return False
        self._before_each(state)
        state.current = package
        state.visited.setdefault(package, set()).add(place)
        if package.is_distribution:
            state.tried.setdefault(name, set()).add(place)
        self._take_note(state, needs, is_news=not precedent.is_alike_everywhere)
        state.search.decide(package, place, precedent.gap, needs.ranges)
        return True

    def _take_note(self, state: ForkState, needs: Needs, *, is_news: bool) -> None:
        """Rank what a version needs.

        Args:
            is_news: whether forks before may not have needed all of it.
        """
        if needs.pins_some or not state.priorities.know(needs.packages):
            for package, is_pinned in needs.ranked:
                state.priorities.register(package, is_direct=False, is_pinned=is_pinned)
        if is_news:
            announce_pages(self._world, state, needs.dependencies)
