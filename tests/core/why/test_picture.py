"""Pictures: laid out the same way everywhere, and safe whatever names are like."""

from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hobd.core.formats.requirement import parse_requirement
from hobd.core.resolver.solve import solve
from hobd.core.resolver.unsatisfiable import Unsatisfiable
from hobd.core.vocab.names import Name
from hobd.core.why.chain_picture import picture_of
from hobd.core.why.layout import Placed, lay_out
from hobd.core.why.picture import Arrow, Box, Picture
from hobd.core.why.proof_picture import picture_of_proof
from hobd.core.why.svg import render_svg
from hobd.core.why.what_if import with_requirement
from tests.core.resolver.small_index import SmallIndex, project
from tests.core.why.asking import ask

GOLDEN = Path(__file__).parent / "golden"
SVG = "{http://www.w3.org/2000/svg}"


def test_the_ways_to_a_package_are_drawn() -> None:
    index = {"a==1": ["c>=1"], "b==1": ["a", "c<3 ; sys_platform == 'win32'"], "c==1": [], "c==2": [], "c==3": []}
    asked = ask(index, "a", extras={"x": ["b"]}, groups={"dev": ["c"]})
    assert render_svg(picture_of("c", asked.why("c", is_all=True))) == (GOLDEN / "why.svg").read_text("utf-8")


def test_a_proof_is_drawn() -> None:
    asked = parse_requirement("b>=2")
    problem = with_requirement(project("a"), asked)
    with pytest.raises(Unsatisfiable) as failure:
        solve(problem, SmallIndex({"a==1": ["b<2"], "b==1": [], "b==2": []}))
    picture = picture_of_proof("Why b>=2 is not possible", failure.value.told, failure.value.words, Name("b"))
    assert render_svg(picture) == (GOLDEN / "why-not.svg").read_text("utf-8")


def overlap(left: Placed, right: Placed) -> bool:
    is_beside = left.x + left.width <= right.x or right.x + right.width <= left.x
    return not is_beside and left.y < right.y + right.height and right.y < left.y + left.height


KEYS = st.integers(0, 9).map(str)


@given(st.lists(st.tuples(KEYS, KEYS), max_size=30))
def test_boxes_never_overlap_and_nothing_lies_outside(edges: list[tuple[str, str]]) -> None:
    boxes = tuple(Box(key=str(number), lines=("x" * number, "y")) for number in range(10))
    arrows = tuple(Arrow(start=start, end=end, lines=("said",)) for start, end in edges)
    layout = lay_out(Picture(title="t", boxes=boxes, arrows=arrows))
    assert len(layout.boxes) == 10
    assert not any(overlap(left, right) for left, right in combinations(layout.boxes, 2))
    assert all(placed.x >= 0 and placed.x + placed.width <= layout.width for placed in layout.boxes)
    assert all(placed.y >= 0 and placed.y + placed.height <= layout.height for placed in layout.boxes)


@given(st.text(max_size=30))
def test_hostile_texts_stay_texts(text: str) -> None:
    boxes = (Box(key="a", lines=(text,)), Box(key="b", lines=("</text><script>alert(1)</script>",)))
    svg = render_svg(Picture(title=text, boxes=boxes, arrows=(Arrow(start="a", end="b", lines=(text or "x",)),)))
    tree = ET.fromstring(svg)
    kinds = {element.tag.removeprefix(SVG) for element in tree.iter()}
    assert kinds <= {"svg", "title", "style", "defs", "marker", "path", "rect", "text", "g"}
    assert "href" not in svg


def test_an_empty_picture_is_a_picture() -> None:
    ET.fromstring(render_svg(Picture(title="nothing", boxes=(), arrows=())))
