"""Broken TOML is described in uv's words: `golden/broken_toml.json` holds what uv 0.13.8 says."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hobd.core.formats.toml_syntax import find_span, find_syntax_error
from hobd.core.formats.toml_text import InvalidToml, parse_toml

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "golden" / "broken_toml.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=[case["toml"][:40] for case in CASES])
def test_broken_toml_is_shown_with_the_place_of_its_first_fault(case: dict[str, Any]) -> None:
    with pytest.raises(InvalidToml) as refused:
        parse_toml(case["toml"])

    assert refused.value.message == case["message"]


def test_inline_tables_may_have_several_lines_and_a_trailing_comma() -> None:
    assert parse_toml("torch = {\n    path = '../x', # a comment\n    editable = true,\n}\n") == {
        "torch": {"path": "../x", "editable": True}
    }


def test_keys_keep_the_order_of_the_text() -> None:
    assert list(parse_toml("b = 1\na = 2\n[c]\n")) == ["b", "a", "c"]


@pytest.mark.parametrize(
    ("place", "at_key", "found"),
    [
        (("a", "b"), False, "[1, {c = 2}]"),
        (("a", "b"), True, "b"),
        (("a", "b", 1), False, "{c = 2}"),
        (("a", "b", 1, "c"), False, "2"),
        (("a",), False, "[a]"),
        (("d", "e"), False, "[d.e]"),
        (("d",), False, "d"),
        (("f", 1), False, "[[f]]"),
        (("f", 1, "g"), False, '"x"'),
    ],
)
def test_every_value_can_be_found_in_its_text(place: tuple[str | int, ...], at_key: bool, found: str) -> None:
    text = '[a]\nb = [1, {c = 2}]\n[d.e]\n[[f]]\n[[f]]\ng = "x"\n'

    start, end = find_span(text, place, at_key=at_key)

    assert text[start:end] == found


@given(st.text(alphabet="a1.=[]{}\"'# \n,-_tfn\\", max_size=40))
def test_a_fault_is_found_in_every_text_that_the_quick_parser_refuses(text: str) -> None:
    found = find_syntax_error(text)

    try:
        parse_toml(text)
    except InvalidToml:
        assert found is not None
    else:
        assert found is None
