"""Where a daemon may live, what it remembers of itself, and how it cuts a stream into frames."""

import json
import os
import socket
import stat
from pathlib import Path

import pytest

from hob.v1 import engine_pb2 as engine_v1
from hobd import faults
from hobd.errors import WorldError
from hobd.front.filesystems import is_network_type, parse_mount_types
from hobd.front.grounds import is_settled
from hobd.front.link import BrokenLinkError, FrameReader
from hobd.front.processes import boot_id, memory_bytes, memory_cap, start_time
from hobd.front.recorder import Recorder
from hobd.front.runtime_dir import Places, check_folder, find_runtime_dir, open_folder, socket_address


def test_the_named_directory_is_taken_and_made(tmp_path: Path) -> None:
    folder, candidates = find_runtime_dir({"HOB_RUNTIME_DIR": str(tmp_path / "new"), "XDG_RUNTIME_DIR": "/elsewhere"})
    assert folder == tmp_path / "new"
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
    assert [str(candidate) for candidate in candidates] == [f"{tmp_path}/new: taken"]


def test_a_named_directory_that_is_unfit_is_an_error(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    with pytest.raises(WorldError, match="can be entered by others"):
        find_runtime_dir({"HOB_RUNTIME_DIR": str(tmp_path)})


def test_the_session_directory_comes_first_and_an_unfit_one_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "hob").write_text("in the way")
    folder, candidates = find_runtime_dir({"XDG_RUNTIME_DIR": str(tmp_path)})
    assert folder != tmp_path / "hob"
    assert candidates[0].path == f"{tmp_path}/hob"
    assert candidates[0].fault
    (tmp_path / "hob").unlink()
    assert find_runtime_dir({"XDG_RUNTIME_DIR": str(tmp_path)})[0] == tmp_path / "hob"


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert check_folder(tmp_path / "real") == ""
    assert check_folder(tmp_path / "link") != ""
    with pytest.raises(WorldError):
        open_folder(tmp_path / "link")


def test_a_directory_without_a_parent_is_unfit() -> None:
    assert "No such file" in check_folder(Path("/nonexistent/hob"))
    assert "absolute" in check_folder(Path("relative"))


def test_a_long_path_is_reached_through_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / ("x" * 100)
    folder.mkdir(mode=0o700)
    descriptor = open_folder(folder)
    address = socket_address(folder / "s", descriptor)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
    os.close(descriptor)
    assert (folder / "s").is_socket()
    assert socket_address(Path("/run/s"), 3) == "/run/s"


def test_names_tell_builds_and_namespaces_apart() -> None:
    places = Places(Path("/run"), "0123abcd", 42)
    assert places.socket.name == "v1-0123abcd-42.sock"
    assert places.owner_lock.name == "owner-0123abcd-42.lock"
    assert places.spawn_lock.name == "spawn-0123abcd-42.lock"
    assert places.info.name == "hobd-0123abcd-42.json"


def test_mounts_are_told_apart_by_device() -> None:
    mountinfo = (
        "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue\n"
        "40 35 0:52 / /home rw - nfs4 server:/home rw\n"
        "41 35 0:53 / /data rw shared:7 - fuse.sshfs host:/ rw\n"
    )
    types = parse_mount_types(mountinfo)
    assert types == {(98, 0): "ext3", (0, 52): "nfs4", (0, 53): "fuse.sshfs"}
    assert [is_network_type(name) for name in types.values()] == [False, True, True]


def test_a_ground_on_another_host_must_be_older(monkeypatch: pytest.MonkeyPatch) -> None:
    from hob.v1 import verdict_pb2 as verdict_v1
    from hobd.front import filesystems

    ground = verdict_v1.FileGround(exists=True, dev=12345, mtime_ns=1, ctime_ns=1)
    monkeypatch.setattr(filesystems, "_local_by_device", {12345: True})
    assert is_settled(ground, 20_000_001)
    monkeypatch.setattr(filesystems, "_local_by_device", {12345: False})
    assert not is_settled(ground, 20_000_001)
    assert is_settled(ground, 2_000_000_001)


def test_a_process_is_known_by_its_start() -> None:
    assert start_time(os.getpid()) > 0
    assert start_time(2**22 + 1) == 0
    assert memory_bytes(os.getpid()) > 1 << 20
    assert memory_bytes(2**22 + 1) == 0
    assert 0 < memory_cap() <= 1 << 30
    assert boot_id() == boot_id()


def test_the_recorder_keeps_the_newest_and_writes_all(tmp_path: Path) -> None:
    log = tmp_path / "hobd.log"
    recorder = Recorder(log)
    for number in range(2_001):
        recorder.note("event", number=number, path=b"/x\xff")
    assert len(recorder.newest(0)) == 2_000
    assert json.loads(recorder.newest(1)[0])["number"] == 2_000
    assert len(log.read_text().splitlines()) == 2_001
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    recorder.dump()
    recorder.close()
    assert "test_the_recorder_keeps" in log.read_text()


def test_a_long_log_is_moved_aside_and_three_are_kept(tmp_path: Path) -> None:
    log = tmp_path / "hobd.log"
    for number in range(5):
        log.write_bytes(b"x" * (5 << 20) + bytes([number, 10]))
        Recorder(log).close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["hobd.log", "hobd.log.1", "hobd.log.2", "hobd.log.3"]
    assert (tmp_path / "hobd.log.1").read_bytes()[-2] == 4


def test_a_log_that_grows_is_rotated_while_it_is_written(tmp_path: Path) -> None:
    log = tmp_path / "hobd.log"
    recorder = Recorder(log)
    for _ in range(600):
        recorder.note("event", text="x" * 10_000)
    recorder.close()
    assert (tmp_path / "hobd.log.1").stat().st_size > 5 << 20
    assert log.stat().st_size < 2 << 20


def test_frames_are_cut_wherever_the_stream_is() -> None:
    frames = [engine_v1.EngineFrame(call=number, phase=engine_v1.Phase(text="x" * number)) for number in range(5)]
    packed = [frame.SerializeToString() for frame in frames]
    stream = b"".join(len(data).to_bytes(4, "big") + data for data in packed)
    reader = FrameReader()
    assert [frame for byte in stream for frame in reader.feed(bytes([byte]))] == frames
    assert FrameReader().feed(stream) == frames


def test_a_frame_of_absurd_length_breaks_the_link() -> None:
    with pytest.raises(BrokenLinkError):
        FrameReader().feed(b"\xff\xff\xff\xff")


def test_a_crash_point_strikes_at_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    killed: list[int] = []
    monkeypatch.setattr(os, "kill", lambda pid, number: killed.append(number))
    faults.arm("here:2")
    faults.crash_point("elsewhere")
    faults.crash_point("here")
    assert killed == []
    faults.crash_point("here")
    assert killed == [9]
    faults.arm(None)
    faults.crash_point("here")
    assert killed == [9]
