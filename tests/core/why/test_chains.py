"""The ways through a lock."""

from hobd.core.vocab.names import Name
from hobd.core.why.chains import Ways, find_packages
from tests.core.resolver.small_index import Made
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
