"""Errors, warnings and hints, framed as uv frames them.

error: WHAT
  cause: WHY
         its second line

hint: THE WAY OUT
"""

from collections.abc import Sequence

from hobd.cli.style import bold, cyan, red, strip_style, yellow
from hobd.errors import HobError

_CAUSE = "  cause: "


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
    pieces = [" " * first]
    column, fresh = first, True
    for word in line.split(" "):
        length = len(strip_style(word))
        if not fresh and column + 1 + length > width:
            pieces.append("\n" + " " * following)
            column, fresh = following, True
        pieces.append(word if fresh else f" {word}")
        column += length + (not fresh)
        fresh = False
    return "".join(pieces)
