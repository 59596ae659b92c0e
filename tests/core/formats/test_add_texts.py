"""Texts that `add` writes and reads: bounds, indexes, requirements files."""

import pytest
from packaging.version import Version

from hobd.core.formats.add_bounds import render_bounds
from hobd.core.formats.index_edit import add_index
from hobd.core.formats.requirements_file import InvalidRequirementsFile, decode_requirements_file, parse_requirements_file
from hobd.core.vocab.index import Index

BOUNDS = [
    ("lower", "1.2.3+cpu", ">=1.2.3"),
    ("exact", "1.2.3", "==1.2.3"),
    ("major", "1.2.3", ">=1.2.3,<2.0.0"),
    ("major", "1.2", ">=1.2,<2.0"),
    ("major", "0.1.2", ">=0.1.2,<0.2.0"),
    ("major", "0.0.1", ">=0.0.1,<0.0.2"),
    ("major", "0", ">=0,<0.1"),
    ("minor", "1.2.3", ">=1.2.3,<1.3.0"),
    ("minor", "1", ">=1,<1.1"),
    ("minor", "0.1.2", ">=0.1.2,<0.1.3"),
    ("minor", "0.0.1", ">=0.0.1,<0.0.2"),
    ("minor", "0.0", ">=0.0,<0.0.1"),
]


@pytest.mark.parametrize(("kind", "version", "bounds"), BOUNDS)
def test_bounds_skip_leading_zeros(kind: str, version: str, bounds: str) -> None:
    assert render_bounds(kind, Version(version)) == bounds


def test_the_newest_index_comes_first() -> None:
    text = add_index("", Index(url="https://b.example", name="b"), "https://b.example")
    text = add_index(text, Index(url="https://a.example", name="a"), "https://a.example")
    assert text == (
        '[[tool.uv.index]]\nname = "a"\nurl = "https://a.example"\n\n[[tool.uv.index]]\nname = "b"\nurl = "https://b.example"\n'
    )


def test_an_index_of_the_same_name_is_changed_and_keeps_its_other_keys() -> None:
    text = '[project]\n\n[[tool.uv.index]]\nname = "a"\nurl = "https://old.example" # old\nexplicit = true\n'
    assert add_index(text, Index(url="https://new.example", name="a"), "https://new.example") == text.replace(
        'old.example"', 'new.example"'
    )


def test_a_requirements_file_is_read_line_by_line() -> None:
    text = (
        "\ufeffa==1 --hash=sha256:aa \\\n  --hash=sha256:bb # why\n\n# b\n-e ../c\n--requirement=d.txt\n--index-url https://files.example\n"
    )
    found = [(line.kind, line.value) for line in parse_requirements_file(decode_requirements_file(text.encode()), "r.txt")]
    assert found == [("requirement", "a==1"), ("editable", "../c"), ("file", "d.txt"), ("option", "--index-url")]


def test_an_unknown_option_is_refused_with_its_line() -> None:
    with pytest.raises(InvalidRequirementsFile, match=r"r\.txt:2:1"):
        list(parse_requirements_file("a\n--nothing\n", "r.txt"))
