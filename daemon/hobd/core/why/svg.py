"""A picture as SVG: one file that needs nothing else, without scripts, readable on light and on dark."""

from hobd.core.formats.xml_text import xml_text
from hobd.core.why.layout import LINE_HEIGHT, PADDING, Layout, Line, Placed, lay_out
from hobd.core.why.picture import Picture

_STYLE = """\
.page { fill: #ffffff }
.box rect { fill: #f3f4f7; stroke: #8a8f9c }
.start rect { fill: #e3ecfb; stroke: #4a76c4 }
.target rect { fill: #e0f3e4; stroke: #3a9354 }
.problem rect { fill: #fbe5e3; stroke: #c0473d }
.arrow { fill: none; stroke: #8a8f9c }
.head { fill: #8a8f9c }
text { fill: #1c1e24; font: 12px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; white-space: pre }
.title { font-weight: bold }
.said { fill: #565b68; font-size: 11px; stroke: #ffffff; stroke-width: 4px; paint-order: stroke; text-anchor: middle }
@media (prefers-color-scheme: dark) {
  .page { fill: #16181d }
  .box rect { fill: #23262e; stroke: #747a88 }
  .start rect { fill: #1d2b45; stroke: #6a95e0 }
  .target rect { fill: #1b3524; stroke: #58b576 }
  .problem rect { fill: #40211f; stroke: #e0776d }
  .arrow { stroke: #747a88 }
  .head { fill: #747a88 }
  text { fill: #e6e8ee }
  .said { fill: #a9afbd; stroke: #16181d }
}
"""
_HEAD = """\
<defs><marker id="head" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">
<path class="head" d="M0 0L8 4L0 8z"/></marker></defs>"""


def render_svg(picture: Picture) -> str:
    """The whole file."""
    layout = lay_out(picture)
    width, height = f"{layout.width:.0f}", f"{layout.height:.0f}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img">',
        f"<title>{xml_text(layout.title)}</title>",
        f"<style>\n{_STYLE}</style>",
        _HEAD,
        '<rect class="page" width="100%" height="100%"/>',
        f'<text class="title" x="20" y="28">{xml_text(layout.title)}</text>',
        *_lines(layout),
        *(_box(placed) for placed in layout.boxes),
        *(_said(line) for line in layout.lines if line.lines),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _lines(layout: Layout) -> list[str]:
    return [f'<path class="arrow" d="{_curve(line)}" marker-end="url(#head)"/>' for line in layout.lines]


def _curve(line: Line) -> str:
    """Smooth from point to point, upright at each."""
    (x, y), *rest = line.points
    path = f"M{x:.1f} {y:.1f}"
    for next_x, next_y in rest:
        middle = (y + next_y) / 2
        path += f"C{x:.1f} {middle:.1f} {next_x:.1f} {middle:.1f} {next_x:.1f} {next_y:.1f}"
        x, y = next_x, next_y
    return path


def _box(placed: Placed) -> str:
    texts = "".join(
        f'<text x="{placed.x + PADDING:.1f}" y="{placed.y + PADDING + 13 + number * LINE_HEIGHT:.1f}">{xml_text(line)}</text>'
        for number, line in enumerate(placed.box.lines)
    )
    rectangle = f'<rect x="{placed.x:.1f}" y="{placed.y:.1f}" width="{placed.width:.1f}" height="{placed.height:.1f}" rx="6"/>'
    return f'<g class="box {placed.box.kind}">{rectangle}{texts}</g>'


def _said(line: Line) -> str:
    """What is said of an arrow."""
    x, y = line.label[0], line.label[1] + 4 - (len(line.lines) - 1) * 7
    return "".join(
        f'<text class="said" x="{x:.1f}" y="{y + number * 14:.1f}">{xml_text(each)}</text>' for number, each in enumerate(line.lines)
    )
