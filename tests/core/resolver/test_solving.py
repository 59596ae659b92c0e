"""What the solver chooses, and why."""

import time
from collections.abc import Sequence
from typing import Any

import pytest
from packaging.version import Version

from hobd.core.lockfile.parse import parse
from hobd.core.markers import Marker
from hobd.core.resolver.events import Effort
from hobd.core.resolver.old_versions import preferences_of
from hobd.core.resolver.problem import Cutoff, Preference
from hobd.core.resolver.resolution import Resolution
from hobd.core.resolver.solve import Unsatisfiable, solve
from hobd.core.vocab.names import Name
from hobd.core.vocab.requirement import ConflictItem
from hobd.core.vocab.settings import Choice, Upgrade
from hobd.errors import RequestError
from tests.core.resolver.small_index import Made, SmallIndex, project, requirements


def versions(resolution: Resolution) -> dict[str, list[str]]:
    """Chosen versions by name, without the project."""
    found: dict[str, list[str]] = {}
    for node in resolution.distributions:
        if node.name != "p":
            found.setdefault(node.name, []).append(str(node.version))
    return {name: sorted(each) for name, each in sorted(found.items())}


def solved(index: Any, *texts: str, **options: object) -> dict[str, list[str]]:
    return versions(solve(project(*texts, **options), SmallIndex(index)))  # type: ignore[arg-type]


def test_the_highest_version_in_range_is_chosen() -> None:
    assert solved({"a==1": [], "a==2": [], "a==3": []}, "a<3") == {"a": ["2"]}


def test_requirements_of_requirements_are_met() -> None:
    assert solved({"a==1": ["b<2"], "b==1": [], "b==2": []}, "a") == {"a": ["1"], "b": ["1"]}


def test_an_older_version_is_taken_when_the_newest_cannot_be_used_together() -> None:
    index = {"a==1": [], "a==2": ["b>=2"], "b==1": []}
    assert solved(index, "a", "b") == {"a": ["1"], "b": ["1"]}


def test_a_name_that_no_index_serves_ends_the_search() -> None:
    with pytest.raises(Unsatisfiable) as failure:
        solved({}, "a")
    assert failure.value.code == 1
    assert "a was not found in the provided package locations" in failure.value.causes[0]


def test_an_extra_brings_its_requirements() -> None:
    index = {"a==1": Made(["c"], {"x": ["b"]}), "b==1": [], "c==1": []}
    assert solved(index, "a[x]") == {"a": ["1"], "b": ["1"], "c": ["1"]}
    assert solved(index, "a") == {"a": ["1"], "c": ["1"]}


def test_extras_may_include_each_other() -> None:
    index = {"a==1": Made(extras={"all": ["a[x]", "a[y]"], "x": ["b"], "y": ["a[all]", "c"]}), "b==1": [], "c==1": []}
    assert solved(index, "a[all]") == {"a": ["1"], "b": ["1"], "c": ["1"]}


def test_groups_and_extras_of_the_project_are_all_resolved() -> None:
    index: dict[str, Any] = {"a==1": [], "b==1": [], "c==1": []}
    assert solved(index, "a", extras={"x": ["b"]}, groups={"dev": ["c"]}) == {"a": ["1"], "b": ["1"], "c": ["1"]}


def test_requirements_for_other_pythons_do_not_count() -> None:
    assert solved({"a==1": []}, "a", "b ; python_version < '3.9'") == {"a": ["1"]}


def test_environments_that_need_other_versions_get_them() -> None:
    resolution = solve(project("a<2 ; sys_platform == 'linux'", "a>=2 ; sys_platform != 'linux'"), SmallIndex({"a==1": [], "a==2": []}))
    assert versions(resolution) == {"a": ["1", "2"]}
    assert [str(marker) for marker in resolution.fork_markers] == ["sys_platform == 'linux'", "sys_platform != 'linux'"]


def test_a_newer_python_gets_the_version_that_needs_it() -> None:
    index = {"a==1": Made(python=">=3.8"), "a==2": Made(python=">=3.11")}
    resolution = solve(project("a"), SmallIndex(index))
    assert versions(resolution) == {"a": ["1", "2"]}
    assert [str(marker) for marker in resolution.fork_markers] == [
        "python_full_version >= '3.11'",
        "python_full_version >= '3.9' and python_full_version < '3.11'",
    ]


def test_with_fewest_one_version_serves_all_pythons() -> None:
    index = {"a==1": Made(python=">=3.8"), "a==2": Made(python=">=3.11")}
    assert solved(index, "a", fork_strategy="fewest") == {"a": ["1"]}


def test_a_later_fork_keeps_what_an_earlier_one_chose() -> None:
    environments = (Marker.parse("sys_platform == 'linux'"), Marker.parse("sys_platform == 'win32'"))
    index = {"a==1": [], "a==2": [], "b==1": ["a<2 ; sys_platform == 'linux'"]}
    assert solved(index, "a", "b", environments=environments) == {"a": ["1"], "b": ["1"]}


