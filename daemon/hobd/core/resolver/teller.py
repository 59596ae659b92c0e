"""Turns what happens in a fork into events, for who listens."""

from collections.abc import Sequence

from hobd.core.resolver.attempt import Attempt, Decide, Forbid, Reject
from hobd.core.resolver.dependencies import Dependency
from hobd.core.resolver.events import (
    Backjumped,
    Clashed,
    Event,
    ForkCompleted,
    ForkOpened,
    ForkSplit,
    Hear,
    Needed,
    Nothing,
    Refused,
    Reranked,
    Searching,
    Selected,
)
from hobd.core.resolver.incompatibility import Incompatibility
from hobd.core.resolver.package import Kind, Package
from hobd.core.resolver.resolution import ForkSolution
from hobd.core.resolver.state import ForkState
from hobd.core.resolver.versions import Point
from hobd.core.resolver.world import World


class Teller:
    """Tells one resolution."""

    def __init__(self, world: World, hear: Hear) -> None:
        self._world = world
        self._hear = hear

    def opened(self, state: ForkState) -> None:
        """A fork is taken up."""
        self._hear(ForkOpened(state.environment))

    def searching(self, state: ForkState, package: Package) -> None:
        """A version is looked for."""
        known = state.search.known(package)
        if package.name is not None and known is not None:
            self._hear(Searching(package, known.versions, state.direct.get(package.name)))

    def attempted(self, state: ForkState, package: Package, attempt: Attempt) -> None:
        """What the search for a version came to; splits are told when they are made."""
        event: Event | None = None
        match attempt:
            case Decide(place):
                event = self._selected(state, package, place)
            case Forbid():
                event = Nothing(package)
            case Reject(place, rejection):
                event = Refused(package, place, rejection)
        if event is not None:
            self._hear(event)

    def _selected(self, state: ForkState, package: Package, place: Point) -> Event | None:
        name = package.name
        versions = None if name is None or name in state.direct else self._world.pages.seen(name, state.indexes.get(name))
        candidate = versions.find(place) if versions is not None else None
        if name is None or candidate is None:
            return None
        is_preference = self._world.chooser.origin(name, place) is not None
        return Selected(package, place, candidate.resolved_by.file.filename, is_preference)

    def needed(self, package: Package, place: Point, found: Sequence[Dependency]) -> None:
        """What a chosen version depends on."""
        if package.kind is not Kind.PROXY and found:
            self._hear(Needed(package, place, tuple(found), package.name is None or package.name in self._world.members))

    def clashed(self, package: Package, incompatibility: Incompatibility, *, is_dependency: bool) -> None:
        """Something contradicts what is known."""
        culprits = tuple(each for each in incompatibility.terms if each is not package)
        self._hear(Clashed(package, culprits, is_dependency))

    def backjumped(self, count: int) -> None:
        """So many decisions were taken back."""
        if count > 0:
            self._hear(Backjumped(count))

    def reranked(self, state: ForkState) -> None:
        """Who is about to be decided earlier or later."""
        for package in state.grievances.to_decide_earlier:
            self._hear(Reranked(package, is_culprit=False))
        for package in state.grievances.to_decide_later:
            self._hear(Reranked(package, is_culprit=True))

    def split(self, package: Package, place: Point | None, forks: Sequence[ForkState]) -> None:
        """A fork became several."""
        self._hear(ForkSplit(package, place, tuple(fork.environment for fork in forks)))

    def completed(self, state: ForkState, solution: ForkSolution) -> None:
        """A fork is complete."""
        tried = tuple(sorted((name, len(places)) for name, places in state.tried.items()))
        count = len({node.base for node in solution.nodes})
        self._hear(ForkCompleted(state.environment, count, tried))
