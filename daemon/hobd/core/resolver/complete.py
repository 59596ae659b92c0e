"""A fork in which everything is decided, as nodes and edges (uv-lock.md 4.7)."""

from collections.abc import Iterator

from hobd.core.resolver.package import Kind, Package
from hobd.core.resolver.resolution import ForkEdge, ForkSolution, NodeKey
from hobd.core.resolver.state import ForkState
from hobd.core.resolver.target import INSTALLED
from hobd.core.resolver.versions import Point
from hobd.core.resolver.world import World
from hobd.core.vocab.names import Name
from hobd.core.vocab.source import Registry, Source


def complete(world: World, state: ForkState) -> ForkSolution:
    """What a fork has chosen; its choices become preferences of the forks to come."""
    decisions = state.search.decisions()
    keys = _Keys(world, state)
    nodes = tuple(keys.of(package, place) for package, place in decisions.items() if package.is_node)
    solution = ForkSolution(state.environment, nodes, tuple(_edges(keys, state, decisions)))
    marker = state.environment.full_marker
    for package, place in decisions.items():
        if package.is_node and package.name is not None:
            source = keys.of(package, place).source
            world.chooser.prefer(package.name, place, source if isinstance(source, Registry) else None, marker)
    return solution


def source_of(world: World, state: ForkState, name: Name, place: Point) -> Source:
    """The direct source of a name, or the index that the version was chosen from."""
    source = state.direct.get(name)
    if source is not None:
        return source
    if world.installed_metadata(name, place) is not None:
        return INSTALLED
    versions = world.pages.seen(name, state.indexes.get(name))
    candidate = versions.find(place) if versions is not None else None
    assert candidate is not None  # it was chosen from there
    return candidate.installed_from.index


class _Keys:
    """The nodes of one fork, each made once: a name has one version and one source there."""

    def __init__(self, world: World, state: ForkState) -> None:
        self._world = world
        self._state = state
        self._made: dict[tuple[Name | None, Name | None, Name | None], NodeKey] = {}

    def of(self, package: Package, place: Point, *, is_base: bool = False) -> NodeKey:
        """The node of a package at the version that was chosen; with `is_base` that of its distribution."""
        extra, group = (None, None) if is_base else (package.extra, package.group)
        found = self._made.get((package.name, extra, group))
        if found is None:
            assert package.name is not None
            source = source_of(self._world, self._state, package.name, place)
            node = self._world.nodes.get((package.name, extra, group, place, source))
            if node is None:
                node = NodeKey(package.name, place.version, source, extra, group)
                self._world.nodes[package.name, extra, group, place, source] = node
            found = self._made[package.name, extra, group] = node
        return found


def _edges(keys: _Keys, state: ForkState, decisions: dict[Package, Point]) -> Iterator[ForkEdge]:
    for parent, place in decisions.items():
        if parent.kind is not Kind.ROOT and parent.kind is not Kind.PACKAGE:
            continue
        parent_key = None if parent.kind is Kind.ROOT else keys.of(parent, place)
        for _, versions, child, allowed in state.search.needs(parent):
            chosen = decisions.get(child)
            if chosen is None or place not in versions or chosen not in allowed or child.kind is Kind.PYTHON:
                continue
            if child.name == parent.name and parent.group is None:
                continue
            yield ForkEdge(parent_key, keys.of(child, chosen), child.marker)
            if child.extra is not None:
                yield ForkEdge(parent_key, keys.of(child, chosen, is_base=True), child.marker)