def test_conflicting_extras_are_solved_apart() -> None:
    items = tuple(ConflictItem(package=Name("p"), extra=Name(extra)) for extra in ("x", "y"))
    index: dict[str, Any] = {"a==1": [], "a==2": []}
    assert solved(index, extras={"x": ["a==1"], "y": ["a==2"]}, conflicts=(items,)) == {"a": ["1", "2"]}
    with pytest.raises(Unsatisfiable):
        solved(index, extras={"x": ["a==1"], "y": ["a==2"]})


def test_a_preference_is_kept_where_it_fits() -> None:
    preferences = ((Name("a"), (Preference(version=Version("1"), index=None),)),)
    index: dict[str, Any] = {"a==1": [], "a==2": []}
    assert solved(index, "a", preferences=preferences) == {"a": ["1"]}
    assert solved(index, "a>1", preferences=preferences) == {"a": ["2"]}


def test_lowest_takes_the_lowest_and_lowest_direct_only_for_what_the_project_requires() -> None:
    index = {"a==1": ["b"], "a==2": ["b"], "b==1": [], "b==2": []}
    assert solved(index, "a", resolution_mode="lowest") == {"a": ["1"], "b": ["1"]}
    assert solved(index, "a", resolution_mode="lowest-direct") == {"a": ["1"], "b": ["2"]}


@pytest.mark.parametrize(("mode", "chosen"), [("if-necessary", "1"), ("allow", "2rc1"), ("disallow", "1"), ("explicit", "1")])
def test_prereleases_are_taken_as_the_mode_says(mode: str, chosen: str) -> None:
    assert solved({"a==1": [], "a==2rc1": []}, "a", prerelease_mode=mode) == {"a": [chosen]}


def test_a_prerelease_is_taken_if_nothing_else_is_in_range() -> None:
    assert solved({"a==1": [], "a==2rc1": []}, "a>1") == {"a": ["2rc1"]}


def test_a_yanked_version_is_used_only_if_pinned() -> None:
    index: dict[str, Made | Sequence[str]] = {"a==1": [], "a==2": Made(yanked="broken", uploaded="2024-01-01T00:00:00Z")}
    assert versions(solve(project("a"), SmallIndex(index, is_flat=False))) == {"a": ["1"]}
    assert versions(solve(project("a==2"), SmallIndex(index, is_flat=False))) == {"a": ["2"]}


def test_what_was_uploaded_after_the_cutoff_does_not_exist() -> None:
    index: dict[str, Made | Sequence[str]] = {
        "a==1": Made(uploaded="2024-01-01T00:00:00.5Z"),
        "a==2": Made(uploaded="2024-03-01T00:00:00Z"),
        "a==3": [],
    }
    problem = project("a", cutoff=Cutoff(before="2024-03-01T00:00:00Z"))
    assert versions(solve(problem, SmallIndex(index, is_flat=False))) == {"a": ["1"]}


def test_overrides_replace_and_exclusions_drop_requirements_everywhere() -> None:
    index = {"a==1": ["b<2", "c"], "b==1": [], "b==2": []}
    options: dict[str, object] = {"overrides": requirements("b==2"), "excludes": (Name("c"),)}
    assert solved(index, "a", **options) == {"a": ["1"], "b": ["2"]}


def test_constraints_restrict_only_what_is_required() -> None:
    index = {"a==1": ["b"], "b==1": [], "b==2": []}
    assert solved(index, "a", constraints=requirements("b<2", "z==9")) == {"a": ["1"], "b": ["1"]}


def test_a_platform_that_has_to_be_served_gets_an_older_version() -> None:
    index: dict[str, Any] = {"a==2@py3-none-manylinux_2_17_x86_64": [], "a==1": []}
    required = (Marker.parse("sys_platform == 'win32'"),)
    assert solved(index, "a", required_environments=required) == {"a": ["1", "2"]}
    assert solved(index, "a") == {"a": ["2"]}


def test_a_local_version_is_taken_where_it_can_be_installed() -> None:
    index: dict[str, list[str]] = {"a==1@py3-none-macosx_11_0_arm64": [], "a==1+cpu@py3-none-manylinux_2_17_x86_64": []}
    resolution = solve(project("a"), SmallIndex(index))
    assert versions(resolution) == {"a": ["1", "1+cpu"]}
    assert [str(marker) for marker in resolution.fork_markers] == ["sys_platform != 'darwin'", "sys_platform == 'darwin'"]


def test_a_package_of_an_index_may_not_name_a_source_that_the_user_did_not() -> None:
    index = SmallIndex({"a==1": ["b @ git+https://host.example/b"]})
    with pytest.raises(RequestError, match="Failed to resolve dependencies for package `a==1`") as failure:
        solve(project("a"), index)
    assert failure.value.causes[0].startswith("Package `b` was included as a URL dependency.")
    assert failure.value.hints == ("`a` (v1) was included because `p` (v1) depends on `a`",)


