"""Strings are written in the form that uv's writer chooses, and read back as they were."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hobd.core.lockfile.toml_style import string

texts = st.text(alphabet=st.one_of(st.sampled_from("'\"\\\n\t\r \x00\x7f"), st.characters(codec="utf-8")))


@given(texts)
def test_every_text_is_read_back_as_it_was(text: str) -> None:
    assert tomllib.loads(f"a = {string(text)}")["a"] == text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain é", '"plain é"'),
        ("it's", '"it\'s"'),
        ('a"b', "'a\"b'"),
        ("a\\b", "'a\\b'"),
        ("'\"", '"""\'""""'),
        ("a\nb", '"""\na\nb"""'),
        ("a'\nb", '"""\na\'\nb"""'),
        ('a"b\nc', '"""\na"b\nc"""'),
        ("a\\b\nc", "'''\na\\b\nc'''"),
        ('a"""b\'', "'''a\"\"\"b''''"),
        ("a\tb", '"a\\tb"'),
        ("\x01\x7f", '"\\u0001\\u007F"'),
    ],
)
def test_the_form_of_a_string_depends_on_what_is_in_it(text: str, written: str) -> None:
    assert string(text) == written
