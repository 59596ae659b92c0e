"""Without the links that are found, no way leads back; and of what has no cycles nothing is left out."""

from hypothesis import given
from hypothesis import strategies as st

from hobd.core.plan.feedback_arcs import find_feedback

NODES = st.integers(0, 8)
LINKS = st.lists(st.tuples(NODES, NODES), max_size=30)


def has_cycle(links: list[tuple[int, int]]) -> bool:
    """Whether taking away sources, again and again, leaves something."""
    while True:
        targets = {end for _, end in links}
        rest = [(start, end) for start, end in links if start in targets]
        if len(rest) == len(links):
            return bool(links)
        links = rest


@given(links=LINKS)
def test_what_is_left_has_no_cycles(links: list[tuple[int, int]]) -> None:
    feedback = find_feedback(links)
    assert not has_cycle([link for place, link in enumerate(links) if place not in feedback])


@given(links=LINKS)
def test_nothing_is_left_out_of_what_has_none(links: list[tuple[int, int]]) -> None:
    assert find_feedback([(min(link), max(link)) for link in links if link[0] != link[1]]) == frozenset()


def test_of_a_pair_the_one_seen_last_comes_first() -> None:
    assert find_feedback([(0, 1), (1, 0)]) == {0}
