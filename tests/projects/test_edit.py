"""Editing files: byte order mark and mode stay."""

from pathlib import Path

from hobd.projects.edit import edit_file
from tests.support.evidence import DiskNotes


def test_a_byte_order_mark_stays(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_bytes(b"\xef\xbb\xbfa = 1\r\n")

    edit_file(path, DiskNotes(), lambda text: text.replace("1", "2"))

    assert path.read_bytes() == b"\xef\xbb\xbfa = 2\r\n"


def test_an_edit_that_changes_nothing_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text("a = 1\n")
    before = path.stat().st_ino

    edit_file(path, DiskNotes(), lambda text: text)

    assert path.stat().st_ino == before
