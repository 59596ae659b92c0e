"""A tree-map as SVG: one file that needs nothing else, without scripts, readable on light and on dark, and by who cannot see it."""

from collections.abc import Sequence

from msgspec import Struct

from hobd.core.formats.xml_text import xml_text
from hobd.core.treemap.layout import Rectangle, squarify

_WIDTH, _HEIGHT, _TOP = 1200.0, 800.0, 56.0
_MARGIN, _HEADING = 3.0, 20.0
_LETTER_WIDTH, _LINE_HEIGHT = 6.7, 15.0
_SMALLEST_SHARE = 0.0002
"""Of the whole: a square of 13 dots. What is smaller is drawn as one with its like: nobody could see it."""
_HUES = ("blue", "green", "amber", "rose", "violet", "teal", "grey")
_STYLE = """\
.page { fill: #ffffff }
rect { stroke: #ffffff; stroke-width: 1 }
.blue rect { fill: #c9dcf8 } .green rect { fill: #cdebd3 } .amber rect { fill: #f8e3b8 } .rose rect { fill: #f8d2d4 }
.violet rect { fill: #e0d5f5 } .teal rect { fill: #c6e9e7 } .grey rect { fill: #e1e3e8 }
.frame { fill-opacity: 0.45 }
.free rect { stroke: #b3261e; stroke-width: 2; stroke-dasharray: 4 3 }
text { fill: #1c1e24; font: 11px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; white-space: pre }
.title { font-size: 15px; font-weight: bold }
.kind { font-weight: bold }
@media (prefers-color-scheme: dark) {
  .page { fill: #16181d }
  rect { stroke: #16181d }
  .blue rect { fill: #26406b } .green rect { fill: #22492f } .amber rect { fill: #5a4514 } .rose rect { fill: #5f2b30 }
  .violet rect { fill: #44336b } .teal rect { fill: #1c4d4b } .grey rect { fill: #3a3e47 }
  .free rect { stroke: #f2b8b5 }
  text { fill: #e6e8ee }
}
"""


class Leaf(Struct, frozen=True, kw_only=True):
    """One thing."""

    label: str
    explanation: str
    """All that is to be known of it; shown by pointing at it, and read aloud."""
    size: float
    is_marked: bool = False


class Branch(Struct, frozen=True, kw_only=True):
    """Things of one kind."""

    label: str
    leaves: tuple[Leaf, ...]

    @property
    def size(self) -> float:
        """Of all its things."""
        return sum(leaf.size for leaf in self.leaves)


def render_treemap(title: str, subtitle: str, branches: Sequence[Branch]) -> str:
    """The whole file.

    Args:
        title: what is drawn.
        subtitle: what it comes to, and what marks mean.
        branches: in any order; each keeps its colour by its place.
    """
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH:.0f}" height="{_HEIGHT:.0f}" '
            f'viewBox="0 0 {_WIDTH:.0f} {_HEIGHT:.0f}" role="img" aria-labelledby="title summary">'
        ),
        f'<title id="title">{xml_text(title)}</title>',
        f'<desc id="summary">{xml_text(subtitle)}</desc>',
        f"<style>\n{_STYLE}</style>",
        '<rect class="page" width="100%" height="100%"/>',
        f'<text class="title" x="12" y="24">{xml_text(title)}</text>',
        f'<text x="12" y="44">{xml_text(subtitle)}</text>',
        *_branches(branches),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _branches(branches: Sequence[Branch]) -> list[str]:
    coloured = [(branch, _HUES[place % len(_HUES)]) for place, branch in enumerate(branches) if branch.size]
    ordered = sorted(coloured, key=lambda pair: -pair[0].size)
    total = sum(branch.size for branch, _ in ordered)
    page = Rectangle(_MARGIN, _TOP, _WIDTH - 2 * _MARGIN, _HEIGHT - _TOP - _MARGIN)
    places = squarify([branch.size for branch, _ in ordered], page)
    return [_branch(branch, hue, place, total) for (branch, hue), place in zip(ordered, places, strict=True)]


def _branch(branch: Branch, hue: str, place: Rectangle, total: float) -> str:
    leaves = _visible(branch, total)
    inner = place.inset(_MARGIN, _HEADING)
    placed = zip(leaves, squarify([leaf.size for leaf in leaves], inner), strict=True)
    heading = _fitting(branch.label, place.width - 2 * _MARGIN)
    label = f'<text class="kind" x="{place.x + 6:.1f}" y="{place.y + 14:.1f}">{xml_text(heading)}</text>' if heading else ""
    return (
        f'<g class="{hue}"><g><title>{xml_text(branch.label)}</title>{_rectangle(place, "frame")}</g>{label}'
        f"{''.join(_leaf(leaf, where) for leaf, where in placed)}</g>"
    )


def _visible(branch: Branch, total: float) -> list[Leaf]:
    """The things of a branch, the largest first; what nobody could see is one thing."""
    large = sorted((leaf for leaf in branch.leaves if leaf.size >= _SMALLEST_SHARE * total), key=lambda leaf: -leaf.size)
    small = [leaf for leaf in branch.leaves if leaf.size < _SMALLEST_SHARE * total]
    if not small:
        return large
    rest = Leaf(label=f"{len(small)} smaller", explanation=f"{len(small)} smaller things", size=sum(leaf.size for leaf in small))
    return sorted([*large, rest], key=lambda leaf: -leaf.size)


def _leaf(leaf: Leaf, place: Rectangle) -> str:
    label = _fitting(leaf.label, place.width - 8) if place.height >= _LINE_HEIGHT else ""
    text = f'<text x="{place.x + 4:.1f}" y="{place.y + 12:.1f}">{xml_text(label)}</text>' if label else ""
    mark = ' class="free"' if leaf.is_marked else ""
    return f"<g{mark}><title>{xml_text(leaf.explanation)}</title>{_rectangle(place)}{text}</g>"


def _rectangle(place: Rectangle, kind: str = "") -> str:
    named = f' class="{kind}"' if kind else ""
    return f'<rect{named} x="{place.x:.1f}" y="{place.y:.1f}" width="{place.width:.1f}" height="{place.height:.1f}"/>'


def _fitting(text: str, width: float) -> str:
    """As much of a text as fits; nothing where that would say nothing."""
    letters = int(width / _LETTER_WIDTH)
    if letters >= len(text):
        return text
    return f"{text[: letters - 1]}…" if letters >= 5 else ""
