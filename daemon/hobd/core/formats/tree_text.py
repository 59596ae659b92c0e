"""Trees as text: branches drawn with lines, and what was drawn before only named again (features.md 1.6)."""

from collections.abc import Hashable, Iterable
from typing import Generic, Protocol, TypeVar

Step = TypeVar("Step")

REPEATED = "(*) Package tree already displayed"
CYCLIC = "(*) Package tree is a cycle and cannot be shown"


class Growth(Protocol[Step]):
    """What is drawn, and how it goes on."""

    def line(self, step: Step) -> str:
        """How a step is named, wherever it stands."""

    def note(self, step: Step) -> str:
        """What is said of it besides, once, where it is drawn."""

    def key(self, step: Step) -> Hashable:
        """Steps with the same key go on in the same way."""

    def next_steps(self, step: Step) -> list[Step]:
        """The steps that follow, in order."""


def render_trees(
    roots: Iterable[Step], growth: Growth[Step], *, depth: int, is_deduplicated: bool, names_what_was_cut: bool = False
) -> str:
    """The trees, one line a step, with a closing line where something was left out.

    Args:
        depth: how many steps below a root are drawn.
        is_deduplicated: whether what was drawn before is only named; otherwise only cycles are cut.
        names_what_was_cut: whether what was cut off at the depth counts as drawn. If not, it may be drawn where it is nearer to a root.
    """
    drawing = _Drawing(growth, depth, is_deduplicated=is_deduplicated, names_what_was_cut=names_what_was_cut)
    lines = [line for root in roots for line in drawing.visit(root, [])]
    if any(line.endswith("(*)") for line in lines):
        lines.append(REPEATED if is_deduplicated else CYCLIC)
    return "".join(f"{line}\n" for line in lines)


class _Drawing(Generic[Step]):
    """Draws trees one after the other; what one has drawn the next ones refer to."""

    def __init__(self, growth: Growth[Step], depth: int, *, is_deduplicated: bool, names_what_was_cut: bool) -> None:
        self._growth = growth
        self._depth = depth
        self._is_deduplicated = is_deduplicated
        self._names_what_was_cut = names_what_was_cut
        self._drawn: dict[Hashable, bool] = {}
        """Steps whose next ones were drawn, and whether there are any."""

    def visit(self, step: Step, path: list[Hashable]) -> list[str]:
        """The lines of the tree below a step that was come to by `path`."""
        line, key = self._growth.line(step), self._growth.key(step)
        if key in self._drawn and (self._is_deduplicated or key in path):
            return [f"{line} (*)"] if self._drawn[key] else [line]
        line += self._growth.note(step)
        is_cut = len(path) == self._depth
        if is_cut and not self._names_what_was_cut:
            return [line]
        following = self._growth.next_steps(step)
        self._drawn[key] = bool(following)
        return [line] if is_cut else [line, *_indented([self.visit(after, [*path, key]) for after in following])]


def _indented(blocks: list[list[str]]) -> list[str]:
    lines: list[str] = []
    for index, block in enumerate(blocks):
        is_last = index == len(blocks) - 1
        first, rest = ("└── ", "    ") if is_last else ("├── ", "│   ")
        lines += [(first if number == 0 else rest) + line for number, line in enumerate(block)]
    return lines
