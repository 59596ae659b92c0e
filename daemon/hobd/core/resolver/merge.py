"""Completed forks merged into one graph: where each node is reached, and under which marker each edge holds (uv-lock.md 4.7)."""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from hobd.core.markers import FALSE, TRUE, Marker
from hobd.core.resolver.conflict_items import at_most_one_each
from hobd.core.resolver.conflict_markers import assume_chosen, imbibe
from hobd.core.resolver.fork import ConflictSet
from hobd.core.resolver.graph import Graph
from hobd.core.resolver.rejection import Rejection
from hobd.core.resolver.resolution import Chosen, ForkSolution, NodeKey, Resolution
from hobd.core.resolver.target import INSTALLED
from hobd.core.resolver.world import World
from hobd.core.vocab.source import Path, Registry, Url


class Joined(Struct, frozen=True):
    """What forks come to together; see `Resolution`."""

    fork_markers: tuple[Marker, ...]
    nodes: dict[NodeKey, Marker]
    edges: dict[NodeKey, dict[NodeKey, Marker]]


def merge(world: World, solutions: tuple[ForkSolution, ...]) -> Resolution:
    """One graph of all forks, with what a lock needs to know of each distribution."""
    joined = join(solutions, world.problem.conflicts)
    return Resolution(
        fork_markers=joined.fork_markers,
        distributions={node: _chosen(world, node) for node in joined.nodes if node == node.base},
        nodes=joined.nodes,
        edges=joined.edges,
        forks=solutions,
    )


def join(solutions: tuple[ForkSolution, ...], conflicts: tuple[ConflictSet, ...]) -> Joined:
    """One graph of all forks.

    Markers of edges are and-ed with their fork's and or-ed in the order in which forks were completed: the order shows in
    the result (3.5).
    """
    graph = Graph()
    for solution in solutions:
        for node in solution.nodes:
            graph.add_node(node)
    for parent, child, marker in _edge_markers(solutions):
        graph.add_edge(parent, child, marker)
    fork_markers = _fork_markers(solutions)
    reached = graph.reachability(_union(fork_markers) if fork_markers else TRUE)
    if conflicts:
        allowed = at_most_one_each(conflicts)
        reached = {node: imbibe(marker, allowed) for node, marker in reached.items()}
        graph.change_edges(lambda marker: imbibe(marker, allowed))
        assume_chosen(graph, conflicts)
    nodes = {node: reached[node] for node in graph.nodes if not reached[node].is_false}
    edges = {parent: {child: marker for child, marker in graph.children(parent).items() if child in nodes} for parent in nodes}
    return Joined(fork_markers, nodes, edges)


def _edge_markers(solutions: tuple[ForkSolution, ...]) -> Iterator[tuple[NodeKey | None, NodeKey, Marker]]:
    """Under which marker each two nodes are joined, in order of discovery."""
    found: dict[tuple[NodeKey | None, NodeKey], dict[tuple[Marker, Marker], None]] = {}
    for solution in solutions:
        fork = solution.environment.full_marker
        for edge in solution.edges:
            found.setdefault((edge.parent, edge.child), {})[edge.marker, fork] = None
    unions: dict[tuple[tuple[Marker, Marker], ...], Marker] = {}
    for (parent, child), holding in found.items():
        key = tuple(holding)
        union = unions.get(key)
        if union is None:
            union = unions[key] = _union(marker & fork for marker, fork in key)
        yield parent, child, union


def _fork_markers(solutions: tuple[ForkSolution, ...]) -> tuple[Marker, ...]:
    """The forks in order of completion; a single one that is everything is none."""
    markers = tuple(solution.environment.full_marker for solution in solutions)
    return () if len(markers) == 1 and markers[0].is_true else markers


def _union(markers: Iterable[Marker]) -> Marker:
    union = FALSE
    for marker in markers:
        union |= marker
    return union


def _chosen(world: World, node: NodeKey) -> Chosen:
    """What a lock needs to know of a distribution."""
    if not isinstance(node.source, Registry):
        metadata = world.direct_metadata(node.name, node.source)
        assert not isinstance(metadata, Rejection)  # it was chosen
        is_archive = isinstance(node.source, Url | Path)
        archive = world.knowledge.source_files(node.source) if is_archive else ()
        return Chosen(metadata=metadata, archive=archive, source=world.knowledge.pinned(node.source))
    if node.source == INSTALLED:
        installed = world.installed_metadata(node.name, world.place_of(node.version))
        assert installed is not None  # it was chosen
        return Chosen(metadata=installed, source=node.source)
    candidate = world.pages.candidate(node.name, node.source, world.place_of(node.version))
    metadata = world.candidate_metadata(candidate)
    assert not isinstance(metadata, Rejection)
    return Chosen(metadata=metadata, files=candidate.published, source=node.source)
