"""Errors, warnings and hints, framed as uv frames them.

error: WHAT
  cause: WHY
         its second line

hint: THE WAY OUT
"""

from collections.abc import Sequence
from itertools import pairwise

from hobd.cli.style import bold, cyan, red, strip_style, yellow
from hobd.errors import HobError

_CAUSE = "  cause: "

_LINE_COST, _OVERFLOW_COST, _SHORT_END_COST = 1000, 2500, 25
_SHORT_SHARE = 4


def render_error(error: HobError, *, width: int | None = None) -> str:
    """An error with its causes and hints; lines are broken at `width` columns where it is known."""
    return render_failure(error.message, error.causes, error.hints, width=width)


def render_failure(
    message: str, causes: Sequence[str] = (), hints: Sequence[str] = (), *, width: int | None = None, is_warning: bool = False
) -> str:
    """The frame, ended by a newline; equal hints are given once."""
    level, colour = ("warning", yellow) if is_warning else ("error", red)
    lead = len(level) + 2
    parts = [f"{bold(colour(level))}{bold(':')} {_fill(message, lead, 0, width)}\n"]
    parts += [f"  {bold(colour('cause'))}{bold(':')} {_fill(cause, len(_CAUSE), len(_CAUSE), width)}\n" for cause in causes]
    parts += [f"\n{render_hint(hint)}" for hint in dict.fromkeys(hints)]
    return "".join(parts)


def render_hint(hint: str) -> str:
    """One hint, on a line of its own."""
    return f"{cyan(bold('hint'))}{bold(':')} {hint}\n"


def render_warning(message: str) -> str:
    """A warning, all of it bold."""
    return f"{bold(yellow('warning'))}{bold(':')} {bold(message)}\n"


def _fill(text: str, lead: int, indentation: int, width: int | None) -> str:
    """Lay a text out behind a lead of some columns: its own lines go on at `indentation`, broken ones below its start."""
    lines = text.strip().split("\n")
    shown = [_break(lines[0], lead, lead, width)[lead:]]
    shown += [_break(line, indentation, lead, width) if line.strip() else "" for line in lines[1:]]
    return "\n".join(shown)


def _break(line: str, first: int, following: int, width: int | None) -> str:
    """Indent a line, and break it where it is too long; a word that is longer than a line stays whole."""
    if width is None or first + len(strip_style(line)) <= width:
        return " " * first + line
    words = line.split(" ")
    room = (max(width - first, 1), max(width - following, 1))
    ends = _best_ends([len(strip_style(word)) for word in words], room)
    lines = [" ".join(words[start:end]) for start, end in pairwise((0, *ends))]
    return " " * first + f"\n{' ' * following}".join(lines)


def _best_ends(lengths: Sequence[int], room: tuple[int, int]) -> list[int]:
    """Behind which words lines end, so that all are about as long: where uv ends them.

    Each line costs, and so does the square of what is missing at its end; the last one costs a little if it is one short word.

    Args:
        lengths: of the words.
        room: in the first line, and in the others.
    """
    best: list[tuple[int, int, int]] = [(0, 0, 0)]
    """For each number of words: what their lines cost, where the last of these begins, and how many there are."""
    for end in range(1, len(lengths) + 1):
        found: tuple[int, int, int] | None = None
        taken = -1
        for start in range(end - 1, -1, -1):
            taken += lengths[start] + 1
            cost, _, count = best[start]
            space = room[min(count, 1)]
            total = cost + _LINE_COST + _cost_of(taken, space, is_last=end == len(lengths), is_alone=start + 1 == end)
            if found is None or total <= found[0]:
                found = total, start, count + 1
            if taken > max(room):
                break  # a longer one costs more
        assert found is not None  # there is at least one way
        best.append(found)
    ends = [len(lengths)]
    while (start := best[ends[-1]][1]) > 0:
        ends.append(start)
    return ends[::-1]


def _cost_of(taken: int, space: int, *, is_last: bool, is_alone: bool) -> int:
    if taken > space:
        return (taken - space) * _OVERFLOW_COST
    if not is_last:
        return (space - taken) ** 2
    return _SHORT_END_COST if is_alone and taken * _SHORT_SHARE < space else 0
