"""Rectangles as large as what they stand for, and the picture that they make."""

import re
import xml.dom.minidom

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hobd.core.treemap.layout import Rectangle, squarify
from hobd.core.treemap.svg import Branch, Leaf, render_treemap

PLACE = Rectangle(10.0, 20.0, 600.0, 400.0)
sizes = st.lists(st.floats(1.0, 1e6), min_size=1, max_size=40).map(lambda each: sorted(each, reverse=True))


@given(sizes)
def test_areas_are_as_the_sizes_and_fill_the_place(given_sizes: list[float]) -> None:
    placed = squarify(given_sizes, PLACE)
    total = sum(given_sizes)
    for size, one in zip(given_sizes, placed, strict=True):
        assert one.width * one.height == pytest.approx(size / total * PLACE.width * PLACE.height, rel=1e-3, abs=1e-3)
        assert one.x >= PLACE.x - 1e-3
        assert one.y >= PLACE.y - 1e-3
        assert one.x + one.width <= PLACE.x + PLACE.width + 1e-3
        assert one.y + one.height <= PLACE.y + PLACE.height + 1e-3


@given(sizes)
def test_no_rectangle_lies_over_another(given_sizes: list[float]) -> None:
    placed = squarify(given_sizes, PLACE)
    for place, one in enumerate(placed):
        for other in placed[place + 1 :]:
            wide = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
            high = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
            assert min(wide, high) < 1e-3


def test_like_sizes_make_shapes_that_are_not_long() -> None:
    assert all(max(one.width / one.height, one.height / one.width) < 2.5 for one in squarify([1.0] * 12, PLACE))


def test_nothing_takes_no_room() -> None:
    assert squarify([], PLACE) == []
    assert {(one.width, one.height) for one in squarify([0.0, 0.0], PLACE)} == {(0.0, 0.0)}
    assert {(one.width, one.height) for one in squarify([2.0, 1.0], Rectangle(0, 0, 0, 5))} == {(0.0, 0.0)}


def test_the_picture_is_whole_says_what_it_shows_and_runs_nothing() -> None:
    large = Leaf(label="numpy 2.1", explanation="wheel <numpy> & more", size=1000.0, is_marked=True)
    small = tuple(Leaf(label=f"s{number}", explanation="", size=0.1) for number in range(5))
    text = render_treemap("Cache at /a&b", "in all", [Branch(label="wheel", leaves=(large, *small)), Branch(label="nothing", leaves=())])
    document = xml.dom.minidom.parseString(text)
    titles = [re.sub("<.*?>", "", node.toxml()) for node in document.getElementsByTagName("title")]
    assert titles == ["Cache at /a&amp;b", "wheel", "wheel &lt;numpy&gt; &amp; more", "5 smaller things"]
    assert document.documentElement is not None
    assert document.documentElement.getAttribute("role") == "img"
    assert "<script" not in text
    assert "href" not in text
    assert text.count('class="free"') == 1
