"""The versions of several indexes: one index after the other, or all in one list; files of two are never put together."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from msgspec.structs import replace
from packaging.version import Version

from hobd.core.resolver.knowledge import NoPage, Page
from hobd.core.resolver.problem import Cutoff, Preference
from hobd.core.resolver.solve import Unsatisfiable, solve
from hobd.core.vocab.names import Name
from hobd.core.vocab.source import Registry
from tests.core.resolver.small_index import Made, SmallIndex, project

FIRST, SECOND = Registry("https://index.example/first"), Registry("https://index.example/second")
OLD, NEW = "2023-01-01T00:00:00Z", "2025-01-01T00:00:00Z"


class TwoIndexes(SmallIndex):
    """Knowledge of two indexes, none of which hides the other."""

    def __init__(self, first: Mapping[str, Made | Sequence[str]], second: Mapping[str, Made | Sequence[str]], *, is_one_list: bool) -> None:
        super().__init__({**second, **first})
        self._first = SmallIndex(first, is_flat=False, index=FIRST)
        self._second = SmallIndex(second, is_flat=False, index=SECOND)
        self._is_one_list = is_one_list

    def page(self, name: Name, index: Registry | None) -> Page | NoPage:
        first, second = self._first.page(name, None), self._second.page(name, None)
        if isinstance(first, NoPage) or isinstance(second, NoPage):
            return second if isinstance(first, NoPage) else first
        return replace(first, later=second, is_one_list=self._is_one_list)


def chosen(knowledge: TwoIndexes, *texts: str, **options: Any) -> list[tuple[str, Registry]]:
    """Version and index of every `a`."""
    resolution = solve(project(*texts, **options), knowledge)
    return [(str(node.version), each.source) for node, each in resolution.distributions.items() if node.name == "a"]  # type: ignore[misc]  # all are of indexes


def test_one_index_after_the_other_takes_what_is_in_range_on_the_first() -> None:
    knowledge = TwoIndexes({"a==1": []}, {"a==1": [], "a==2": []}, is_one_list=False)
    assert chosen(knowledge, "a") == [("1", FIRST)]
    assert chosen(knowledge, "a>1") == [("2", SECOND)]


def test_all_in_one_list_takes_the_highest_and_of_equal_ones_that_of_the_first() -> None:
    knowledge = TwoIndexes({"a==1": [], "a==2": []}, {"a==2": [], "a==3": []}, is_one_list=True)
    assert chosen(knowledge, "a") == [("3", SECOND)]
    assert chosen(knowledge, "a<3") == [("2", FIRST)]


@pytest.mark.parametrize("is_one_list", [False, True])
def test_a_version_that_the_first_index_cannot_serve_is_not_put_together_from_both(is_one_list: bool) -> None:
    first = {"a==1@cp38-cp38-win_amd64": Made(uploaded=OLD)}
    second = {"a==1": Made(uploaded=OLD)}
    with pytest.raises(Unsatisfiable, match="No solution found") as failure:
        chosen(TwoIndexes(first, second, is_one_list=is_one_list), "a")
    assert "a==1 has no wheels with a matching Python version tag" in failure.value.causes[0]


def test_what_is_cut_off_on_one_index_is_taken_from_the_next_unless_it_was_chosen_before() -> None:
    knowledge = TwoIndexes({"a==1": Made(uploaded=OLD), "a==2": Made(uploaded=NEW)}, {"a==2": Made(uploaded=OLD)}, is_one_list=True)
    cutoff = Cutoff(before="2024-01-01T00:00:00Z")
    assert chosen(knowledge, "a", cutoff=cutoff) == [("2", SECOND)]
    before = ((Name("a"), (Preference(version=Version("2"), index=SECOND.url),)),)
    assert chosen(knowledge, "a", cutoff=cutoff, preferences=before) == [("1", FIRST)]
