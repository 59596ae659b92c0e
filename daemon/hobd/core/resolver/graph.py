"""A graph of nodes with markers on its edges."""

from collections.abc import Callable

from hobd.core.markers import Marker
from hobd.core.resolver.resolution import NodeKey


class Graph:
    """Nodes in order of addition; the root is None. At most one edge between two nodes."""

    def __init__(self) -> None:
        self._children: dict[NodeKey | None, dict[NodeKey, Marker]] = {None: {}}

    @property
    def nodes(self) -> list[NodeKey]:
        """All nodes but the root."""
        return [node for node in self._children if node is not None]

    def add_node(self, node: NodeKey) -> None:
        """Add a node if it is not there."""
        self._children.setdefault(node, {})

    def add_edge(self, parent: NodeKey | None, child: NodeKey, marker: Marker) -> None:
        """Add an edge; if there is one already, it then holds under either marker."""
        children = self._children[parent]
        known = children.get(child)
        children[child] = marker if known is None else known | marker

    def children(self, parent: NodeKey | None) -> dict[NodeKey, Marker]:
        """What a node depends on, and under which marker."""
        return self._children[parent]

    def change_edges(self, change: Callable[[Marker], Marker]) -> None:
        """Replace the marker of every edge."""
        for children in self._children.values():
            for child, marker in children.items():
                children[child] = change(marker)

    def starts(self) -> list[NodeKey | None]:
        """The root, and all nodes that nothing depends on."""
        targets = {child for children in self._children.values() for child in children}
        return [node for node in self._children if node is None or node not in targets]

    def reachability(self, everywhere: Marker) -> dict[NodeKey, Marker]:
        """Where each node is reached: along some path from a start, all markers on it hold.

        Args:
            everywhere: where the starts are.
        """
        queue = self.starts()
        found: dict[NodeKey | None, Marker] = dict.fromkeys(queue, everywhere)
        while queue:
            parent = queue.pop()
            for child, marker in reversed(self._children[parent].items()):
                reached = marker & found[parent]
                known = found.get(child)
                if known is not None:
                    reached |= known
                if reached != known:
                    found[child] = reached
                    queue.append(child)
        return {node: marker for node, marker in found.items() if node is not None}
