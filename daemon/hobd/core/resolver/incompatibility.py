"""Sets of terms that must not all hold, and why: what the search knows and learns.

{a==1, not b>=2}   a==1 depends on b>=2
{a>=2}             there are no versions of a>=2, or they cannot be used
{a, c==3}          derived from two others: a and c==3 do not go together
"""

from collections.abc import Callable
from typing import TypeAlias

from msgspec import Struct

from hobd.core.resolver.package import Package
from hobd.core.resolver.rejection import Rejection
from hobd.core.resolver.term import Relation, Term, excluded, required
from hobd.core.resolver.versions import Point, VersionSet


class NotRoot(Struct, frozen=True):
    """The root has to be chosen: where every search starts."""


class NoVersions(Struct, frozen=True):
    """No version of the package lies in the term."""


class Rejected(Struct, frozen=True):
    """The versions in the term are there, but cannot be used."""

    rejection: Rejection


class Dependency(Struct, frozen=True):
    """`dependent` requires `dependency`."""

    dependent: Package
    dependency: Package


class Derived(Struct, frozen=True, eq=False):
    """Follows from two others by resolution on the package that both are about."""

    conflict: "Incompatibility"
    cause: "Incompatibility"


Cause: TypeAlias = NotRoot | NoVersions | Rejected | Dependency | Derived


class Incompatibility:
    """Terms of different packages that must not all hold. Compared by identity: the search keeps them in lists."""

    __slots__ = ("cause", "terms")

    def __init__(self, terms: dict[Package, Term], cause: Cause) -> None:
        self.terms = terms
        self.cause = cause

    def relation(self, known: Callable[[Package], Term | None]) -> tuple[Relation, Package | None]:
        """How what is known stands to it.

        Returns:
            SATISFIED: it is violated. CONTRADICTED: it can no longer be violated. INCONCLUSIVE with a package: all other
            terms hold, so that this package's must not. INCONCLUSIVE without: nothing follows yet.
        """
        open_package: Package | None = None
        for package, term in self.terms.items():
            known_term = known(package)
            relation = Relation.INCONCLUSIVE if known_term is None else term.relation_to(known_term)
            if relation is Relation.SATISFIED:
                continue
            if relation is Relation.CONTRADICTED:
                return relation, package
            if open_package is not None:
                return relation, None
            open_package = package
        return (Relation.SATISFIED, None) if open_package is None else (Relation.INCONCLUSIVE, open_package)

    def is_terminal(self, root: Package) -> bool:
        """Whether it says that there is no solution at all."""
        if len(self.terms) > 1:
            return False
        return all(package is root and term.is_positive for package, term in self.terms.items())

    def __str__(self) -> str:
        return " and ".join(f"{package}: {term}" for package, term in self.terms.items()) or "contradiction"


def not_root(root: Package, place: Point) -> Incompatibility:
    """The root must not be left out."""
    return Incompatibility({root: required(place.only).negation}, NotRoot())


def no_versions(package: Package, term: Term) -> Incompatibility:
    """There is nothing to choose in the term."""
    return Incompatibility({package: term}, NoVersions())


def rejected(package: Package, versions: VersionSet, rejection: Rejection) -> Incompatibility:
    """The versions cannot be used."""
    return Incompatibility({package: required(versions)}, Rejected(rejection))


def dependency(dependent: Package, versions: VersionSet, on: Package, allowed: VersionSet) -> Incompatibility:
    """These versions of one package require some of another."""
    terms = {dependent: required(versions & ~allowed if on is dependent else versions)}
    if not allowed.is_empty and on is not dependent:
        terms[on] = excluded(allowed)
    return Incompatibility(terms, Dependency(dependent, on))


def resolved(conflict: Incompatibility, cause: Incompatibility, package: Package) -> Incompatibility:
    """What follows from two incompatibilities, whatever the package is: their other terms together."""
    terms = {each: term for each, term in conflict.terms.items() if each is not package}
    for each, term in cause.terms.items():
        if each is not package:
            terms[each] = terms[each] & term if each in terms else term
    rest = conflict.terms[package] | cause.terms[package]
    if not rest.is_anything:
        terms[package] = rest
    return Incompatibility(terms, Derived(conflict, cause))
