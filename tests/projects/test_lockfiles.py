"""Lockfiles are replaced whole, and only while what they rest on is still what it was."""

import os
import stat
from pathlib import Path

import pytest

from hobd.errors import WorldError
from hobd.projects.files import read_bytes
from hobd.projects.lockfiles import Changed, expect, write_atomically, write_lockfile
from tests.support.evidence import DiskNotes


def test_a_lock_is_written_beside_its_place_and_renamed(tmp_path: Path) -> None:
    path = tmp_path / "uv.lock"

    write_lockfile(path, "version = 1\n")

    assert path.read_text() == "version = 1\n"
    assert os.listdir(tmp_path) == ["uv.lock"]


def test_the_mode_of_the_old_file_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "uv.lock"
    path.write_text("old")
    path.chmod(0o640)

    write_lockfile(path, "new")

    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    path = tmp_path / "uv.lock"
    path.symlink_to("real/uv.lock")

    write_lockfile(path, "new")

    assert path.is_symlink()
    assert (tmp_path / "real" / "uv.lock").read_text() == "new"


@pytest.mark.parametrize("change", ["input", "lock", "new", "gone"])
def test_whoever_changes_a_file_meanwhile_wins(tmp_path: Path, change: str) -> None:
    lock, pyproject, member = tmp_path / "uv.lock", tmp_path / "pyproject.toml", tmp_path / "member.toml"
    lock.write_text("old")
    pyproject.write_text("a")
    expected = expect([lock, pyproject, member])
    if change == "input":
        pyproject.write_text("b")
    elif change == "lock":
        lock.write_text("theirs")
    elif change == "new":
        member.write_text("c")
    else:
        pyproject.unlink()
    before = lock.read_text()

    with pytest.raises(Changed):
        write_lockfile(lock, "ours", expected)

    assert lock.read_text() == before
    assert not [name for name in os.listdir(tmp_path) if name.endswith(".tmp")]


def test_a_touched_file_is_not_a_changed_one(tmp_path: Path) -> None:
    lock, pyproject = tmp_path / "uv.lock", tmp_path / "pyproject.toml"
    pyproject.write_text("a")
    expected = expect([lock, pyproject])
    os.utime(pyproject, (1, 1))

    write_lockfile(lock, "ours", expected)

    assert lock.read_text() == "ours"


def test_a_device_or_a_pipe_is_written_to_and_stays_what_it_is(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with open(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK), "rb") as reader:
        write_atomically(pipe, b"all of it")
        assert reader.read() == b"all of it"
    assert pipe.is_fifo()
    assert [path.name for path in tmp_path.iterdir()] == ["pipe"]


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(WorldError, match=r"failed to write to file `.*gone/uv.lock`: No such file or directory \(os error 2\)"):
        write_lockfile(tmp_path / "gone" / "uv.lock", "x")


def test_reading_a_lock_is_evidence_also_where_there_is_none(tmp_path: Path) -> None:
    seen = DiskNotes()

    assert read_bytes(tmp_path / "uv.lock", seen) is None
    assert set(seen.paths) == {tmp_path / "uv.lock"}
