"""From a problem to its resolution: the loop that drives the search, fork by fork.

forks waiting ──take the last──→ propagate → pick a package → choose a version → visit its dependencies ─┐
     ▲                              ▲                              │                    │               │
     └──── split by marker, Python, platform ──────────────────────┴────────────────────┘◄──────────────┘

all packages decided → the fork is complete; its choices are preferences of the forks after it
what forks before have decided is followed, as long as nothing is new (`follow`): one by one it would come to the same
"""

from collections.abc import Callable

from msgspec.structs import replace

from hobd.core.resolver.announce import Announcer
from hobd.core.resolver.attempt import Attempt, Decide, Forbid, Reject, Split
from hobd.core.resolver.complete import complete
from hobd.core.resolver.decisions import Decisions
from hobd.core.resolver.dependencies import Dependency
from hobd.core.resolver.environment import Environment
from hobd.core.resolver.events import PAUSE_DECISIONS, Effort, Observer, most_blamed
from hobd.core.resolver.explain import explain
from hobd.core.resolver.follow import Follower
from hobd.core.resolver.foresight import Foresight
from hobd.core.resolver.fork import Fork, in_order_of_solving, split
from hobd.core.resolver.knowledge import Knowledge
from hobd.core.resolver.merge import merge
from hobd.core.resolver.package import Kind, Package
from hobd.core.resolver.precedents import Precedents
from hobd.core.resolver.problem import Problem
from hobd.core.resolver.rejection import Rejection
from hobd.core.resolver.resolution import ForkSolution, Resolution
from hobd.core.resolver.search import NoSolution
from hobd.core.resolver.selection import choose
from hobd.core.resolver.smooth import SmoothSearch
from hobd.core.resolver.state import ForkState
from hobd.core.resolver.teller import Teller
from hobd.core.resolver.unsatisfiable import Unsatisfiable
from hobd.core.resolver.versions import Point
from hobd.core.resolver.visit import dependencies, gap_around, visit
from hobd.core.resolver.warnings import afterthoughts
from hobd.core.resolver.world import ROOT_PLACE, World

__all__ = ["Unsatisfiable", "solve"]


def solve(
    problem: Problem, knowledge: Knowledge, *, checkpoint: Callable[[], None] = lambda: None, observer: Observer | None = None
) -> Resolution:
    """Choose versions for all environments of a project.

    Blocks where `knowledge` does; run it in a thread.

    Args:
        checkpoint: called before every decision; may raise to give up.
        observer: hears of the work.

    Raises:
        Unsatisfiable: there is no solution; tells why.
        RequestError: requirements name conflicting or unstated sources.
    """
    warn = (lambda text: None) if observer is None else observer.warn
    return _Solver(World(problem, knowledge, warn), checkpoint, observer).run()


