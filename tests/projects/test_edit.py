"""Editing files: byte order mark and mode stay, and an edit can be taken back."""

from pathlib import Path

import pytest

from hobd.projects.edit import edit_file
from hobd.projects.lockfiles import Changed
from tests.support.evidence import DiskNotes


def test_a_byte_order_mark_stays(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_bytes(b"\xef\xbb\xbfa = 1\r\n")

    edited = edit_file(path, DiskNotes(), lambda text: text.replace("1", "2"))

    assert path.read_bytes() == b"\xef\xbb\xbfa = 2\r\n"
    assert edited.is_change


def test_an_edit_can_be_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text("a = 1\n")

    edit_file(path, DiskNotes(), lambda text: text + "b = 2\n").restore()

    assert path.read_text() == "a = 1\n"


def test_what_somebody_else_wrote_since_is_not_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text("a = 1\n")
    edited = edit_file(path, DiskNotes(), lambda text: text + "b = 2\n")
    path.write_text("theirs\n")

    with pytest.raises(Changed):
        edited.restore()

    assert path.read_text() == "theirs\n"


def test_an_edit_that_changes_nothing_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text("a = 1\n")
    before = path.stat().st_ino

    assert not edit_file(path, DiskNotes(), lambda text: text).is_change
    assert path.stat().st_ino == before
