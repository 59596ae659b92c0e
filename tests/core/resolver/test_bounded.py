"""Whoever writes bounds for what was locked knows the new lock without solving again: it is the one that solving would come to."""

from collections.abc import Callable, Sequence

import pytest
from msgspec.structs import replace
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from hobd.core.formats.add_bounds import render_bounds
from hobd.core.formats.requirement import parse_requirement
from hobd.core.lockfile.build import build_lock
from hobd.core.lockfile.model import Lock
from hobd.core.lockfile.render import render
from hobd.core.resolver.bounded import with_bounds
from hobd.core.resolver.old_versions import preferences_of
from hobd.core.resolver.problem import Problem
from hobd.core.resolver.resolution import Resolution
from hobd.core.resolver.solve import solve
from hobd.core.vocab.names import Name
from hobd.core.vocab.requirement import Requirement
from hobd.core.vocab.settings import Upgrade
from hobd.core.vocab.source import Virtual
from tests.core.resolver.cases import LOCKS
from tests.core.resolver.posed_cases import problem_of
from tests.core.resolver.small_index import Made, SmallIndex, project

Bind = Callable[[Requirement], Requirement]


def bounding(resolution: Resolution, kind: str) -> Bind:
    """Bounds for what has none, by the lowest version that was chosen."""
    lowest: dict[Name, Version] = {}
    for node in resolution.distributions:
        lowest[node.name] = min(node.version, lowest.get(node.name, node.version))

    def bind(requirement: Requirement) -> Requirement:
        if requirement.specifier or requirement.name not in lowest or requirement.name == "p":
            return requirement
        return replace(requirement, specifier=SpecifierSet(render_bounds(kind, lowest[requirement.name])))

    return bind


def stating(problem: Problem, bind: Bind) -> Problem:
    """The problem with the requirements of all projects changed."""
    roots = (
        replace(
            root,
            requires_dist=tuple(map(bind, root.requires_dist)),
            groups=tuple((name, tuple(map(bind, listed))) for name, listed in root.groups),
        )
        for root in problem.roots
    )
    return replace(problem, roots=tuple(roots))


def starting_from(lock: Lock, problem: Problem) -> Problem:
    """The problem as it is posed where a lock is there."""
    preferences = preferences_of(lock, Upgrade(), problem.roots, "versions and forks")
    return replace(problem, preferences=preferences, initial_forks=lock.resolution_markers, previous=lock)


@pytest.mark.parametrize("kind", ["lower", "major", "exact"])
@pytest.mark.parametrize("name", LOCKS)
def test_the_lock_is_what_solving_again_comes_to(name: str, kind: str) -> None:
    problem = problem_of(LOCKS[name])
    is_derived = assert_same_as_solving(problem, SmallIndex(LOCKS[name].index), kind)
    assert is_derived or problem.conflicts or kind != "lower"


def test_the_lock_of_a_workspace_is_too() -> None:
    problem = project("a", "b")
    (root,) = problem.roots
    other = replace(root, name=Name("q"), source=Virtual("q"), requires_dist=(*root.requires_dist, parse_requirement("c[x]")))
    index: dict[str, Made | Sequence[str]] = {"a==1": [], "a==2": [], "b==1": ["a<2"], "c==3": Made(extras={"x": ["d"]}), "d==4": []}
    assert assert_same_as_solving(replace(problem, roots=(root, other)), SmallIndex(index), "lower")


def assert_same_as_solving(problem: Problem, index: SmallIndex, kind: str) -> bool:
    """Hold what is derived against what solving from the first lock comes to. Returns whether anything could be derived."""
    resolution = solve(problem, index)
    bounded = stating(problem, bounding(resolution, kind))
    derived = with_bounds(problem, resolution, bounded)
    if derived is not None:
        lock = build_lock(problem, resolution, None)
        again = starting_from(lock, bounded)
        assert render(build_lock(bounded, derived, None)) == render(build_lock(again, solve(again, index), lock))
    return derived is not None


@pytest.mark.parametrize(
    "texts", [["a>=2", "b>=1"], ["a", "b>=2"], ["a>=1", "b>=1", "c"], ["a>=1"], ["a[x]>=1", "b>=1"], ["a>=1 ; os_name == 'nt'", "b>=1"]]
)
def test_what_may_be_resolved_otherwise_is_left_to_solving(texts: list[str]) -> None:
    problem, index = project("a", "b>=1"), SmallIndex({"a==1": [], "b==1": [], "c==1": []})
    assert with_bounds(problem, solve(problem, index), project("a>=1", "b>=1")) is not None
    assert with_bounds(problem, solve(problem, index), project(*texts)) is None
