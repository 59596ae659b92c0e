"""Conflict-driven search for versions (PubGrub): decide, conclude, and learn from contradictions.

    decide(a==2) ──→ propagate: conclusions from incompatibilities that all but one term of holds
                        │ contradiction
                        ▼
                     resolve: combine the incompatibility with the cause of what satisfied it, until it tells on which
                     earlier level something else would have followed; keep it, go back there, go on

The search knows packages, version sets and incompatibilities, and nothing of indexes, markers or Python: what to
decide and which dependencies a version has is the business of the solver that drives it.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from msgspec import Struct

from hobd.core.resolver.incompatibility import Dependency, Incompatibility, dependency, no_versions, not_root, rejected, resolved
from hobd.core.resolver.package import Package, PackageTable
from hobd.core.resolver.partial_solution import Assignment, Decision, Derivation, PartialSolution
from hobd.core.resolver.rejection import Rejection
from hobd.core.resolver.term import Relation, Term
from hobd.core.resolver.versions import NO_VERSION, Point, VersionSet


class NoSolution(Exception):
    """The search has proved that nothing satisfies everything. `proof` is the root of the derivation tree."""

    def __init__(self, proof: Incompatibility) -> None:
        super().__init__("no solution")
        self.proof = proof


class Contradiction(Struct, frozen=True):
    """One step of a contradiction: the incompatibility, and the package whose assignment completed it."""

    package: Package
    incompatibility: Incompatibility


class Need(NamedTuple):
    """Versions of one package depend on some of another."""

    dependent: Package
    versions: VersionSet
    on: Package
    allowed: VersionSet


class Search:
    """The state of one search. `copy` gives an independent one that shares all that was learnt."""

    def __init__(self, table: PackageTable, root_place: Point) -> None:
        self.table = table
        self.partial = PartialSolution()
        self._by_package: dict[Package, list[Incompatibility]] = {}
        self._merged: dict[tuple[Package, Package, Term | None], Incompatibility] = {}
        self._dead: set[Incompatibility] = set()
        self._dead_by_level: list[list[Incompatibility]] = [[]]
        self._add(not_root(table.root, root_place))

    def copy(self) -> "Search":
        """An independent search that goes on from here."""
        other = Search.__new__(Search)
        other.table, other.partial = self.table, self.partial.copy()
        other._by_package = {package: list(each) for package, each in self._by_package.items()}
        other._merged = dict(self._merged)
        other._dead, other._dead_by_level = set(self._dead), [list(level) for level in self._dead_by_level]
        return other

    def incompatibilities(self, package: Package) -> list[Incompatibility]:
        """All that is known about a package, oldest first."""
        return self._by_package.get(package, [])

    def needs(self, package: Package) -> list[Need]:
        """What versions of a package depend on, oldest first."""
        return [need for need in self._dependencies(package) if need.dependent is package]

    def demands(self, package: Package) -> list[Need]:
        """Who depends on a package, oldest first."""
        return [need for need in self._dependencies(package) if need.on is package]

    def links(self) -> Iterator[tuple[Package, Package]]:
        """See `SmoothSearch`."""
        decided = self.partial.decisions()
        for package, place in decided.items():
            for _, versions, on, allowed in [] if package.is_proxy else self.needs(package):
                chosen = decided.get(on)
                if chosen is not None and place in versions and chosen in allowed:
                    yield package, on

    def _dependencies(self, package: Package) -> Iterator[Need]:
        for each in self.incompatibilities(package):
            cause = each.cause
            if isinstance(cause, Dependency):
                term = each.terms.get(cause.dependency)
                allowed = NO_VERSION if term is None else term.excluded
                yield Need(cause.dependent, each.terms[cause.dependent].versions, cause.dependency, allowed)

    def forbid(self, package: Package, term: Term) -> None:
        """There is no version of the package in the term."""
        self._add(no_versions(package, term))

    def reject(self, package: Package, versions: VersionSet, rejection: Rejection) -> None:
        """The versions cannot be used."""
        self._add(rejected(package, versions, rejection))

    def require(self, dependent: Package, versions: VersionSet, on: Package, allowed: VersionSet) -> None:
        """These versions of one package depend on some of another."""
        self._add(dependency(dependent, versions, on, allowed))

    def decide(
        self, package: Package, place: Point, versions: VersionSet, dependencies: Sequence[tuple[Package, VersionSet]]
    ) -> Incompatibility | None:
        """Choose a version, given its dependencies. Proxies among these are always at the versions of their bases.

        Args:
            versions: versions around `place` among which it is the only one there is: they are told to have these dependencies.

        Returns:
            The dependency that is already violated; then nothing was decided.
        """
        for on, allowed in dependencies:
            if on.base is not None:  # knowing it early saves trying them one by one
                self.require(on, allowed, on.base, allowed)
        added = [self._add(dependency(package, versions, on, allowed)) for on, allowed in dependencies]
        if self.partial.has_backtracked:
            known = self.partial.known
            chosen = Term(place.only)
            for each in added:
                relation, _ = each.relation(lambda other: chosen if other is package else known(other))
                if relation is Relation.SATISFIED:
                    return each
        self.partial.decide(package, place)
        return None

    def propagate(self, package: Package) -> list[Contradiction]:
        """Conclude all that follows from the news about a package; learn from contradictions on the way.

        Returns:
            The steps of all contradictions that were met.

        Raises:
            NoSolution: there is none.
        """
        met: list[Contradiction] = []
        changed = [package]
        while changed:
            conflict = self._conclude(changed.pop(), changed)
            if conflict is not None:
                package, cause = self._learn(conflict, met)
                changed = [package]
                self._derive(package, cause)
        return met

    def _conclude(self, package: Package, changed: list[Package]) -> Incompatibility | None:
        """Look at what is known about a package, the newest first; return what is violated."""
        known = self.partial.known
        dead = self._dead
        for each in reversed(self._by_package[package]):
            if each in dead:
                continue
            relation, other = each.relation(known)
            if relation is Relation.SATISFIED:
                return each
            if relation is Relation.CONTRADICTED:
                self._bury(each)
            elif other is not None:
                self._derive(other, each)
                if other not in changed:
                    changed.append(other)
        return None

    def _derive(self, package: Package, cause: Incompatibility) -> None:
        self.partial.derive(package, cause)
        self._bury(cause)

    def _bury(self, incompatibility: Incompatibility) -> None:
        """It can no longer be violated until the search goes back."""
        self._dead.add(incompatibility)
        level = self.partial.level
        while len(self._dead_by_level) <= level:
            self._dead_by_level.append([])
        self._dead_by_level[level].append(incompatibility)

    def _learn(self, conflict: Incompatibility, met: list[Contradiction]) -> tuple[Package, Incompatibility]:
        """Find out what the violation really means, and go back to where that would have said something else.

        Returns:
            The package about which the incompatibility now says something, and the incompatibility.
        """
        is_new = False
        while not conflict.is_terminal(self.table.root):
            satisfiers = {package: self.partial.satisfier(package, term) for package, term in conflict.terms.items()}
            package = max(satisfiers, key=lambda each: satisfiers[each].order)
            satisfier = satisfiers[package]
            previous = self._previous_level(conflict, package, satisfiers)
            if previous < satisfier.level:
                self.backtrack(previous)
                if is_new:
                    self._add(conflict)
                met.append(Contradiction(package, conflict))
                return package, conflict
            assert isinstance(satisfier, Derivation)  # a decision is alone on its level, so something before it is on an earlier one
            conflict = resolved(conflict, satisfier.cause, package)
            met.append(Contradiction(package, conflict))
            is_new = True
        raise NoSolution(conflict)

    def _previous_level(self, conflict: Incompatibility, package: Package, satisfiers: dict[Package, Assignment]) -> int:
        """The level on which all of the conflict held but for what the last satisfier added."""
        last = satisfiers[package]
        added = last.known if isinstance(last, Decision) else last.cause.terms[package].negation
        needed = added & conflict.terms[package].negation  # what the satisfier alone leaves open
        partner = self.partial.satisfier(package, needed.negation)
        latest = max((partner, *(each for other, each in satisfiers.items() if other is not package)), key=lambda each: each.order)
        return max(latest.level, 1)

    def backtrack(self, level: int) -> None:
        """Go back to the end of a level."""
        self.partial.backtrack(level)
        for buried in self._dead_by_level[level + 1 :]:
            self._dead.difference_update(buried)
        del self._dead_by_level[level + 1 :]

    def _add(self, incompatibility: Incompatibility) -> Incompatibility:
        """Keep an incompatibility. The same dependency of several versions of a package becomes one."""
        cause = incompatibility.cause
        if isinstance(cause, Dependency) and cause.dependent is not cause.dependency:
            key = (cause.dependent, cause.dependency, incompatibility.terms.get(cause.dependency))
            past = self._merged.get(key)
            if past is not None:
                self._forget(past)
                versions = past.terms[cause.dependent].versions | incompatibility.terms[cause.dependent].versions
                incompatibility = Incompatibility({**incompatibility.terms, cause.dependent: Term(versions)}, cause)
            self._merged[key] = incompatibility
        for package in incompatibility.terms:
            self._by_package.setdefault(package, []).append(incompatibility)
        return incompatibility

    def _forget(self, incompatibility: Incompatibility) -> None:
        for package in incompatibility.terms:
            self._by_package[package].remove(incompatibility)
