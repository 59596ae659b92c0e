"""A graph to be drawn: boxes with lines of text, and arrows between them."""

from textwrap import wrap
from typing import Literal

from msgspec import Struct

Kind = Literal["plain", "start", "target", "problem"]
"""What a box stands for decides its colour: an ordinary package, where ways begin, what was asked for, what cannot be."""

MOST_BOXES = 200
"""A picture with more is not looked at."""
_COLUMNS = 38


class Box(Struct, frozen=True, kw_only=True):
    """A node. Boxes are told apart by their key."""

    key: str
    lines: tuple[str, ...]
    kind: Kind = "plain"


class Arrow(Struct, frozen=True, kw_only=True):
    """An edge, downwards where there is no cycle."""

    start: str
    """Key of a box."""
    end: str
    lines: tuple[str, ...] = ()
    """What is said of it; empty for nothing."""


class Picture(Struct, frozen=True, kw_only=True):
    """A whole graph. Arrows lead between boxes that are there."""

    title: str
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def broken(text: str) -> tuple[str, ...]:
    """A text in lines that fit into a box; words that are longer are cut."""
    return tuple(line for part in text.splitlines() for line in wrap(part, _COLUMNS, subsequent_indent="  ")) or ("",)
