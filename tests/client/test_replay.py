"""An answer that was kept is given again by the native client alone, while all that it rests on is as it was."""

import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hob.v1 import execute_pb2 as v1
from hob.v1 import verdict_pb2
from hobd.build_id import fnv1a_64
from tests.client.conftest import Bench
from tests.client.fake_daemon import answer, end, err, out

FRESH = b"from the daemon\n"
KEPT = b"kept\n"


def keep(bench: Bench, *words: str, events: tuple[v1.Event, ...] = (out(KEPT), end()), **fields: Any) -> Path:
    """Write a verdict that holds now, as the front writes it."""
    argv = [word.encode() for word in words]
    build, cwd = bench.client.build.encode(), os.fsencode(bench.project)
    verdict = verdict_pb2.Verdict(
        schema=1,
        build=build,
        cwd=cwd,
        argv=argv,
        env=[
            verdict_pb2.EnvGround(name=b"HOME", is_set=True, value=bench.environment["HOME"].encode()),
            verdict_pb2.EnvGround(name=b"UV_*", is_set=False),
        ],
        files=[ground(bench.project / "uv.lock"), ground(bench.project), ground(bench.project / "absent")],
        events=[v1.Event(seq=1, accepted=v1.Accepted(instance="kept")), *events],
        terminal=v1.Terminal(),
        program=os.fsencode(bench.client.hob),
        read_ns=time.time_ns(),
        umask=0o022,
    )
    verdict.MergeFrom(verdict_pb2.Verdict(**fields))
    key = fnv1a_64(b"\0".join((build, cwd, *argv)))
    path = bench.runtime / "verdicts" / f"{key}.bin"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(verdict.SerializeToString())
    return path


def ground(path: Path) -> verdict_pb2.FileGround:
    """The state of a path as it is now."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return verdict_pb2.FileGround(path=os.fsencode(path))
    return verdict_pb2.FileGround(
        path=os.fsencode(path),
        exists=True,
        dev=found.st_dev,
        ino=found.st_ino,
        size=0 if path.is_dir() else found.st_size,
        mtime_ns=found.st_mtime_ns,
        ctime_ns=found.st_ctime_ns,
    )


@pytest.fixture
def bench(native_bench: Bench) -> Bench:
    os.umask(0o022)
    (native_bench.project / "uv.lock").write_text("version = 1\n")
    return native_bench


def test_a_kept_answer_needs_no_daemon(bench: Bench) -> None:
    keep(bench, "lock", "--check", events=(err(b"note\n"), out(KEPT), end(1)))
    done = bench.run("lock", "--check")
    assert (done.returncode, done.stdout, done.stderr) == (1, KEPT, b"note\n")
    assert not (bench.runtime / "lives").exists()


def test_a_kept_program_takes_the_rest_of_the_line(bench: Bench) -> None:
    spec = v1.ExecSpec(argv=[b"echo", b"kept"], program=b"/bin/echo")
    keep(bench, "run", "-q", "echo", events=(v1.Event(exec=spec),), takes_rest=True)
    assert bench.run("run", "-q", "echo").stdout == b"kept\n"
    assert bench.run("run", "-q", "echo", "-x", b"\xff").stdout == b"kept -x \xff\n"


def test_a_kept_answer_without_a_rest_is_for_its_very_line(bench: Bench) -> None:
    keep(bench, "run", "echo")
    with bench.serve(answer(out(FRESH))):
        assert bench.run("run", "echo", "more").stdout == FRESH
        assert bench.run("run", "echo").stdout == KEPT


def test_a_small_file_that_is_written_anew_counts_by_what_it_holds(bench: Bench) -> None:
    file = bench.project / "requirements.txt"
    file.write_text("thing\n")
    held = verdict_pb2.FileGround(path=os.fsencode(file), exists=True, size=6, content=b"thing\n")
    keep(bench, "lock", "--check", files=[held])
    assert bench.run("lock", "--check").stdout == KEPT
    file.write_text("other\n")
    with bench.serve(answer(out(FRESH))):
        assert bench.run("lock", "--check").stdout == FRESH


def _edit(bench: Bench) -> dict[str, str]:
    (bench.project / "uv.lock").write_text("version = 2\n")
    return {}


def _touch_same_size(bench: Bench) -> dict[str, str]:
    os.utime(bench.project / "uv.lock", ns=(0, 0))
    return {}


def _replace(bench: Bench) -> dict[str, str]:
    (bench.project / "uv.lock").rename(bench.root / "old")
    (bench.root / "old").rename(bench.project / "uv.lock")
    return {}


def _appear(bench: Bench) -> dict[str, str]:
    (bench.project / "absent").write_text("")
    return {}


def _disappear(bench: Bench) -> dict[str, str]:
    (bench.project / "uv.lock").unlink()
    return {}


CHANGES: list[Callable[[Bench], dict[str, str]]] = [
    _edit,
    _touch_same_size,
    _replace,
    _appear,
    _disappear,
    lambda bench: {"HOME": "/elsewhere"},
    lambda bench: {"UV_OFFLINE": ""},
    lambda bench: {"HOB_VERDICTS": "off"},
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_any_ground_asks_the_daemon(bench: Bench, change: Callable[[Bench], dict[str, str]]) -> None:
    keep(bench, "sync")
    assert bench.run("sync").stdout == KEPT
    variables = change(bench)
    with bench.serve(answer(out(FRESH))):
        assert bench.run("sync", **variables).stdout == FRESH


@pytest.mark.parametrize("field", [{"schema": 2}, {"build": b"00000000"}, {"umask": 0o077}, {"expires_ns": 1}, {"program": b"/other/hob"}])
def test_a_verdict_for_another_call_asks_the_daemon(bench: Bench, field: dict[str, Any]) -> None:
    keep(bench, "sync", **field)
    with bench.serve(answer(out(FRESH))):
        assert bench.run("sync").stdout == FRESH


def test_a_broken_file_asks_the_daemon(bench: Bench) -> None:
    path = keep(bench, "sync")
    for data in (b"", path.read_bytes()[:-3], b"\xff" * 64):
        path.write_bytes(data)
        with bench.serve(answer(out(FRESH))):
            assert bench.run("sync").stdout == FRESH


def test_without_a_daemon_nothing_is_replayed(bench: Bench) -> None:
    keep(bench, "sync")
    assert bench.run("sync", HOB_DAEMON="off").stdout.startswith(b"one-shot")


def test_a_program_is_not_replayed_while_the_cache_below_it_is_cleaned(bench: Bench) -> None:
    lock = bench.root / "lock"
    lock.touch()
    spec = v1.ExecSpec(argv=[b"echo", b"kept"], program=b"/bin/echo", lease=v1.Lease(path=os.fsencode(lock), bytes=[0]))
    keep(bench, "run", "x", events=(v1.Event(exec=spec),))
    with bench.serve(answer(out(FRESH))), lock.open("r+b") as file:
        fcntl.lockf(file, fcntl.LOCK_EX)
        assert bench.run("run", "x").stdout == FRESH
        fcntl.lockf(file, fcntl.LOCK_UN)
        assert bench.run("run", "x").stdout == KEPT
