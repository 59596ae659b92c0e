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
    keys = _Keys(world, state)
    nodes = [(place, keys.of(package)) for package, place in state.search.decisions().items() if package.is_node]
    solution = ForkSolution(state.environment, tuple(node for _, node in nodes), tuple(_edges(keys, state)))
    marker = state.environment.full_marker.without_extras()
    for place, node in nodes:
        world.chooser.prefer(node.name, place, node.source if isinstance(node.source, Registry) else None, marker)
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
        self._decisions = state.search.decisions()
        self._made: dict[Package, NodeKey] = {}

    def of(self, package: Package) -> NodeKey:
        """The node of a package at the version that was chosen."""
        found = self._made.get(package)
        if found is None:
            found = self._made[package] = self._find(package, self._decisions[package])
        return found

    def _find(self, package: Package, place: Point) -> NodeKey:
        """The node; as forks before made it, if the version alone tells where it is from."""
        name, seen = package.name, self._world.seen_nodes.get(package)
        assert name is not None
        is_free = name not in self._state.direct and name not in self._state.indexes
        if is_free and seen is not None and seen[0] is place:
            return seen[1]
        source = source_of(self._world, self._state, name, place)
        key = (name, package.extra, package.group, place, source)
        node = self._world.nodes.get(key)
        if node is None:
            node = self._world.nodes[key] = NodeKey(name, place.version, source, package.extra, package.group)
        if is_free:
            self._world.seen_nodes[package] = place, node
        return node


def _edges(keys: _Keys, state: ForkState) -> Iterator[ForkEdge]:
    for parent, child in state.search.links():
        if child.name == parent.name and parent.group is None:
            continue
        parent_key = None if parent.kind is Kind.ROOT else keys.of(parent)
        yield ForkEdge(parent_key, keys.of(child), child.marker)
        if child.extra is not None:
            assert child.base is not None  # an extra is only ever required through a proxy, which has one
            yield ForkEdge(parent_key, keys.of(child.base), child.marker)