def test_a_name_cannot_come_from_two_places() -> None:
    with pytest.raises(RequestError, match="Failed to resolve dependencies for package `p==1`") as failure:
        solve(project("b @ git+https://host.example/one", "b @ git+https://host.example/two"), SmallIndex({}))
    assert failure.value.causes[0].splitlines() == [
        "Requirements contain conflicting URLs for package `b` in all marker environments:",
        "- git+https://host.example/one",
        "- git+https://host.example/two",
    ]


def test_pages_are_announced_before_they_are_asked_for() -> None:
    index = SmallIndex({"a==1": ["b", "c"], "b==1": [], "c==1": []})
    solve(project("a"), index)
    assert index.announced == ["a", "b", "c"]


def test_metadata_is_read_only_of_versions_that_are_tried() -> None:
    index = SmallIndex({"a==1": [], "a==2": [], "a==3": []})
    solve(project("a"), index)
    assert index.asked_metadata == ["a-3-py3-none-any.whl"]


def test_the_checkpoint_can_end_the_search() -> None:
    def give_up() -> None:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        solve(project("a"), SmallIndex({"a==1": []}), checkpoint=give_up)


def test_the_same_problem_has_the_same_answer() -> None:
    index = {
        f"{name}=={version}": [f"{other}>={version}" for other in "abcde" if other != name] for name in "abcde" for version in (1, 2, 3)
    }
    first, second = (solve(project("a<3", "c"), SmallIndex(index)) for _ in range(2))
    assert list(first.nodes) == list(second.nodes)
    assert first.fork_markers == second.fork_markers


def test_many_versions_without_a_solution_are_given_up_in_reasonable_time() -> None:
    index: dict[str, list[str]] = {f"a=={number}": [f"b=={number}"] for number in range(200)}
    index |= {f"b=={number}": [f"c=={number}"] for number in range(200)} | {"c==999": []}
    decisions = 0

    def count() -> None:
        nonlocal decisions
        decisions += 1
        assert decisions < 5000

    with pytest.raises(Unsatisfiable):
        solve(project("a", "b"), SmallIndex(index), checkpoint=count)


def test_an_extra_that_is_not_provided_is_warned_of() -> None:
    resolution = solve(project("a[nope]"), SmallIndex({"a==1": []}))
    assert resolution.warnings == ("The package `a==1` does not have an extra named `nope`",)


def test_a_yanked_version_that_was_pinned_is_warned_of() -> None:
    index = SmallIndex({"a==1": Made(yanked="broken", uploaded="2024-01-01T00:00:00Z")}, is_flat=False)
    assert solve(project("a==1"), index).warnings == ('`a==1` is yanked (reason: "broken")',)


class Listener:
    """Keeps the warnings of a resolution."""

    hear = None

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def warn(self, text: str) -> None:
        self.warnings.append(text)

    def pause(self, effort: Effort) -> None:
        """Not of interest."""


def test_missing_lower_bounds_are_warned_of_where_the_lowest_versions_are_taken() -> None:
    index = SmallIndex({"a==1": ["c"], "b==1": ["c", "d>=1"], "c==1": [], "d==1": []})
    listener = Listener()
    resolution = solve(project("a", "b>=1", resolution_mode="lowest"), index, observer=listener)
    assert [text.split("`")[1] for text in listener.warnings] == ["a"]
    assert [text.split("`")[1] for text in resolution.warnings] == ["a", "c"]


def test_forks_of_an_old_lock_count_even_where_there_are_none() -> None:
    environments = (Marker.parse("sys_platform == 'linux'"), Marker.parse("sys_platform == 'win32'"))
    index: dict[str, list[str]] = {"a==1": []}
    assert len(solve(project("a", environments=environments), SmallIndex(index)).fork_markers) == 2
    assert solve(project("a", environments=environments, initial_forks=()), SmallIndex(index)).fork_markers == ()


def test_whose_wheels_may_not_be_used_is_built_though_nothing_else_is() -> None:
    index = {"a==1": Made(is_sdist=True), "a==2": []}
    limits = {"no_build": Choice(everything=True, spared=frozenset({Name("a")})), "no_binary": Choice(packages=frozenset({Name("a")}))}
    assert solved(index, "a", **limits) == {"a": ["1"]}


def test_hundreds_of_extras_are_resolved_at_once() -> None:
    began = time.process_time()
    assert solved({"a==1": []}, extras={f"x{number}": ["a"] for number in range(300)}) == {"a": ["1"]}
    assert time.process_time() - began < 5  # half a second


def test_the_versions_of_an_old_lock_are_preferred_within_its_own_pythons() -> None:
    text = 'version = 1\nrevision = 5\nrequires-python = ">=3.11"\n'
    for version, marker in (("1", "python_full_version >= '3.12'"), ("2", "python_full_version < '3.12'")):
        text += f'\n[[package]]\nname = "a"\nversion = "{version}"\nsource = {{ registry = "links" }}\n'
        text += f'resolution-markers = [\n    "{marker}",\n]\n'
    ((_, (first, second)),) = preferences_of(parse(text), Upgrade(), (), "versions")
    older = Marker.parse("python_full_version < '3.10'")
    assert not first.markers[0].is_disjoint(Marker.parse("python_full_version >= '3.12'"))
    assert second.markers[0].is_disjoint(older)
