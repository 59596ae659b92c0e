"""Files come back when what follows an edit fails."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hobd.projects.restoring import Restorer, restoring


def silent(path: Path) -> None:
    pytest.fail(f"{path} was said to be somebody else's")


def failing(paths: list[Path], edit: Callable[[Restorer], None], failure: type[BaseException] = ValueError) -> list[str]:
    """Edit and fail. Returns the names of files that somebody else changed."""
    told: list[str] = []

    def run() -> None:
        with restoring(paths, [], lambda path: told.append(path.name)) as restorer:
            edit(restorer)
            raise failure

    with pytest.raises(failure):
        run()
    return told


def test_a_block_that_ends_well_leaves_its_changes(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with restoring([path], [], silent):
        path.write_text("new")
    assert path.read_text() == "new"


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt])
def test_a_block_that_fails_leaves_files_as_they_were(tmp_path: Path, failure: type[BaseException]) -> None:
    changed, made, gone = (tmp_path / name for name in ("changed", "made", "gone"))
    changed.write_text("old")
    gone.write_text("still here")

    def edit(restorer: Restorer) -> None:
        changed.write_text("new")
        made.write_text("new")
        gone.unlink()
        for path in (changed, made, gone):
            restorer.settle(path)

    assert failing([changed, made, gone], edit, failure) == []
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"changed": "old", "gone": "still here"}


def test_what_somebody_else_changed_meanwhile_is_left_and_told(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")

    def edit(restorer: Restorer) -> None:
        path.write_text("edited")
        restorer.settle(path)
        path.write_text("edited, and more")

    assert failing([path], edit) == ["file"]
    assert path.read_text() == "edited, and more"


def test_what_follows_from_edits_is_put_back_whoever_wrote_it(tmp_path: Path) -> None:
    lock, new = tmp_path / "lock", tmp_path / "new"
    lock.write_text("old")

    def fail() -> None:
        with restoring([], [lock, new], silent):
            lock.write_text("new")
            new.write_text("new")
            raise ValueError("failed")

    with pytest.raises(ValueError, match="failed"):
        fail()
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"lock": "old"}


def test_an_untouched_file_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    inode = path.stat().st_ino
    assert failing([path], lambda restorer: restorer.settle(path)) == []
    assert path.stat().st_ino == inode
