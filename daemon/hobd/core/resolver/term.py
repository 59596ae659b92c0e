"""What is known of one package: which versions it may have, and whether it may also be left out.

A term is a set over *versions and "not chosen at all"*. `a>=1` as a requirement is the versions from 1 on,
without absence; its negation is the other versions, or absence. So intersection, union and negation of
terms are plain set operations, and a term that only a decision can satisfy is one without absence.
"""

from enum import Enum
from functools import cached_property

from hobd.core.resolver.versions import Point, VersionSet


class Relation(Enum):
    """How what is known of a package stands to a term."""

    SATISFIED = 1
    """All that is possible lies in the term."""
    CONTRADICTED = 2
    """Nothing that is possible lies in the term."""
    INCONCLUSIVE = 3


class Term:
    """A set of versions, and whether absence is allowed too."""

    __slots__ = ("__dict__", "may_be_absent", "versions")  # __dict__: for the negation, computed once

    def __init__(self, versions: VersionSet, *, may_be_absent: bool = False) -> None:
        self.versions = versions
        self.may_be_absent = may_be_absent

    @property
    def is_positive(self) -> bool:
        """Whether the package has to be chosen."""
        return not self.may_be_absent

    @property
    def is_anything(self) -> bool:
        """Whether it excludes nothing."""
        return self.may_be_absent and self.versions.is_everything

    @cached_property
    def negation(self) -> "Term":
        """Everything else."""
        negated = Term(~self.versions, may_be_absent=not self.may_be_absent)
        negated.__dict__["negation"] = self
        return negated

    @property
    def excluded(self) -> VersionSet:
        """The versions that it does not allow: for a negative term, what the positive one would allow."""
        return self.negation.versions

    def __and__(self, other: "Term") -> "Term":
        versions = self.versions & other.versions
        may_be_absent = self.may_be_absent and other.may_be_absent
        for term in (self, other):
            if versions is term.versions and may_be_absent == term.may_be_absent:
                return term
        return Term(versions, may_be_absent=may_be_absent)

    def __or__(self, other: "Term") -> "Term":
        return Term(self.versions | other.versions, may_be_absent=self.may_be_absent or other.may_be_absent)

    def __contains__(self, place: Point) -> bool:
        return place in self.versions

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Term) and self.may_be_absent == other.may_be_absent and self.versions == other.versions)

    def __hash__(self) -> int:
        return hash((self.versions, self.may_be_absent))

    def is_disjoint(self, other: "Term") -> bool:
        """Whether nothing satisfies both."""
        return not (self.may_be_absent and other.may_be_absent) and self.versions.is_disjoint(other.versions)

    def relation_to(self, known: "Term") -> Relation:
        """How `known` of the package stands to this term."""
        if (self.may_be_absent or not known.may_be_absent) and known.versions.is_subset(self.versions):
            return Relation.SATISFIED
        if not (self.may_be_absent and known.may_be_absent) and known.versions.is_disjoint(self.versions):
            return Relation.CONTRADICTED
        return Relation.INCONCLUSIVE

    def __str__(self) -> str:
        return f"not {self.excluded}" if self.may_be_absent else str(self.versions)

    def __repr__(self) -> str:
        return f"Term({str(self)!r})"


def required(versions: VersionSet) -> Term:
    """The package has to be chosen, at one of the versions."""
    return Term(versions)


def excluded(versions: VersionSet) -> Term:
    """The package has none of the versions; it may be left out."""
    return Term(~versions, may_be_absent=True)
