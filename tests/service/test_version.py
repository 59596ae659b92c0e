"""`hob version`, held against uv."""

from pathlib import Path

import pytest

from tests.e2e.house import UV
from tests.service.sessions import assert_same, make_sites

pytestmark = pytest.mark.skipif(not UV.exists(), reason="uv is not installed beside this Python")

PROJECT = '[project]\nname = "demo"\nversion  =  "0.1.0" # kept\nrequires-python = ">=3.11"\ndependencies = []\n'
WORKSPACE = {
    "pyproject.toml": PROJECT + '[tool.uv.workspace]\nmembers = ["core"]\n',
    "core/pyproject.toml": '[project]\nname = "core"\nversion = "1.0"\nrequires-python = ">=3.11"\ndependencies = []\n',
}


def test_the_version_is_said_in_three_ways(tmp_path: Path) -> None:
    assert_same(tmp_path, {"pyproject.toml": PROJECT}, "version", "version --short", "version --output-format json", "version -q")


def test_a_version_is_set_and_nothing_else_is_touched(tmp_path: Path) -> None:
    assert_same(
        tmp_path, {"pyproject.toml": PROJECT}, "version v2.0-RC.1 --frozen", "version 2rc1 --frozen --short", "version --bump rc --frozen"
    )


def test_a_dry_run_changes_nothing(tmp_path: Path) -> None:
    assert_same(tmp_path, {"pyproject.toml": PROJECT}, "version 3 --dry-run", "version --bump minor --dry-run --output-format json")


def test_what_cannot_be_done_is_refused(tmp_path: Path) -> None:
    files = {"pyproject.toml": PROJECT}
    assert_same(tmp_path, files, "version minor", "version 1.*", "version --bump dev", "version --frozen", "version 2 --locked --no-sync")


def test_a_dynamic_version_is_the_backends(tmp_path: Path) -> None:
    assert_same(tmp_path, {"pyproject.toml": '[project]\nname = "demo"\ndynamic = ["version"]\n'}, "version", "version 1 --frozen")


def test_members_have_versions_of_their_own(tmp_path: Path) -> None:
    assert_same(tmp_path, WORKSPACE, "version --package core --bump patch --frozen", "version --package nope")


def test_a_member_is_meant_where_one_stands(tmp_path: Path) -> None:
    assert_same(tmp_path, WORKSPACE, "version", "version 2 --frozen", folder="core")


def test_a_change_is_locked(tmp_path: Path) -> None:
    assert_same(tmp_path, {"pyproject.toml": PROJECT}, "version 2 --no-sync", "version --frozen")


def test_a_failure_leaves_all_files_as_they_were(tmp_path: Path) -> None:
    _, hob = make_sites(tmp_path, {"pyproject.toml": PROJECT.replace("[]", '["nosuch-package"]')})
    before = hob.files()
    answered = hob.tell("version", "2.0", "--no-sync")
    assert (answered.code, answered.files) == (1, before)


def test_without_a_project_there_is_no_version(tmp_path: Path) -> None:
    assert_same(tmp_path, {"README.md": ""}, "version", "version --project . --short")
