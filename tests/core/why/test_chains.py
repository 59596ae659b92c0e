"""The ways through a lock."""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace
from packaging.version import Version

from hobd.core.lockfile.build import build_lock
from hobd.core.resolver.problem import RootProject
from hobd.core.resolver.solve import solve
from hobd.core.vocab.names import Name
from hobd.core.vocab.source import Virtual
from hobd.core.why.chains import Ways, find_packages
from tests.core.resolver.small_index import Made, SmallIndex, project, requirements
from tests.core.why.asking import MEMBERS, ask


def names(ways: Ways, lock_names: list[str], most: int = 10) -> list[list[str]]:
    chains, _ = ways.all(most)
    return [[lock_names[link.target] for link in chain] for chain in chains]


def test_cycles_are_not_followed_round() -> None:
    lock = ask({"a==1": ["b"], "b==1": ["a", "c"], "c==1": ["b"]}, "a").lock
    ways = Ways(lock, MEMBERS, find_packages(lock, Name("c"))[0])
    assert names(ways, [package.name for package in lock.packages]) == [["a", "b", "c"]]


def test_a_way_through_an_extra_needs_the_extra_to_be_asked_for() -> None:
    index: dict[str, Made | list[str]] = {"a==1": Made([], {"x": ["c"], "y": ["d"]}), "b==1": ["a[x]"], "c==1": [], "d==1": []}
    lock = ask(index, "a", "b").lock
    ways = Ways(lock, MEMBERS, find_packages(lock, Name("c"))[0])
    (chain,) = ways.all(10)[0]
    assert [(link.extra, link.target_extras) for link in chain] == [(None, ()), (None, ("x",)), ("x", ())]
    assert find_packages(lock, Name("d")) == ()


def test_there_may_be_more_ways_than_anybody_counts() -> None:
    """Twenty layers of two packages: a million ways."""
    layers = {f"{side}{number}==1": [f"{other}{number + 1}" for other in "xy"] for number in range(20) for side in "xy"}
    lock = ask(layers | {"x20==1": ["t"], "y20==1": ["t"], "t==1": []}, "x0", "y0").lock
    ways = Ways(lock, MEMBERS, find_packages(lock, Name("t"))[0])
    chains, is_all = ways.all(50)
    assert len(chains) == 50
    assert not is_all
    assert [len(chain) for chain in ways.shortest()] == [22, 22]


def test_a_group_of_a_member_counts_for_that_member_alone() -> None:
    libraries = (member("app", "lib"), member("lib", groups={"dev": ["a"]}))
    problem = replace(project(), roots=libraries)
    lock = build_lock(problem, solve(problem, SmallIndex({"a==1": []})), None)
    ways = Ways(lock, (Name("app"), Name("lib")), find_packages(lock, Name("a"))[0])
    chains, _ = ways.all(10)
    assert [[(link.parent, link.group) for link in chain] for chain in chains] == [[(find_packages(lock, Name("lib"))[0], "dev")]]


def member(name: str, *required: str, groups: Mapping[str, Sequence[str]] | None = None) -> RootProject:
    """A project of a workspace; what it requires are other members."""
    return RootProject(
        name=Name(name),
        version=Version("1"),
        source=Virtual(name),
        requires_dist=tuple(replace(each, source=Virtual(each.name)) for each in requirements(*required)),
        provides_extras=(),
        groups=tuple((Name(group), requirements(*listed)) for group, listed in (groups or {}).items()),
    )
