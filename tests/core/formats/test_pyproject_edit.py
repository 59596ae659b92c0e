"""Edits of a pyproject.toml change what was asked for, and nothing else."""

import re

import pytest
import tomli
from hypothesis import given, settings
from hypothesis import strategies as st

from hobd.core.formats.pyproject_edit import (
    AmbiguousEdit,
    add_requirement,
    has_requirement,
    remove_requirement,
    remove_source,
    set_source,
    set_version,
)
from hobd.core.vocab.names import Name

HEAD = '[project]\nname = "a"\nversion = "1" # the version\n'
DEPENDENCIES = ("project", "dependencies")

packages = st.sampled_from(["anyio", "flask>=2", "Net_X[b,a]", "zope ; sys_platform == 'win32'", "idna==3.*"])
comments = st.sampled_from(["", " # why", "\n    # above"])


@st.composite
def documents(draw: st.DrawFn) -> str:
    """Projects with some requirements, on one line or on several, with comments and neighbours."""
    entries = draw(st.lists(packages, max_size=4, unique_by=lambda text: re.split(r"\W", text)[0]))
    if draw(st.booleans()):
        body = "[" + ", ".join(f'"{entry}"' for entry in entries) + "]"
    else:
        body = "[" + draw(comments) + "".join(f'\n    "{entry}",{draw(comments)}' for entry in entries) + "\n]"
    table = draw(st.sampled_from(["", "\n[tool.x] # neighbour\ny = 1\n", '\n[dependency-groups]\ndev = ["x"]\n']))
    return HEAD + f"dependencies = {body}\n" + table


def dependencies(text: str) -> list[str]:
    found: list[str] = tomli.loads(text)["project"].get("dependencies", [])
    return found


def remarks(text: str) -> list[str]:
    return sorted(re.findall(r"#.*", text))


@settings(max_examples=40)
@given(documents())
def test_adding_and_removing_leaves_all_else_as_it_was(document: str) -> None:
    added = add_requirement(document, DEPENDENCIES, "httpx>=0.27")
    removed, gone = remove_requirement(added, DEPENDENCIES, Name("httpx"))

    assert sorted(dependencies(added)) == sorted([*dependencies(document), "httpx>=0.27"])
    assert gone == ("httpx>=0.27",)
    assert tomli.loads(removed) == tomli.loads(document)
    assert remarks(added) == remarks(removed) == remarks(document)


@settings(max_examples=40)
@given(documents())
def test_adding_twice_is_adding_once(document: str) -> None:
    once = add_requirement(document, DEPENDENCIES, "httpx>=0.27")

    assert add_requirement(once, DEPENDENCIES, "httpx>=0.27") == once


@settings(max_examples=40)
@given(documents())
def test_what_is_not_there_is_not_removed(document: str) -> None:
    assert remove_requirement(document, DEPENDENCIES, Name("nope")) == (document, ())


@settings(max_examples=40)
@given(documents(), st.sampled_from(["2", "2.0.post1"]))
def test_a_version_is_set_in_its_place(document: str, version: str) -> None:
    changed = set_version(document, version)

    assert changed == document.replace('version = "1"', f'version = "{version}"')


@pytest.mark.parametrize(
    ("before", "requirement", "after"),
    [
        ('["b", "d"]', "c", ["b", "c", "d"]),
        ('["z", "b"]', "c", ["z", "b", "c"]),
        ('["B", "c", "D"]', "a", ["a", "B", "c", "D"]),
        ('["b>=1"]', "b>=3", ["b>=3"]),
        ('["Net_X[b]>=1"]', "net-x[a]", ["net-x[a,b]>=1"]),
        ("[\"b ; sys_platform == 'win32'\"]", "b", ["b", "b ; sys_platform == 'win32'"]),
    ],
)
def test_a_sorted_list_stays_sorted_and_an_entry_is_changed_in_its_place(before: str, requirement: str, after: list[str]) -> None:
    assert dependencies(add_requirement(HEAD + f"dependencies = {before}\n", DEPENDENCIES, requirement)) == after


def test_a_new_list_gets_its_table_behind_its_relatives() -> None:
    document = HEAD + "\n[tool.x]\ny = 1\n"

    changed = add_requirement(document, ("project", "optional-dependencies", "net"), "httpx")

    assert changed == HEAD + '\n[project.optional-dependencies]\nnet = [\n    "httpx",\n]\n\n[tool.x]\ny = 1\n'


def test_comments_stay_where_they_say_something() -> None:
    listing = 'dependencies = [ # open\n    # above b\n    "b", # behind b\n    # above d\n    "d", # behind d\n    # end\n]\n'

    changed, _ = remove_requirement(HEAD + listing, DEPENDENCIES, Name("b"))

    assert changed == HEAD + 'dependencies = [ # open\n    # above b\n    # behind b\n    # above d\n    "d", # behind d\n    # end\n]\n'


def test_line_ends_of_windows_stay() -> None:
    changed = add_requirement(HEAD.replace("\n", "\r\n"), DEPENDENCIES, "b")

    assert "\n" not in changed.replace("\r\n", "")


def test_included_groups_stay_at_the_end() -> None:
    document = '[dependency-groups]\nDev = ["b", {include-group = "x"}]\nx = []\n'

    changed = add_requirement(document, ("dependency-groups", "dev"), "q")

    assert tomli.loads(changed)["dependency-groups"]["Dev"] == ["b", "q", {"include-group": "x"}]
    assert has_requirement(changed, ("dependency-groups", "DEV"), Name("q"))


def test_two_entries_that_could_be_meant_are_not_guessed_at() -> None:
    with pytest.raises(AmbiguousEdit, match=r"found multiple entries for `b`:\n- `b>=1`\n- `b<3`"):
        add_requirement(HEAD + 'dependencies = ["b>=1", "b<3"]\n', DEPENDENCIES, "b==2")


def test_a_source_comes_and_goes_with_its_table() -> None:
    changed = set_source(HEAD, Name("b"), '{ path = "b" }')

    assert changed == HEAD + '\n[tool.uv.sources]\nb = { path = "b" }\n'
    assert remove_source(changed, Name("b")) == HEAD


def test_one_of_several_sources_goes_alone() -> None:
    document = HEAD + "[tool.uv.sources]\nb_c = { workspace = true }\nd = { path = 'd' }\n"

    assert tomli.loads(remove_source(document, Name("b-c")))["tool"]["uv"]["sources"] == {"d": {"path": "d"}}


@pytest.mark.parametrize("listed", ["[\"six\", 'idna>=3' ]", '[\r\n\t"idna>=3", # why\r\n\t"six"\r\n]'])
@pytest.mark.parametrize("requirement", ["six", "idna>=3", "idna"])
def test_what_says_the_same_already_changes_no_byte(listed: str, requirement: str) -> None:
    document = f"[project]\ndependencies = {listed}"
    assert add_requirement(document, DEPENDENCIES, requirement) == document
