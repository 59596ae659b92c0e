"""Laws that hold for all markers."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from hobd.core.markers import FALSE, TRUE, Marker, RequiresPython, forget
from tests.core.markers.strategies import environments, extras, markers, python_requirements

LAWS = settings(deadline=None, max_examples=40)


@LAWS
@given(left=markers, right=markers, environment=environments(), active=extras)
def test_and_or_not_accept_exactly_what_their_operands_say(
    left: Marker, right: Marker, environment: dict[str, str], active: frozenset[str]
) -> None:
    says_left, says_right = left.evaluate(environment, active), right.evaluate(environment, active)
    assert (left & right).evaluate(environment, active) == (says_left and says_right)
    assert (left | right).evaluate(environment, active) == (says_left or says_right)
    assert (~left).evaluate(environment, active) == (not says_left)


@LAWS
@given(left=markers, right=markers)
def test_operations_are_idempotent_commutative_and_follow_de_morgan(left: Marker, right: Marker) -> None:
    assert left & left == left
    assert left | left == left
    assert left & right == right & left
    assert left | right == right | left
    assert ~~left == left
    assert ~(left & right) == ~left | ~right
    assert left & ~left == FALSE
    assert left | ~left == TRUE


@LAWS
@given(marker=markers)
def test_true_and_false_are_neutral_and_absorbing(marker: Marker) -> None:
    assert marker & TRUE == marker
    assert marker | FALSE == marker
    assert marker & FALSE == FALSE
    assert marker | TRUE == TRUE


@LAWS
@given(left=markers, right=markers, environment=environments(), active=extras)
def test_absorption_changes_no_answer(left: Marker, right: Marker, environment: dict[str, str], active: frozenset[str]) -> None:
    assert (left | (left & right)).evaluate(environment, active) == left.evaluate(environment, active)
    assert (left & (left | right)).evaluate(environment, active) == left.evaluate(environment, active)


@LAWS
@given(left=markers, right=markers, environment=environments(), active=extras)
def test_disjoint_markers_never_hold_together(left: Marker, right: Marker, environment: dict[str, str], active: frozenset[str]) -> None:
    hold_together = left.evaluate(environment, active) and right.evaluate(environment, active)
    assert not (hold_together and left.is_disjoint(right))
    assert left.is_disjoint(right & ~left)


@LAWS
@given(left=markers, right=markers, environment=environments(), active=extras)
def test_what_is_implied_holds_too(left: Marker, right: Marker, environment: dict[str, str], active: frozenset[str]) -> None:
    refutes = left.evaluate(environment, active) and not right.evaluate(environment, active)
    assert not (refutes and left.implies(right))
    assert (left & right).implies(left)


@LAWS
@given(marker=markers, assumption=markers, environment=environments(), active=extras)
def test_a_restricted_marker_agrees_where_the_assumption_holds(
    marker: Marker, assumption: Marker, environment: dict[str, str], active: frozenset[str]
) -> None:
    if assumption.evaluate(environment, active):
        assert marker.restrict(assumption).evaluate(environment, active) == marker.evaluate(environment, active)


@LAWS
@given(marker=markers, requires_python=python_requirements, environment=environments(), active=extras)
def test_simplifying_and_complexifying_agree_within_the_bounds(
    marker: Marker, requires_python: RequiresPython, environment: dict[str, str], active: frozenset[str]
) -> None:
    release = tuple(int(part.removesuffix("rc1")) for part in environment["python_full_version"].split("."))
    is_inside = release in requires_python.bounds
    says = marker.evaluate(environment, active)
    if is_inside:
        assert marker.simplify(requires_python).evaluate(environment, active) == says
    assert marker.complexify(requires_python).evaluate(environment, active) == (says and is_inside)


@LAWS
@given(marker=markers, requires_python=python_requirements)
def test_simplifying_forgets_what_complexifying_says(marker: Marker, requires_python: RequiresPython) -> None:
    simplified = marker.simplify(requires_python)
    assert simplified.simplify(requires_python) == simplified
    assert simplified.complexify(requires_python).simplify(requires_python) == simplified


@LAWS
@given(marker=markers, environment=environments(), active=extras)
def test_the_text_of_a_marker_means_the_marker(marker: Marker, environment: dict[str, str], active: frozenset[str]) -> None:
    text = marker.to_text()
    again = TRUE if text is None else Marker.parse(text)
    assert again.evaluate(environment, active) == marker.evaluate(environment, active)
    assert str(Marker.parse(str(again))) == str(again) if str(again) else again == TRUE


@LAWS
@given(marker=markers, environment=environments(), active=extras)
def test_deciding_an_extra_agrees_with_having_it(marker: Marker, environment: dict[str, str], active: frozenset[str]) -> None:
    decided = marker.assume_extra("a", "a" in active)
    assert "a" not in decided.extra_names()
    assert decided.evaluate(environment, active) == marker.evaluate(environment, active)


@LAWS
@given(marker=markers, environment=environments(), active=extras)
def test_a_marker_implies_its_parts_about_extras_and_environment(
    marker: Marker, environment: dict[str, str], active: frozenset[str]
) -> None:
    assert not marker.without_extras().extra_names()
    if marker.evaluate(environment, active):
        assert marker.without_extras().evaluate(environment)
        assert marker.only_extras().evaluate(environment, active)


@LAWS
@given(marker=markers, environment=environments(), active=extras)
def test_a_marker_holds_only_within_its_python_bounds(marker: Marker, environment: dict[str, str], active: frozenset[str]) -> None:
    release = tuple(int(part.removesuffix("rc1")) for part in environment["python_full_version"].split("."))
    assert release in marker.python_bounds() or not marker.evaluate(environment, active)


@LAWS
@given(several=st.lists(markers, max_size=6))
def test_sort_keys_are_comparable_and_equal_only_for_equal_markers(several: list[Marker]) -> None:
    ordered = sorted(several, key=Marker.sort_key)
    for left, right in pairwise(ordered):
        assert (left.sort_key() == right.sort_key()) == (left == right)


@LAWS
@given(left=markers, right=markers)
def test_forgetting_changes_nothing_that_can_be_seen(left: Marker, right: Marker) -> None:
    before, text = left & right, str(left | right)
    forget()
    assert left & right == before
    assert str(left | right) == text
    again = Marker.parse(str(left)) if str(left) else TRUE
    assert (again & ~left).is_false  # `3` and `3.0` are one release, and two spellings
    assert (left & ~again).is_false
