"""Files come back when what follows an edit fails."""

from pathlib import Path

import pytest

from hobd.projects.restoring import restoring


def test_a_block_that_ends_well_leaves_its_changes(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with restoring([path]):
        path.write_text("new")
    assert path.read_text() == "new"


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt])
def test_a_block_that_fails_leaves_files_as_they_were(tmp_path: Path, failure: type[BaseException]) -> None:
    changed, made, gone = (tmp_path / name for name in ("changed", "made", "gone"))
    changed.write_text("old")
    gone.write_text("still here")

    def edit() -> None:
        changed.write_text("new")
        made.write_text("new")
        gone.unlink()
        raise failure

    with pytest.raises(failure), restoring([changed, made, gone]):
        edit()
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"changed": "old", "gone": "still here"}


def test_an_untouched_file_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    inode = path.stat().st_ino
    with pytest.raises(ValueError, match="failed"), restoring([path]):
        raise ValueError("failed")
    assert path.stat().st_ino == inode
