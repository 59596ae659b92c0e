"""`hob remove`, held against uv."""

from pathlib import Path

import pytest

from tests.e2e.house import UV
from tests.service.sessions import assert_same

pytestmark = pytest.mark.skipif(not UV.exists(), reason="uv is not installed beside this Python")

PROJECT = """[project]
name = "demo"
version = "0.1.0"
requires-python = ">=3.11"
dependencies = ["idna", "six>=1"]

[project.optional-dependencies]
net = ["rich"]

[dependency-groups]
dev = ["iniconfig", "idna"]
G_x = ["six"]

[tool.uv.sources]
six = { path = "../six" }
rich = { git = "https://files.example/rich.git" }
"""


def test_a_requirement_goes_and_its_source_with_the_last_of_it(tmp_path: Path) -> None:
    assert_same(tmp_path, {"pyproject.toml": PROJECT}, "remove --frozen Six==1", "remove --frozen --group g-x six")


def test_extras_and_groups_are_lists_of_their_own(tmp_path: Path) -> None:
    commands = ("remove --frozen --optional NET rich", "remove --frozen --dev idna iniconfig", "remove --frozen idna")
    assert_same(tmp_path, {"pyproject.toml": PROJECT}, *commands)


def test_what_is_not_there_is_told_from_where_it_is(tmp_path: Path) -> None:
    commands = ("remove rich", "remove idna --group other", "remove nothing", "remove --dev six", "remove --frozen idna idna")
    assert_same(tmp_path, {"pyproject.toml": PROJECT}, *commands)


def test_a_failure_leaves_all_files_as_they_were(tmp_path: Path) -> None:
    files = {"pyproject.toml": '[project]\nname = "demo"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["a-x", "b-x"]\n'}
    assert_same(tmp_path, files, "remove a-x --no-sync --no-index")


def test_a_lock_follows(tmp_path: Path) -> None:
    files = {"pyproject.toml": '[project]\nname = "demo"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["a-x"]\n'}
    assert_same(tmp_path, files, "remove a-x --no-sync")
