"""What is guessed ahead of the solver: only what it may ask for, and nothing that is none of an index's business."""

from collections.abc import Mapping, Sequence

from hobd.core.resolver.foresight import Foresight
from hobd.core.resolver.knowledge import Guess, Page
from hobd.core.resolver.problem import Problem
from hobd.core.resolver.world import World
from hobd.core.vocab.metadata import Metadata
from tests.core.resolver.small_index import Made, SmallIndex, project, requirements


def foreseen(versions: Mapping[str, Made | Sequence[str]], problem: Problem, *starts: str) -> tuple[list[str], list[str]]:
    """The pages and the metadata that would be fetched if the solver had asked for some pages, in order of their names."""
    index = SmallIndex(versions)
    foresight = Foresight(World(problem, index, lambda text: None))
    index.asked_metadata.clear()
    pages = [*requirements(*starts)]
    names = [each.name for each in pages]
    for name in names:
        page = index.page(name, None)
        guesses = [foresight.after_page(name, page)] if isinstance(page, Page) else []
        while guesses:
            names += guesses[-1].pages
            guesses += _followed(index, foresight, guesses.pop())
    return sorted(set(names)), sorted(index.asked_metadata)


def _followed(index: SmallIndex, foresight: Foresight, guess: Guess) -> list[Guess]:
    learnt = [index.metadata(name, release, file) for name, release, file in guess.metadata]
    return [foresight.after_metadata(each.name, each) for each in learnt if isinstance(each, Metadata)]


def test_guesses_lead_from_pages_to_metadata_to_pages() -> None:
    index = {"a==1": ["b<2"], "b==1": ["c"], "b==2": ["d"], "c==1": [], "d==1": []}
    assert foreseen(index, project("a"), "a") == (
        ["a", "b", "c"],
        ["a-1-py3-none-any.whl", "b-1-py3-none-any.whl", "c-1-py3-none-any.whl"],
    )


def test_each_range_that_is_asked_for_has_its_likely_version() -> None:
    index = {"a==1": ["c<2"], "b==1": ["c"], "c==1": [], "c==2": []}
    _, metadata = foreseen(index, project("a", "b"), "a", "b")
    assert {"c-1-py3-none-any.whl", "c-2-py3-none-any.whl"} <= set(metadata)


def test_extras_count_only_where_they_are_asked_for() -> None:
    index: dict[str, Made | Sequence[str]] = {"a==1": ["b"], "b==1": Made(["c"], {"x": ["d"]}), "c==1": [], "d==1": []}
    assert foreseen(index, project("a"), "a")[0] == ["a", "b", "c"]
    assert foreseen(index, project("a", "b[x]"), "a", "b")[0] == ["a", "b", "c", "d"]


def test_what_never_holds_for_the_project_is_left_out() -> None:
    index = {"a==1": ["b; python_version < '3.8'", "c; sys_platform == 'win32'"], "b==1": [], "c==1": []}
    assert foreseen(index, project("a", python=">=3.9"), "a")[0] == ["a", "c"]


def test_no_index_hears_of_names_that_come_from_elsewhere() -> None:
    problem = project("a", "b @ https://files.example/b-1-py3-none-any.whl")
    assert foreseen({"a==1": ["b", "c"], "c==1": []}, problem, "a")[0] == ["a", "c"]


def test_source_distributions_are_left_to_the_solver() -> None:
    index: dict[str, Made | Sequence[str]] = {"a==1": Made(["b"], is_sdist=True), "b==1": []}
    assert foreseen(index, project("a"), "a") == (["a"], [])
