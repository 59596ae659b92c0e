"""Metadata is read as far as resolving needs, and no further."""

import pytest
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from hobd.core.formats.core_metadata import InvalidMetadata, parse_metadata, parse_static_metadata
from hobd.core.formats.static_project import parse_static_project
from hobd.core.markers import Marker

FULL = b"""\
Metadata-Version: 2.4
Name: Foo.Bar
Version: 1.0.0-rc1
Summary: Name: not this
Requires-Python: >=3.9,
Provides-Extra: Fast
Provides-Extra: -bad
Requires-Dist: b (>=1<2)
REQUIRES-DIST: c ; extra == 'fast'
Description: one
  two
Requires-Dist: d ;
        python_version < "3.8"

Name: in-the-description
Requires-Dist: never
"""


def test_the_header_is_read_with_its_common_mistakes_repaired() -> None:
    found = parse_metadata(FULL)
    assert (found.name, found.version, found.requires_python) == ("foo-bar", Version("1.0rc1"), SpecifierSet(">=3.9"))
    assert found.provides_extras == ("fast",)
    shown = [f"{requirement.name}{requirement.specifier}" for requirement in found.requires_dist]
    assert shown == ["b<2,>=1", "c", "d"]
    assert found.requires_dist[1].marker == Marker.parse("extra == 'fast'")
    assert found.requires_dist[2].marker == Marker.parse("python_version < '3.8'")


@pytest.mark.parametrize("content", [FULL.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + FULL])
def test_line_ends_and_byte_order_marks_do_not_matter(content: bytes) -> None:
    assert parse_metadata(content) == parse_metadata(FULL)


def test_a_long_description_in_another_encoding_does_no_harm() -> None:
    assert parse_metadata(FULL + b"\xff\xfe" * 1000) == parse_metadata(FULL)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"garbage", "Metadata field Name not found"),
        (b"Name: a\n\n", "Metadata field Version not found"),
        (b"Name: a\nVersion: x\n\n", "expected version to start with a number, but no leading ASCII digits were found"),
        (b"Name: a\nVersion: 1\nRequires-Dist: b >\n\n", "Unexpected end of version specifier, expected version\nb >\n  ^"),
        (b"Name: UNKNOWN\nVersion: 1\n\n", "Metadata field Name not found"),
    ],
)
def test_what_is_missing_or_wrong_is_told(content: bytes, reason: str) -> None:
    with pytest.raises(InvalidMetadata) as caught:
        parse_metadata(content)
    assert caught.value.message == reason


@pytest.mark.parametrize(
    ("version", "dynamic", "is_static"),
    [
        ("2.2", "", True),
        ("2.4", "Dynamic: License\n", True),
        ("2.1", "", False),
        ("1.0", "", False),
        ("odd", "", False),
        ("2.2", "Dynamic: Requires-Dist\n", False),
        ("2.3", "Dynamic: requires-python\n", False),
        ("2.3", "Dynamic: Provides-Extra\n", False),
    ],
)
def test_only_static_metadata_of_a_source_distribution_is_believed(version: str, dynamic: str, is_static: bool) -> None:
    content = f"Metadata-Version: {version}\nName: a\nVersion: 1\n{dynamic}\n".encode()
    assert (parse_static_metadata(content) is not None) is is_static


PROJECT = """
[project]
name = "A"
version = "1.0"
requires-python = ">=3.9"
dependencies = ["b>=1"]
optional-dependencies = { Fast = ["c", "d ; os_name == 'nt'"] }
"""


def test_a_static_project_says_it_all() -> None:
    found = parse_static_project(PROJECT.encode())
    assert found is not None
    assert (found.name, found.version, found.provides_extras) == ("a", Version("1.0"), ("fast",))
    assert [requirement.name for requirement in found.requires_dist] == ["b", "c", "d"]
    assert found.requires_dist[2].marker == Marker.parse("os_name == 'nt' and extra == 'fast'")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[",
        "project = 1",
        "[project]\nname = 'a'",
        PROJECT.replace("[project]", "[project]\ndynamic = ['dependencies']"),
        PROJECT.replace("b>=1", "b>="),
        PROJECT.replace('"1.0"', '"x"'),
        PROJECT.replace('["b>=1"]', "1"),
        "[project]\nname = 'a'\nversion = '1'\n[tool.poetry]\n",
    ],
)
def test_everything_else_is_left_to_the_backend(text: str) -> None:
    assert parse_static_project(text.encode()) is None