class _Solver:
    """Works off the forks of one problem."""

    def __init__(self, world: World, checkpoint: Callable[[], None], observer: Observer | None) -> None:
        self._world = world
        self._checkpoint = checkpoint
        self._observer = observer
        hear = None if observer is None else observer.hear
        self._teller = None if hear is None else Teller(world, hear)
        self._decided = Decisions(world)
        self._decisions = 0
        self._waiting = 0
        self._announcer = Announcer(world)
        self._precedents = Precedents(world)
        world.knowledge.foresee(Foresight(world))
        self._prefers_low_pythons = world.problem.fork_strategy == "fewest" or world.problem.resolution_mode == "lowest"

    def run(self) -> Resolution:
        waiting = self._initial_forks()
        solutions: list[ForkSolution] = []
        while waiting:
            state = waiting.pop()
            self._waiting = len(waiting)
            try:
                outcome = self._work(state)
            except NoSolution as failure:
                self._report(state)  # telling a long proof takes its time too
                raise explain(self._world, state, failure.proof) from failure
            if isinstance(outcome, ForkSolution):
                solutions.append(outcome)
            else:
                waiting.extend(outcome)
        resolution = merge(self._world, tuple(solutions))
        told = afterthoughts(self._world, resolution)
        return replace(resolution, decided=self._decided.all(), warnings=told)

    def _initial_forks(self) -> list[ForkState]:
        """One state per fork of the old lock, or per supported environment, or one for everything; the last is solved first."""
        problem = self._world.problem
        everywhere = Environment.everywhere(problem.requires_python.bounds, None if problem.target is None else problem.target.values)
        markers = problem.environments
        if problem.initial_forks is not None:
            markers = tuple(marker.complexify(problem.requires_python) for marker in problem.initial_forks)
        narrowed = [everywhere.of_initial(marker) for marker in reversed(markers)]
        forks = [Fork(each) for each in narrowed if each is not None] or [Fork(everywhere)]
        search = SmoothSearch(self._world.table, ROOT_PLACE)
        ordered = in_order_of_solving(forks, prefers_low_pythons=self._prefers_low_pythons)
        return [ForkState(search.copy(), fork.environment) for fork in ordered]

    def _work(self, state: ForkState) -> ForkSolution | list[ForkState]:
        """Decide package after package, until the fork is complete or splits."""
        teller = self._teller
        if teller is not None:
            teller.opened(state)
        precedents = {} if teller is not None else self._precedents.in_fork(state.environment)  # who listens hears every step
        follower = Follower(self._world, self._announcer, precedents, self._begin_decision)
        while True:
            place: Point | None = None
            package = follower.follow(state)
            self._begin_decision(state)
            if state.start_with is not None:
                package, place = state.start_with
                state.start_with = None
            elif package is None:
                package = self._next_package(state)
            if package is None:
                return self._complete(state)
            state.current = package
            if teller is not None:
                teller.searching(state, package)
            attempt: Attempt = Decide(place) if place is not None else choose(self._world, state, package)
            if teller is not None:
                teller.attempted(state, package, attempt)
            forks = self._carry_out(state, package, attempt)
            if forks:
                if teller is not None:
                    teller.split(package, attempt.place if isinstance(attempt, Decide) else None, forks)
                return forks

    def _begin_decision(self, state: ForkState) -> None:
        """Let the caller give up, and the observer know now and then how much has been done."""
        self._checkpoint()
        self._decisions += 1
        if self._decisions % PAUSE_DECISIONS == 0:
            self._report(state)

    def _report(self, state: ForkState) -> None:
        if self._observer is not None:
            counts = state.grievances
            effort = Effort(self._decisions, sum(counts.suffered.values()), self._waiting, most_blamed(counts.caused))
            self._observer.pause(effort)

    def _complete(self, state: ForkState) -> ForkSolution:
        self._decided.enter(state)
        solution = complete(self._world, state)
        if self._teller is not None:
            self._teller.completed(state, solution)
        return solution

    def _next_package(self, state: ForkState) -> Package | None:
        """Conclude all that follows from the last decision, and pick what is decided next."""
        for text in state.warnings:
            self._world.warn(text)
        state.warnings.clear()
        teller, before = self._teller, len(state.search.decisions())
        for contradiction in state.search.propagate(state.current):
            state.grievances.record(state.current, contradiction.package, contradiction.incompatibility)
            if teller is not None:
                teller.clashed(contradiction.package, contradiction.incompatibility, is_dependency=False)
        self._announcer.candidates_of(state)
        if teller is not None:
            teller.reranked(state)
        state.reprioritize()
        if teller is not None:
            teller.backjumped(before - len(state.search.decisions()))
        return state.search.take_next(state.priorities.of)

    def _carry_out(self, state: ForkState, package: Package, attempt: Attempt) -> list[ForkState]:
        """Do what the choice of a version came to; the new forks if it split the environment."""
        match attempt:
            case Decide(place):
                return self._decide(state, package, place)
            case Split(parts):
                return self._split_over(state, package, parts)
            case Forbid(rejection):
                known = state.search.known(package)
                assert known is not None
                if rejection is None:
                    state.search.rough().forbid(package, known)
                else:
                    state.search.rough().reject(package, known.versions, rejection)
            case Reject(place, rejection, python, is_for_build):
                versions, search = gap_around(self._world, state, package, place), state.search.rough()
                if python is None:
                    search.reject(package, versions, rejection)
                else:
                    table = self._world.table
                    search.require(package, versions, table.building_python if is_for_build else table.python, python)
                    search.partial.decide(package, place)
        return []

    def _split_over(self, state: ForkState, package: Package, parts: tuple[tuple[Environment, Point | None], ...]) -> list[ForkState]:
        """One state per part, which decides the package anew there, or at the version that is given."""
        forks = []
        for environment, place in parts:
            fork = state.copy(environment)
            fork.start_with = (package, place)
            forks.append(fork)
        return forks

    def _decide(self, state: ForkState, package: Package, place: Point) -> list[ForkState]:
        """Choose a version, and tell the search what it depends on; the forks if that differs by environment."""
        self._announcer.trial(state, package, place)
        visited = state.visited.setdefault(package, set())
        if place in visited:
            state.search.rough().partial.decide(package, place)
            return []
        found = dependencies(self._world, state, package, place)
        if isinstance(found, Rejection):
            state.search.rough().reject(package, gap_around(self._world, state, package, place), found)
            return []
        if isinstance(found, Split):
            return self._split_over(state, package, found.parts)
        if package.kind is Kind.PROXY or state.environment.is_single:
            forks = [Fork(state.environment, tuple(found))]
        else:
            forks = split(found, state.environment, self._world.problem.conflicts)
        visited.add(place)
        if len(forks) < 2:
            self._visit(state, package, place, forks[0].dependencies if forks else ())
            return []
        states = []
        for fork in in_order_of_solving(forks, prefers_low_pythons=self._prefers_low_pythons):
            forked = state.copy(fork.environment)
            self._visit(forked, package, place, fork.dependencies)
            states.append(forked)
        return states

    def _visit(self, state: ForkState, package: Package, place: Point, found: tuple[Dependency, ...]) -> None:
        if self._teller is not None:
            self._teller.needed(package, place, found)
        violated = visit(self._world, state, package, place, found)
        self._precedents.note(package, place)
        if self._teller is not None and violated is not None:
            self._teller.clashed(package, violated, is_dependency=True)
