"""Hints that small folders of links cannot give rise to."""

from typing import Any

import pytest

from hobd.core.resolver.problem import Cutoff, SearchedIndex
from hobd.core.resolver.solve import Unsatisfiable, solve
from hobd.core.vocab.names import Name
from hobd.core.vocab.settings import Choice
from hobd.core.vocab.source import Registry
from tests.core.resolver.small_index import Made, SmallIndex, project

FIRST, SECOND = "https://first.example/simple", "https://second.example/simple"
DATED = {"a==1": Made(uploaded="2024-03-01T00:00:00Z"), "a==2": Made(uploaded="2024-04-01T01:02:03.456789Z")}


def failure_of(index: SmallIndex, *texts: str, **options: Any) -> Unsatisfiable:
    with pytest.raises(Unsatisfiable) as failure:
        solve(project(*texts, **options), index)
    return failure.value


def test_an_index_that_was_not_asked_is_named() -> None:
    first, folder, second = SearchedIndex(FIRST, FIRST), SearchedIndex("links", "file:///links"), SearchedIndex(SECOND, SECOND)
    for index in (first, folder):
        pages = SmallIndex({"a==1": []}, is_flat=False, index=Registry(index.named))
        (hint,) = failure_of(pages, "a>1", searched_indexes=(index, second)).hints
        assert hint.startswith(f"`a` was found on {index.shown}, but not at the requested version (a>1).")
        assert f"(e.g., {SECOND})" in hint
        assert failure_of(pages, "a>1", searched_indexes=(second, index)).hints == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a", " The latest version satisfying the requirement is v2, published at 2024-04-01T01:02:03.456Z."),
        ("a==1", " The requested version, v1, was published at 2024-03-01T00:00:00Z."),
    ],
)
def test_versions_that_are_too_new_are_told_of(text: str, told: str) -> None:
    (hint,) = failure_of(SmallIndex(DATED, is_flat=False), text, cutoff=Cutoff(before="2024-02-01T00:00:00Z")).hints
    assert hint == (
        f"`a` was filtered by `exclude-newer` to only include packages uploaded before 2024-02-01T00:00:00Z.{told} "
        "Consider using `exclude-newer-package` to override the cutoff for this package."
    )


def test_a_cutoff_of_the_package_itself_is_told_of_as_such() -> None:
    cutoffs = ((Name("a"), Cutoff(before="2024-02-01T00:00:00Z")),)
    (hint,) = failure_of(SmallIndex(DATED, is_flat=False), "a", cutoff_package=cutoffs).hints
    assert hint.endswith("Consider removing the setting or updating it to a later date.")


def test_builds_and_wheels_that_were_forbidden_are_told_of() -> None:
    (hint,) = failure_of(SmallIndex({"a==1": Made(is_sdist=True)}), "a", no_build=Choice(everything=True)).hints
    assert hint == "Wheels are required for `a` because building from source is disabled for all packages (i.e., with `--no-build`)"
    (hint,) = failure_of(SmallIndex({"a==1": []}), "a", no_binary=Choice(packages=frozenset({Name("a")}))).hints
    assert hint == (
        "A source distribution is required for `a` because using pre-built wheels is disabled for `a` (i.e., with `--no-binary-package a`)"
    )


def test_tags_of_wheels_that_do_not_fit_are_listed() -> None:
    index = SmallIndex({"a==1@cp38-cp38-win_amd64": [], "a==1@cp37-cp37m-win_amd64": []}, is_flat=False)
    error = failure_of(index, "a")
    assert "a==1 has no wheels with a matching Python version tag (e.g., `cp39`)" in error.causes[0]
    assert error.hints == ("Wheels are available for `a` (v1) with the following Python ABI tags: `cp37m`, `cp38`",)
