"""Lists of requirements that mean the same keep a lock; others do not. Each pair is what uv makes of it."""

import pytest

from hobd.core.formats.requirement import parse_requirement
from hobd.core.lockfile.same_requirements import Meaning, holding, meaning, relevant
from hobd.core.markers import RequiresPython

SAME = [
    ("a==2.* | a>=1,!=1.1", "a==2.*"),
    ("a>=3 | a>=2", "a>=3"),
    ("a>=3 | a", "a>=3"),
    ("a>=3 | a!=2.7 | a!=2rc1", "a>=3"),
    ("a>=3 | a<4", "a>=3,<4"),
    ("a~=3.4", "a>=3.4,<4"),
    ("a>=3.4", "a>=3.4.0"),
    ("a==3.4 | a==3.4.0", "a==3.4"),
    ("a==3.4 | a>2 | a>1", "a==3.4 | a>2"),
    ("a>=3.0rc1 | a>=2rc1", "a>=3.0rc1"),
    ("a>=3 | a>=2 ; sys_platform == 'linux'", "a>=3"),
    ("a>=3 ; sys_platform == 'linux' | a>=3 ; sys_platform != 'linux'", "a>=3"),
    ("a[x]>=7 | a>=6", "a[x]>=7"),
    ("a[y,x]", "a[x] | a[y]"),
    ("a | a ; python_version < '3'", "a"),
    ("a ; python_version < '3'", "a ; python_version < '3.5'"),
    ("a>=3 | b ; extra == 'x' | b>=1 ; extra == 'x'", "a>=3 | b>=1 ; extra == 'x'"),
]
OTHER = [
    ("a", "b"),
    ("a", ""),
    ("a", "a>=0"),
    ("a>=3", "a>=3.1"),
    ("a>=3 | a<99", "a>=3"),
    ("a==3.*", "a>=3,<4"),
    ("a==3.4 | a>=3", "a==3.4"),
    ("a==3.4,!=2", "a==3.4"),
    ("a===3.4 | a>=2", "a===3.4"),
    ("a>=3 | a>=2rc1", "a>=3"),
    ("a>=7 | a[x]>=6", "a>=7"),
    ("a>=3 ; sys_platform == 'linux'", "a>=3"),
    ("a>=3 | a>=2 ; extra == 'x'", "a>=3"),
    ("a | a>0 ; python_version < '3'", "a"),
    ("a | b ; sys_platform == 'x' and sys_platform == 'y'", "a"),
    ("a | b ; python_version < '3' and extra == 'x'", "a"),
]


def means(texts: str) -> Meaning:
    listed = [parse_requirement(text) for text in texts.split(" | ") if text]
    return meaning(listed, "/project", RequiresPython.parse(">=3.10"))


@pytest.mark.parametrize(("one", "other"), SAME)
def test_what_is_implied_makes_no_difference(one: str, other: str) -> None:
    assert means(one) == means(other)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_what_admits_other_versions_extras_or_places_makes_a_difference(one: str, other: str) -> None:
    assert means(one) != means(other)


def test_what_never_holds_counts_unless_it_only_constrains() -> None:
    never = "a | b ; python_version < '3.9'"
    assert means("a") != means(never)
    assert holding(means("a")) == holding(means(never))


def test_new_entries_for_packages_that_are_not_locked_change_nothing() -> None:
    assert relevant(["a"], ["a", "b", "c"], {"c"}, parse_name) == ("a", "c")


def parse_name(text: str) -> str:
    return text
