"""The ways by which a lock comes to a package: from members, scripts and groups, link by link.

    lock ─links→ graph of (package, extra) ─distances to the target→ ways, the shortest first

A way visits no package twice. There can be more ways than anybody can count: they are made one after the other.
"""

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from typing import TypeAlias

from hobd.core.lockfile.model import Edge, Lock
from hobd.core.markers import TRUE, Marker
from hobd.core.vocab.names import Name
from hobd.core.vocab.requirement import Requirement

ROOT = -1
"""Stands for what is asked for by no package: by a script, or by a group of a root without `[project]`."""
_MOST_STEPS = 20_000
"""Of a search for all ways: it ends there, told as incomplete."""

Node: TypeAlias = tuple[int, Name | None]
"""A package by its place in the lock, or one of its extras."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A package, or the root, depends on another."""

    parent: int
    extra: Name | None = None
    """The parent's extra that asks."""
    group: Name | None = None
    """The parent's group that asks."""
    target: int
    target_extras: tuple[Name, ...] = ()
    marker: Marker = TRUE
    """Simplified by the lock's requires-python."""

    @property
    def entered(self) -> tuple[Node, ...]:
        """The nodes that it leads to."""
        return ((self.target, None), *((self.target, extra) for extra in self.target_extras))


Chain: TypeAlias = tuple[Link, ...]
"""From the root or a member to the target: never empty."""


class Ways:
    """All ways of one lock to one package."""

    def __init__(self, lock: Lock, members: Collection[Name], target: int) -> None:
        """`members`: of the workspace; empty for a script."""
        self._target = target
        self._links = _links(lock, members)
        self._starts = _starts(lock, members, self._links)
        self._distances = self._measure()

    def parents(self) -> set[int]:
        """Everything that depends on the target directly."""
        links = [*self._starts, *(link for each in self._links.values() for link in each)]
        return {link.parent for link in links if link.target == self._target}

    def shortest(self) -> tuple[Chain, ...]:
        """The shortest way through each of the links that the way can begin with, the shortest of them first."""
        first = [link for link in self._starts if self._distance(link) is not None]
        found = [self._descend(link) for link in first]
        return tuple(sorted(found, key=len))

    def all(self, most: int) -> tuple[tuple[Chain, ...], bool]:
        """All ways, the shortest first; and whether that is really all."""
        found: list[Chain] = []
        for chain in self._enumerate():
            if chain is None or len(found) == most:
                return tuple(found), False
            found.append(chain)
        return tuple(found), True

    def _measure(self) -> Mapping[Node, int]:
        """How many links it is at least from each node to the target."""
        sources: dict[Node, list[Node]] = {}
        for node, links in self._links.items():
            for link in links:
                for entered in link.entered:
                    sources.setdefault(entered, []).append(node)
        found = {node: 0 for node in {(self._target, None), *self._links} if node[0] == self._target}
        waiting = deque(found)
        while waiting:
            node = waiting.popleft()
            for source in sources.get(node, ()):
                if source not in found:
                    found[source] = found[node] + 1
                    waiting.append(source)
        return found

    def _distance(self, link: Link) -> int | None:
        """How many links it is to the target after this one; None where there is no way."""
        return min((self._distances[node] for node in link.entered if node in self._distances), default=None)

    def _descend(self, link: Link) -> Chain:
        """The way that gets nearer with every link."""
        chain = [link]
        while chain[-1].target != self._target:
            distance = self._distance(chain[-1])
            assert distance is not None  # the first link has a way
            chain.append(next(each for each in self._following(chain[-1]) if self._distance(each) == distance - 1))
        return tuple(chain)

    def _following(self, link: Link) -> Iterator[Link]:
        for node in link.entered:
            yield from self._links.get(node, ())

    def _enumerate(self) -> Iterator[Chain | None]:
        """The ways in order of length; None where the search is given up."""
        order = count()
        heap: list[tuple[int, int, int, Chain]] = []

        def push(chain: Chain) -> None:
            distance = self._distance(chain[-1])
            if distance is not None:
                heappush(heap, (len(chain) + distance, -len(chain), next(order), chain))  # of equal ones first what is nearly there

        for link in self._starts:
            push((link,))
        for _ in range(_MOST_STEPS):
            if not heap:
                return
            *_, chain = heappop(heap)
            if chain[-1].target == self._target:
                yield chain
                continue
            visited = {chain[0].parent, *(link.target for link in chain)}
            for link in self._following(chain[-1]):
                if link.target not in visited:
                    push((*chain, link))
        yield None


def find_packages(lock: Lock, name: Name) -> tuple[int, ...]:
    """The places of all packages of a name."""
    return tuple(place for place, package in enumerate(lock.packages) if package.name == name)


def _links(lock: Lock, members: Collection[Name]) -> dict[Node, list[Link]]:
    """What every package and every extra depends on; the groups of members hang on the members themselves."""
    named: dict[Name, list[int]] = {}
    for place, package in enumerate(lock.packages):
        named.setdefault(package.name, []).append(place)

    def make(parent: int, edges: Iterable[Edge], extra: Name | None = None, group: Name | None = None) -> Iterator[Link]:
        for edge in edges:
            for target in _targets(lock, named, edge):
                yield Link(parent=parent, extra=extra, group=group, target=target, target_extras=edge.extras, marker=edge.marker)

    links: dict[Node, list[Link]] = {}
    for place, package in enumerate(lock.packages):
        links[place, None] = list(make(place, package.dependencies))
        for extra, edges in package.optional_dependencies:
            links[place, extra] = list(make(place, edges, extra=extra))
        if package.name in members:
            for group, edges in package.dev_dependencies:
                links[place, None] += make(place, edges, group=group)
    return links


def _targets(lock: Lock, named: Mapping[Name, list[int]], edge: Edge) -> list[int]:
    found = named.get(edge.name, [])
    return [
        place
        for place in found
        if edge.version in (None, lock.packages[place].version) and edge.source in (None, lock.packages[place].source)
    ]


def _starts(lock: Lock, members: Collection[Name], links: Mapping[Node, list[Link]]) -> list[Link]:
    """The links that ways begin with: those of members, and what no package asks for."""
    found: list[Link] = []
    for place, package in enumerate(lock.packages):
        if package.name in members:
            for extra in (None, *(name for name, _ in package.optional_dependencies)):
                found += links[place, extra]
    listed: list[tuple[Name | None, tuple[Requirement, ...]]] = [(None, lock.manifest.requirements), *lock.manifest.dependency_groups]
    for group, requirements in listed:
        for requirement in requirements:
            for place in find_packages(lock, requirement.name):
                marker = requirement.marker.simplify(lock.requires_python)
                found.append(Link(parent=ROOT, group=group, target=place, target_extras=requirement.extras, marker=marker))
    return found
