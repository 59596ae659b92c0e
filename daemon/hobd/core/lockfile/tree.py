"""The dependency tree of a lock, as text (features.md 1.6).

graph ─walk, down or up─▶ lines: what was drawn before is only named again
"""

from collections.abc import Hashable

from hobd.core.lockfile.model import Lock
from hobd.core.lockfile.tree_graph import OPTIONAL, PLAIN, Link, TreeGraph, TreeOptions
from hobd.core.lockfile.tree_walk import Downward, Step, Upward, Walk

REPEATED = "(*) Package tree already displayed"
CYCLIC = "(*) Package tree is a cycle and cannot be shown"


def render_tree(lock: Lock, options: TreeOptions) -> str:
    """The tree, one line a package, with a closing line where something was left out."""
    graph = TreeGraph(lock, options)
    drawing = _Drawing(graph, Upward(graph) if options.is_inverted else Downward(graph))
    lines = [line for root, link in graph.roots() for line in drawing.draw(Step(root, link))]
    if any(line.endswith("(*)") for line in lines):
        lines.append(REPEATED if options.is_deduplicated else CYCLIC)
    return "".join(f"{line}\n" for line in lines)


class _Drawing:
    """Draws trees one after the other; what one has drawn the next ones refer to."""

    def __init__(self, graph: TreeGraph, walk: Walk) -> None:
        self._nodes = graph.nodes
        self._walk = walk
        self._options = graph.options
        self._drawn: dict[Hashable, bool] = {}
        """Steps whose next ones were drawn, and whether there are any."""

    def draw(self, root: Step) -> list[str]:
        """The lines of the tree below `root`."""
        return self._visit(root, [])

    def _visit(self, step: Step, path: list[Hashable]) -> list[str]:
        line, key = self._line(step.node, step.link), self._walk.key(step)
        if key in self._drawn and (self._options.is_deduplicated or key in path):
            return [f"{line} (*)"] if self._drawn[key] else [line]
        if (latest := self._options.latest.get(self._nodes[step.node].name)) is not None:  # said once, where the package is drawn
            line += f" (latest: v{latest})"
        if len(path) == self._options.depth:  # what is cut off here may be drawn where it is nearer to the root
            return [line]
        following = self._walk.next_steps(step)
        self._drawn[key] = bool(following)
        return [line, *_indented([self._visit(after, [*path, key]) for after in following])]

    def _line(self, node: int, link: Link | None) -> str:
        package = self._nodes[node]
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


def _indented(blocks: list[list[str]]) -> list[str]:
    lines: list[str] = []
    for index, block in enumerate(blocks):
        is_last = index == len(blocks) - 1
        first, rest = ("└── ", "    ") if is_last else ("├── ", "│   ")
        lines += [(first if number == 0 else rest) + line for number, line in enumerate(block)]
    return lines
