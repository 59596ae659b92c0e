"""Texts of a megabyte and chains of thousands are read, or refused, in time that grows with them and no faster."""

import time
from contextlib import suppress

import pytest

from hobd.core.formats.group_table import flatten
from hobd.core.formats.marker_text import parse_marker
from hobd.core.formats.pyproject import parse_pyproject
from hobd.core.formats.requirement import parse_lenient_requirement
from hobd.core.formats.specifier_list import parse_lenient_specifiers
from hobd.errors import HobError, RequestError

SIZE = 200_000
BOUND_SECONDS = 5
"""It takes a tenth of that; what looks at each part again and again takes hours."""
REQUIREMENTS: dict[str, str] = {
    "blanks in a name": "b" + " " * SIZE + "c",
    "blanks in front": " " * SIZE + "b",
    "blanks behind": "b" + " " * SIZE,
    "blanks before a version": "b >=" + " " * SIZE + "1",
    "blanks before an address": "b @" + " " * SIZE,
    "blanks before a marker": "b ;" + " " * SIZE + "x",
    "commas": "b" + "," * SIZE,
    "many wildcards": "b>=1" + ".*" * SIZE,
    "many pre-releases": "b>=1" + "a1" * SIZE,
    "many quotes": "b>=1" + "'" * SIZE,
    "brackets": "b (" * SIZE,
    "dashes": "b" + "-" * SIZE,
    "a text that does not end": "b ; os_name == '" + "x" * SIZE,
    "brackets in a marker": "b ; " + "(" * (SIZE // 10),
    "a long name": "b" * SIZE,
}


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_a_long_requirement_is_read_or_refused_at_once(name: str) -> None:
    began = time.process_time()
    with suppress(RequestError):
        parse_lenient_requirement(REQUIREMENTS[name])
    assert time.process_time() - began < BOUND_SECONDS


@pytest.mark.parametrize(
    "text", [">=" + "1." * SIZE, "'" * SIZE, ">=1" + "*" * SIZE, ">=1," * SIZE, " " * SIZE + ">"], ids=lambda text: text[:9]
)
def test_long_specifiers_are_read_or_refused_at_once(text: str) -> None:
    began = time.process_time()
    with suppress(RequestError):
        parse_lenient_specifiers(text)
    assert time.process_time() - began < BOUND_SECONDS


def test_a_deep_marker_that_is_wrong_is_refused_at_its_place() -> None:
    with pytest.raises(RequestError, match="Expected '\\)', found end of dependency specification"):
        parse_marker("(" * 5000 + "os_name == 'nt'" + ")" * 4999)


def chain(length: int, last: str) -> str:
    groups = "".join(f'g{number} = [{{ include-group = "g{number + 1}" }}]\n' for number in range(length))
    return f'[project]\nname = "a"\nversion = "1"\n[dependency-groups]\n{groups}g{length} = [{last}]\n'


def test_groups_may_include_each_other_to_any_depth_but_not_in_circles() -> None:
    found = dict(flatten(parse_pyproject(chain(2000, '"b"')), ".", lambda text: text))
    assert [text for text, _ in found[min(found)].requirements] == ["b"]
    with pytest.raises(HobError) as caught:
        flatten(parse_pyproject(chain(1500, '{ include-group = "g1400" }')), ".", lambda text: text)
    assert "Detected a cycle in `dependency-groups`: " in str(caught.value.causes)
