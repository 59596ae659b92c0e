"""What an answer rests on is noted as it was before it was read."""

import os
from pathlib import Path

from hobd.engine.environ import RecordingEnviron
from hobd.engine.grounds import Grounds, ground_of


def test_a_file_is_noted_with_all_that_tells_of_a_change(tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text("[project]")
    grounds = Grounds(1)
    grounds.saw(file)
    (ground,) = grounds.files()
    found = file.stat()
    assert (ground.dev, ground.ino, ground.size, ground.mtime_ns, ground.ctime_ns) == (
        found.st_dev,
        found.st_ino,
        9,
        found.st_mtime_ns,
        found.st_ctime_ns,
    )


def test_what_is_not_there_is_noted_too(tmp_path: Path) -> None:
    grounds = Grounds(1)
    grounds.saw(tmp_path / "uv.toml")
    assert [ground.exists for ground in grounds.files()] == [False]


def test_the_first_state_counts(tmp_path: Path) -> None:
    file = tmp_path / "uv.lock"
    grounds = Grounds(1)
    grounds.saw(file)
    file.write_text("version = 1")
    grounds.saw(file)
    assert [ground.exists for ground in grounds.files()] == [False]


def test_a_small_file_that_was_only_read_is_noted_with_what_it_held(tmp_path: Path) -> None:
    read, seen, large = tmp_path / "requirements.txt", tmp_path / "pyproject.toml", tmp_path / "uv.lock"
    grounds = Grounds(1)
    for file in (read, seen, large):
        file.write_bytes(b"x" * (9000 if file is large else 9))
        grounds.saw(file)
        grounds.held(file, file.read_bytes())
    grounds.saw(seen)  # by somebody to whom its time matters
    assert {ground.path: ground.content for ground in grounds.files() if ground.HasField("content")} == {os.fsencode(read): b"x" * 9}


def test_a_folder_counts_by_its_entries_not_its_size(tmp_path: Path) -> None:
    before = ground_of(os.fsencode(tmp_path), is_link=False)
    (tmp_path / "new").touch()
    os.utime(tmp_path, ns=(1, 1))
    after = ground_of(os.fsencode(tmp_path), is_link=False)
    assert before.size == after.size == 0
    assert before.mtime_ns != after.mtime_ns


def test_a_link_can_be_noted_itself(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("nowhere")
    assert ground_of(os.fsencode(tmp_path / "link"), is_link=True).exists
    assert not ground_of(os.fsencode(tmp_path / "link"), is_link=False).exists


def test_a_path_that_cannot_be_is_simply_not_there() -> None:
    assert not ground_of(b"/a\0b", is_link=False).exists


def test_the_first_end_counts() -> None:
    grounds = Grounds(1)
    assert grounds.expires_ns == 0
    for seconds in (30.0, 20.5, 40.0):
        grounds.expires(seconds)
    assert grounds.expires_ns == 20_500_000_000


def test_only_variables_that_were_read_are_grounds() -> None:
    environ = RecordingEnviron([(b"PATH", b"/bin"), (b"HOME", b"/h"), (b"UV_OFFLINE", b"1"), (b"UV_CACHE_DIR", b"/c")])
    assert environ.get("PATH") == "/bin"
    assert environ.get("SHELL") is None
    assert environ.get("UV_OFFLINE") == "1"
    assert [(ground.name, ground.is_set, ground.value) for ground in environ.grounds()] == [
        (b"PATH", True, b"/bin"),
        (b"SHELL", False, b""),
        (b"UV_*", True, b"UV_CACHE_DIR=/c\0UV_OFFLINE=1"),
    ]


def test_values_that_are_not_utf_8_come_back_as_they_were() -> None:
    environ = RecordingEnviron([(b"NAME", b"\xff\xfe")])
    assert os.fsencode(environ.get("NAME") or "") == b"\xff\xfe"
    assert environ.grounds()[0].value == b"\xff\xfe"
