"""Terms are sets over versions and absence; what is resolved from two incompatibilities is violated only where one of them is."""

from hypothesis import given
from hypothesis import strategies as st

from hobd.core.resolver.incompatibility import Incompatibility, NoVersions, dependency, resolved
from hobd.core.resolver.package import Kind, Package
from hobd.core.resolver.term import Relation, Term, excluded, required
from hobd.core.resolver.versions import Point, VersionSet
from hobd.core.vocab.names import Name
from tests.core.resolver.test_versions import PLACES, sets

PACKAGES = [Package(index, Kind.PACKAGE, Name(name)) for index, name in enumerate("abc")]
POSSIBLE: list[Point | None] = [None, *PLACES]
"""What can become of a package: one of its versions, or (None) it is left out."""

terms = st.builds(lambda versions, may_be_absent: Term(versions, may_be_absent=may_be_absent), sets, st.booleans())
incompatibilities = st.dictionaries(st.sampled_from(PACKAGES), terms, min_size=1).map(lambda found: Incompatibility(found, NoVersions()))
outcomes = st.fixed_dictionaries({package: st.sampled_from(POSSIBLE) for package in PACKAGES})


def holds(term: Term, outcome: Point | None) -> bool:
    return term.may_be_absent if outcome is None else outcome in term


def members(term: Term) -> set[Point | None]:
    return {outcome for outcome in POSSIBLE if holds(term, outcome)}


def is_violated(incompatibility: Incompatibility, outcome: dict[Package, Point | None]) -> bool:
    return all(holds(term, outcome[package]) for package, term in incompatibility.terms.items())


@given(left=terms, right=terms)
def test_terms_are_joined_and_cut_like_sets(left: Term, right: Term) -> None:
    assert members(left & right) == members(left) & members(right)
    assert members(left | right) == members(left) | members(right)
    assert left & right == right & left
    assert (left & right).negation == left.negation | right.negation


@given(term=terms)
def test_a_negation_is_everything_else(term: Term) -> None:
    assert members(term.negation) == set(POSSIBLE) - members(term)
    assert term.negation.negation == term
    assert (term | term.negation).is_anything
    assert term.is_positive != term.negation.is_positive
    assert term.excluded == ~term.versions


@given(versions=sets)
def test_to_require_and_to_exclude_are_opposites(versions: VersionSet) -> None:
    assert required(versions).negation == excluded(versions)
    assert None not in members(required(versions))
    assert None in members(excluded(versions))


@given(left=terms, right=terms)
def test_disjoint_terms_have_nothing_in_common(left: Term, right: Term) -> None:
    both = left & right
    assert left.is_disjoint(right) == (both.versions.is_empty and not both.may_be_absent)


@given(term=terms, known=terms)
def test_a_relation_says_what_all_that_is_possible_says(term: Term, known: Term) -> None:
    relation, possible = term.relation_to(known), members(known)
    if relation is Relation.SATISFIED:
        assert possible <= members(term)
    elif relation is Relation.CONTRADICTED:
        assert not possible & members(term)
    assert (relation is Relation.SATISFIED) == (known & term == known or (known.versions.is_empty and not known.may_be_absent))


@given(conflict=incompatibilities, cause=incompatibilities, outcome=outcomes, chosen=st.sampled_from(PACKAGES))
def test_what_follows_from_two_is_violated_only_where_one_of_them_is(
    conflict: Incompatibility, cause: Incompatibility, outcome: dict[Package, Point | None], chosen: Package
) -> None:
    if chosen in conflict.terms and chosen in cause.terms and is_violated(resolved(conflict, cause, chosen), outcome):
        alike = [{**outcome, chosen: possible} for possible in POSSIBLE if holds(conflict.terms[chosen] | cause.terms[chosen], possible)]
        assert all(is_violated(conflict, each) or is_violated(cause, each) for each in alike)


@given(incompatibility=incompatibilities, known=st.dictionaries(st.sampled_from(PACKAGES), terms), outcome=outcomes)
def test_the_relation_of_an_incompatibility_holds_for_every_outcome(
    incompatibility: Incompatibility, known: dict[Package, Term], outcome: dict[Package, Point | None]
) -> None:
    if not all(holds(term, outcome[package]) for package, term in known.items()):
        return
    relation, package = incompatibility.relation(known.get)
    if relation is Relation.SATISFIED:
        assert is_violated(incompatibility, outcome)
    elif relation is Relation.CONTRADICTED:
        assert not is_violated(incompatibility, outcome)
    elif package is not None:
        assert is_violated(incompatibility, outcome) == holds(incompatibility.terms[package], outcome[package])


@given(versions=sets, allowed=sets, outcome=outcomes)
def test_a_dependency_is_violated_where_the_dependent_is_chosen_without_it(
    versions: VersionSet, allowed: VersionSet, outcome: dict[Package, Point | None]
) -> None:
    here, there = PACKAGES[:2]
    found = is_violated(dependency(here, versions, there, allowed), outcome)
    assert found == (holds(required(versions), outcome[here]) and not holds(required(allowed), outcome[there]))
    by_itself = is_violated(dependency(here, versions, here, allowed), outcome)
    assert by_itself == (holds(required(versions), outcome[here]) and not holds(required(allowed), outcome[here]))
