"""The ways by which a lock comes to a package: from members, scripts and groups, link by link.

    lock ─links→ graph of (package, extra) ─distances to the target→ ways, the shortest first

A way visits no package twice. There can be more ways than anybody can count: they are made one after the other.
"""

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from heapq import heappop, heappush
from itertools import count
from typing import TypeAlias

from msgspec import Struct

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


class Link(Struct, frozen=True, kw_only=True):
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
        linker = _Linker(lock, members)
        self._links = linker.links()
        self._starts = linker.starts(self._links)
        self._distances = self._measure()

    def last(self) -> list[Link]:
        """The links that lead to the target directly."""
        links = [*self._starts, *(link for each in self._links.values() for link in each)]
        return [link for link in links if link.target == self._target]

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


class _Linker:
    """Turns the entries of a lock into links."""

    def __init__(self, lock: Lock, members: Collection[Name]) -> None:
        self._lock = lock
        self._members = members
        self._named: dict[Name, list[int]] = {}
        for place, package in enumerate(lock.packages):
            self._named.setdefault(package.name, []).append(place)

    def links(self) -> dict[Node, list[Link]]:
        """What every package and every extra depends on."""
        found: dict[Node, list[Link]] = {}
        for place, package in enumerate(self._lock.packages):
            found[place, None] = list(self._make(place, package.dependencies))
            for extra, edges in package.optional_dependencies:
                found[place, extra] = list(self._make(place, edges, extra=extra))
        return found

    def starts(self, links: Mapping[Node, list[Link]]) -> list[Link]:
        """The links that ways begin with: those of members and their groups, and what no package asks for.

        A group counts for the member itself, not for those who depend on the member.
        """
        found: list[Link] = []
        for place, package in enumerate(self._lock.packages):
            if package.name in self._members:
                for extra in (None, *(name for name, _ in package.optional_dependencies)):
                    found += links[place, extra]
                for group, edges in package.dev_dependencies:
                    found += self._make(place, edges, group=group)
        manifest = self._lock.manifest
        listed: list[tuple[Name | None, tuple[Requirement, ...]]] = [(None, manifest.requirements), *manifest.dependency_groups]
        for each, requirements in listed:
            found += (link for requirement in requirements for link in self._direct(requirement, each))
        return found

    def _make(self, parent: int, edges: Iterable[Edge], extra: Name | None = None, group: Name | None = None) -> Iterator[Link]:
        for edge in edges:
            for target in self._targets(edge):
                yield Link(parent=parent, extra=extra, group=group, target=target, target_extras=edge.extras, marker=edge.marker)

    def _targets(self, edge: Edge) -> list[int]:
        packages = self._lock.packages
        return [
            place
            for place in self._named.get(edge.name, ())
            if edge.version in (None, packages[place].version) and edge.source in (None, packages[place].source)
        ]

    def _direct(self, requirement: Requirement, group: Name | None) -> Iterator[Link]:
        marker = requirement.marker.simplify(self._lock.requires_python)
        for place in self._named.get(requirement.name, ()):
            yield Link(parent=ROOT, group=group, target=place, target_extras=requirement.extras, marker=marker)
