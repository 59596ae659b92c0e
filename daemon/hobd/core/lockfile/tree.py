"""The dependency tree of a lock, as text (features.md 1.6)."""

from collections.abc import Hashable

from hobd.core.formats.tree_text import render_trees
from hobd.core.lockfile.model import Lock
from hobd.core.lockfile.tree_graph import OPTIONAL, PLAIN, TreeGraph, TreeOptions
from hobd.core.lockfile.tree_walk import Downward, Step, Upward, Walk


def render_tree(lock: Lock, options: TreeOptions) -> str:
    """The tree, one line a package, with a closing line where something was left out."""
    graph = TreeGraph(lock, options)
    growth = _LockGrowth(graph, Upward(graph) if options.is_inverted else Downward(graph))
    roots = [Step(root, link) for root, link in graph.roots()]
    return render_trees(roots, growth, depth=options.depth, is_deduplicated=options.is_deduplicated)


class _LockGrowth:
    """The packages of a lock, as trees show them."""

    def __init__(self, graph: TreeGraph, walk: Walk) -> None:
        self._nodes = graph.nodes
        self._walk = walk
        self._options = graph.options

    def line(self, step: Step) -> str:
        """`name[extra] v1.0 (group: dev) (1.2MiB)`."""
        package, link = self._nodes[step.node], step.link
        line = str(package.name)
        if link is not None and link.extras:
            line += f"[{', '.join(link.extras)}]"
        if package.version is not None:
            line += f" v{package.version}"
        if link is not None and link.kind != PLAIN:
            line += f" ({'extra' if link.kind == OPTIONAL else 'group'}: {link.label})"
        if self._options.shows_sizes and package.wheels and package.wheels[0].size is not None:
            line += f" ({self._options.format_size(package.wheels[0].size)})"
        return line

    def note(self, step: Step) -> str:
        """The newer version that there is."""
        latest = self._options.latest.get(self._nodes[step.node].name)
        return "" if latest is None else f" (latest: v{latest})"

    def key(self, step: Step) -> Hashable:
        """As the walk has it."""
        return self._walk.key(step)

    def next_steps(self, step: Step) -> list[Step]:
        """Likewise."""
        return self._walk.next_steps(step)
