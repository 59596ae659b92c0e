"""Hints about places: taken where the file system knows them, and no trouble where it does not."""

from pathlib import Path

import pytest

from hobd.placement import scatter
from tests.support.attributes import attributes


def test_what_is_made_in_a_scattered_folder_may_be_put_anywhere(tmp_path: Path) -> None:
    before = attributes(tmp_path)
    scatter(tmp_path)
    scatter(tmp_path)
    after = attributes(tmp_path)
    if before is not None and after is not None and "e" in after:  # an ext4 with extents
        assert set(after) - set(before) <= {"T"}
    (tmp_path / "folder").mkdir()
    assert (tmp_path / "folder").is_dir()


@pytest.mark.parametrize("kind", ["nowhere", "a file", "no ext4"])
def test_what_takes_no_hint_is_left_as_it_is(tmp_path: Path, kind: str) -> None:
    folder = Path("/proc/self") if kind == "no ext4" else tmp_path / "there"
    if kind == "a file":
        folder.write_text("content")
    scatter(folder)
    assert folder.exists() == (kind != "nowhere")
