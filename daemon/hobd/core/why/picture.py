"""A graph to be drawn: boxes with lines of text, and arrows between them."""

from dataclasses import dataclass
from textwrap import wrap
from typing import Literal

Kind = Literal["plain", "start", "target", "problem"]
"""What a box stands for decides its colour: an ordinary package, where ways begin, what was asked for, what cannot be."""

MOST_BOXES = 200
"""A picture with more is not looked at."""
_COLUMNS = 38


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A node. Boxes are told apart by their key."""

    key: str
    lines: tuple[str, ...]
    kind: Kind = "plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """An edge, downwards where there is no cycle."""

    start: str
    """Key of a box."""
    end: str
    lines: tuple[str, ...] = ()
    """What is said of it; empty for nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A whole graph. Arrows lead between boxes that are there."""

    title: str
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def broken(text: str) -> tuple[str, ...]:
    """A text in lines that fit into a box; words that are longer are cut."""
    return tuple(line for part in text.splitlines() for line in wrap(part, _COLUMNS, subsequent_indent="  ")) or ("",)
