"""What has been decided and concluded so far, level by level, and how to take it back.

    level  0          1                 2
           root: any  root==0, a>=1     a==2, b<3, c any      ← trail of assignments
                      └ decision └ derived from "root depends on a"

A level begins with a decision. Taking back goes to the end of a level and forgets what came later.
"""

from bisect import bisect_left
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from hobd.core.resolver.incompatibility import Incompatibility
from hobd.core.resolver.package import Package
from hobd.core.resolver.priorities import Priority
from hobd.core.resolver.term import Term, required
from hobd.core.resolver.versions import Point
from hobd.core.resolver.waiting import Waiting


class Derivation(NamedTuple):
    """A conclusion about one package."""

    order: int
    level: int
    cause: Incompatibility
    known: Term
    """All that was known of the package then, this conclusion included."""


class Decision(NamedTuple):
    """A version that was chosen."""

    order: int
    level: int
    place: Point
    known: Term


Assignment: TypeAlias = Derivation | Decision


class PartialSolution:
    """Assignments by package and in order of time, and the queue of packages that wait for a decision."""

    def __init__(self) -> None:
        self.level = 0
        self.has_backtracked = False
        self._order = 0
        self._assignments: dict[Package, list[Assignment]] = {}
        self._known: dict[Package, Term] = {}
        self._trail: list[Package] = []
        self._decided: dict[Package, Point] = {}
        self.waiting = Waiting()

    def copy(self) -> "PartialSolution":
        """An independent one that goes on from here. Assignments are shared, the lists of them are not."""
        other = PartialSolution()
        other.level, other.has_backtracked, other._order = self.level, self.has_backtracked, self._order
        other._assignments = {package: list(assignments) for package, assignments in self._assignments.items()}
        other._known, other._trail, other._decided = dict(self._known), list(self._trail), dict(self._decided)
        other.waiting = self.waiting.copy()
        return other

    def known(self, package: Package) -> Term | None:
        """All that is known of a package; None for nothing."""
        return self._known.get(package)

    def decisions(self) -> dict[Package, Point]:
        """What was chosen, in order of decision."""
        return self._decided

    def settled(self, package: Package) -> Term | None:
        """What the root's own requirements say of a package: it holds whatever is decided later."""
        assignments = self._assignments.get(package, [])
        return next((each.known for each in reversed(assignments) if each.level <= 1 and isinstance(each, Derivation)), None)

    def decide(self, package: Package, place: Point) -> None:
        """Choose a version: a new level begins."""
        self.level += 1
        self._append(package, Decision(self._order, self.level, place, required(place.only)))
        self._decided[package] = place

    def derive(self, package: Package, cause: Incompatibility) -> None:
        """Conclude that the package's term in `cause` must not hold."""
        conclusion = cause.terms[package].negation
        known = self._known.get(package)
        if known is not None:
            conclusion = known & conclusion
        self._append(package, Derivation(self._order, self.level, cause, conclusion))
        if conclusion.is_positive:
            self.waiting.touch(package)

    def _append(self, package: Package, assignment: Assignment) -> None:
        self._assignments.setdefault(package, []).append(assignment)
        self._known[package] = assignment.known
        self._trail.append(package)
        self._order += 1

    def backtrack(self, level: int) -> None:
        """Forget everything after the end of a level."""
        self.has_backtracked = True
        self.level = level
        while self._trail and self._assignments[self._trail[-1]][-1].level > level:
            self._take_back(self._trail.pop())
        self.waiting.touch_taken(self._waits)

    def _take_back(self, package: Package) -> None:
        assignments = self._assignments[package]
        assignments.pop()
        self._decided.pop(package, None)
        if assignments:
            self._known[package] = assignments[-1].known
            self.waiting.drop(package)
            if assignments[-1].known.is_positive:
                self.waiting.touch(package)
        else:
            del self._assignments[package], self._known[package]

    def level_before(self, package: Package) -> int | None:
        """The level on which a decided package was not yet decided; None where it is not decided."""
        return self._assignments[package][-1].level - 1 if package in self._decided else None

    def _waits(self, package: Package) -> bool:
        known = self._known.get(package)
        return known is not None and not known.may_be_absent and package not in self._decided

    def changed(self) -> list[Package]:
        """Packages that wait for a decision and of which more or less is known since the last one was taken."""
        return self.waiting.changed(self._waits)

    def take_next(self, rank: Callable[[Package], Priority]) -> Package | None:
        """Take the most urgent package that waits for a decision out of the queue; None when all are decided."""
        return self.waiting.take(rank, self._waits)

    def satisfier(self, package: Package, term: Term) -> Assignment:
        """The earliest assignment of a package after which `term` holds. There is one: the caller knows that it holds."""
        assignments = self._assignments[package]
        unwanted = term.negation
        return assignments[bisect_left(assignments, 1, key=lambda each: each.known.is_disjoint(unwanted))]
