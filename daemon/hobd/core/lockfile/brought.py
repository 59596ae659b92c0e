"""What requirements brought into a lock: all that they need, and that was not there before."""

from collections.abc import Iterable

from hobd.core.lockfile.model import Edge, Lock
from hobd.core.vocab.names import Name
from hobd.core.vocab.requirement import Requirement


def brought(lock: Lock, previous: Lock | None, asked: Iterable[Requirement]) -> frozenset[Name]:
    """The packages that requirements need, directly or not, on whichever platform.

    Args:
        lock: that has them all.
        previous: what was locked before does not count.
        asked: neither do the packages that these name themselves.
    """
    asked = tuple(asked)
    edges = _edges_of(lock)
    waiting: list[tuple[Name, Name | None]] = [(each.name, extra) for each in asked for extra in (None, *each.extras)]
    seen = set(waiting)
    while waiting:
        for edge in edges.get(waiting.pop(), ()):
            found = {(edge.name, extra) for extra in (None, *edge.extras)} - seen
            seen |= found
            waiting += found
    known = {package.name for package in previous.packages} if previous is not None else set()
    return frozenset(name for name, _ in seen) - known - {each.name for each in asked}


def _edges_of(lock: Lock) -> dict[tuple[Name, Name | None], tuple[Edge, ...]]:
    """By name and extra; of several packages of a name those of all."""
    found: dict[tuple[Name, Name | None], tuple[Edge, ...]] = {}
    for package in lock.packages:
        for extra, edges in ((None, package.dependencies), *package.optional_dependencies):
            found[package.name, extra] = (*found.get((package.name, extra), ()), *edges)
    return found
