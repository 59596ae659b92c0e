"""The ways through the graph of a lock that trees show: from who needs to what is needed, or back (features.md 1.6).

A way back from a package must be one that could have led to it. Who needs an extra's package is only who asks for the extra; a
group is nobody's but its own project's; and the markers on the way, with the conflicts that are declared, must not exclude each other.
"""

from collections.abc import Hashable
from itertools import combinations
from typing import Protocol

from msgspec import Struct

from hobd.core.lockfile.model import Lock
from hobd.core.lockfile.tree_graph import OPTIONAL, PLAIN, Link, TreeGraph
from hobd.core.markers import TRUE, Marker, encode_extra, encode_group
from hobd.core.plan.conflicts import encode_item


class Step(Struct, frozen=True):
    """A node on a way, and how it was come to."""

    node: int
    link: Link | None
    """None at a root of its own accord."""
    marker: Marker = TRUE
    """Under which the way holds; kept on ways back only."""


class Walk(Protocol):
    """Which steps can follow a step."""

    def key(self, step: Step) -> Hashable:
        """Steps with the same key go on in the same way."""

    def next_steps(self, step: Step) -> list[Step]:
        """The steps that follow, in order."""


class Downward:
    """From who needs to what is needed."""

    def __init__(self, graph: TreeGraph) -> None:
        self._graph = graph

    def key(self, step: Step) -> Hashable:
        """See `Walk`: a root counts as if all its extras were asked for."""
        if step.link is not None:
            return step.node, frozenset(step.link.extras)
        return step.node, frozenset(extra for extra, _ in self._graph.nodes[step.node].optional_dependencies)

    def next_steps(self, step: Step) -> list[Step]:
        """See `Walk`: what extras need only where the extra was asked for."""
        asked = [link for link in self._graph.links.get(step.node, ()) if _is_asked(link, step.link)]
        return [Step(link.target, link) for link in sorted(asked, key=lambda link: link.order(self._graph.nodes))]


def _is_asked(link: Link, by: Link | None) -> bool:
    return link.kind != OPTIONAL or by is None or link.label in by.extras


class Upward:
    """From what is needed to who needs it."""

    def __init__(self, graph: TreeGraph) -> None:
        self._graph = graph
        self._links = graph.turned()
        self._conflicting = {encode_item(item) for conflict in graph.lock.conflicts for item in conflict}
        self._world = _conflict_free(graph.lock)

    def key(self, step: Step) -> Hashable:
        """See `Walk`. Groups are not told apart from what is needed plainly: nobody goes on from a group anyway."""
        extra = step.link.label if step.link is not None and step.link.kind == OPTIONAL else None
        return step.node, extra, step.marker

    def next_steps(self, step: Step) -> list[Step]:
        """See `Walk`."""
        links = sorted(self._links.get(step.node, ()), key=lambda link: link.order(self._graph.nodes))
        steps = [Step(link.target, link, self._reach(step, link)) for link in links if _leads_to(link, step.link)]
        return [found for found in steps if not (found.marker & self._world).is_false]

    def _reach(self, step: Step, link: Link) -> Marker:
        """The marker of the way with one more link: what has declared conflicts is active where it is gone through."""
        name = self._graph.nodes[link.target].name
        marker = step.marker & link.marker
        if link.kind == PLAIN:
            return marker
        item = encode_extra(name, link.label) if link.kind == OPTIONAL else encode_group(name, link.label)
        return marker & _active(item) if item in self._conflicting else marker


def _leads_to(link: Link, by: Link | None) -> bool:
    """Whether who is at the end of `link` needs a package in the way in which it was come to."""
    if by is None or by.kind == PLAIN:
        return True
    return by.kind == OPTIONAL and by.label in link.extras


def _active(item: str) -> Marker:
    return Marker.parse(f"extra == '{item}'")


def _conflict_free(lock: Lock) -> Marker:
    """Where no two items of a declared conflict are active."""
    world = TRUE
    for conflict in lock.conflicts:
        for one, other in combinations(map(encode_item, conflict), 2):
            world &= ~(_active(one) & _active(other))
    return world
