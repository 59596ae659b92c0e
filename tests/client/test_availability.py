"""Finding a daemon, starting one, and doing without."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hob.v1 import execute_pb2 as v1
from tests.client.conftest import STARTER, Bench
from tests.client.fake_daemon import Conversation, Script, accepted, answer, end, err, out, refuse
from tests.client.fake_python import ONE_SHOT_CODE

STARTED = b"from the started daemon\n"


def one_shot(done: subprocess.CompletedProcess[bytes]) -> dict[str, object]:
    """What the one-shot run says of itself; fails where there was none, or where it was not the last word."""
    assert done.returncode == ONE_SHOT_CODE, done
    word, _, told = done.stdout.decode().partition(" ")
    assert word == "one-shot"
    found: dict[str, object] = json.loads(told)
    return found


def unavailable(why: str) -> bytes:
    return f"hob: daemon unavailable ({why}), running one-shot\n".encode()


def hang_up(*events: v1.Event) -> Script:
    """Says `events`, and no last word."""

    def script(conversation: Conversation) -> Iterator[v1.Event]:
        yield from events
        conversation.hang_up()

    return script


# --- starting


def test_where_none_runs_one_is_started_as_a_clean_process(bench: Bench) -> None:
    with (bench.root / "inherited").open("w") as inherited:
        os.set_inheritable(inherited.fileno(), True)  # noqa: FBT003 - its only argument
        done = subprocess.run(
            [bench.client.hob, "sync"],
            cwd=bench.project,
            env=bench.environment | {"SECRET": "x", "LANG": "C.UTF-8", "TMPDIR": str(bench.root)},
            capture_output=True,
            pass_fds=(inherited.fileno(),),
            check=False,
        )
    assert (done.returncode, done.stdout, done.stderr) == (0, STARTED, b"")
    witness = json.loads((bench.runtime / "witness.json").read_text())
    assert witness["options"] == {
        "--build": bench.client.build,
        "--ready-fd": witness["options"]["--ready-fd"],
        "--start-reason": "autostart",
        "--runtime-dir": str(bench.runtime),
    }
    ours = {name for name in bench.environment if name.startswith("HOB_TEST_")}
    assert set(witness["environment"]) - {"LC_CTYPE"} == {"PATH", "HOME", "LANG"} | ours  # Python sets LC_CTYPE by itself
    assert (witness["cwd"], witness["umask"], witness["blocked"], witness["others"]) == ("/", 0o077, [], [])
    assert witness["session"] != os.getsid(0)
    assert witness["descriptors"] == {"0": "/dev/null", "1": str(bench.runtime / "hobd.log"), "2": str(bench.runtime / "hobd.log")}
    assert (bench.runtime / "hobd.log").stat().st_mode & 0o777 == 0o600


def test_many_at_once_start_only_one(native_bench: Bench) -> None:
    processes = [native_bench.start("sync") for _ in range(6)]
    assert {process.communicate(timeout=30) for process in processes} == {(STARTED, b"")}
    assert len((native_bench.runtime / "lives").read_text().split()) == 1


def test_a_socket_that_nobody_serves_is_replaced(bench: Bench) -> None:
    with bench.serve(answer()):
        kept = bench.path("v1-{}.sock").with_name("kept")
        kept.hardlink_to(bench.path("v1-{}.sock"))
    kept.rename(bench.path("v1-{}.sock"))
    assert bench.run("sync").stdout == STARTED


def test_a_start_that_fails_shows_the_last_words_once_an_hour(bench: Bench) -> None:
    (bench.runtime / "hobd.log").write_text("old words\n")
    done = bench.run("sync", HOB_TEST_START="die")
    assert one_shot(done)["argv"] == [str(bench.client.hob), "sync"]
    assert done.stderr == unavailable("it ended while it started") + b"  first line\n  the last words\n"
    assert bench.run("sync", HOB_TEST_START="die").stderr == b""
    assert (bench.runtime / "hobd.log").read_text().startswith("old words\n")


def test_a_start_that_says_why_it_fails_is_quoted(bench: Bench) -> None:
    done = bench.run("sync", HOB_TEST_START="err")
    one_shot(done)
    assert done.stderr == unavailable("the disk is full")


def test_a_start_that_says_nothing_is_not_waited_for_for_ever(bench: Bench) -> None:
    done = bench.run("sync", HOB_TEST_START="mute", HOB_TEST_START_SECONDS="0.5")
    one_shot(done)
    assert done.stderr.startswith(b"hob: daemon unavailable (it did not start within ")


def test_a_log_that_has_grown_is_put_away(bench: Bench) -> None:
    (bench.runtime / "hobd.log").write_bytes(b"x" * (5 * 1024 * 1024 + 1))
    (bench.runtime / "hobd.log.1").write_text("older")
    assert bench.run("sync").stdout == STARTED
    assert (bench.runtime / "hobd.log").stat().st_size == 0
    assert (bench.runtime / "hobd.log.1").stat().st_size == 5 * 1024 * 1024 + 1
    assert (bench.runtime / "hobd.log.2").read_text() == "older"


def test_the_native_client_finds_python_in_the_script_beside_it(native_bench: Bench) -> None:
    environment = {name: value for name, value in native_bench.environment.items() if name != "HOB_PYTHON"}
    done = subprocess.run([native_bench.client.hob, "sync"], cwd=native_bench.project, env=environment, capture_output=True, check=False)
    assert done.stdout == STARTED


def test_without_any_python_nothing_can_be_done(native_bench: Bench) -> None:
    alone = native_bench.root / "alone"
    alone.mkdir()
    shutil.copy(native_bench.client.hob, alone)
    environment = {name: value for name, value in native_bench.environment.items() if name != "HOB_PYTHON"}
    done = subprocess.run([alone / "hob", "sync"], cwd=native_bench.project, env=environment, capture_output=True, check=False)
    assert done.returncode == 75
    assert done.stderr.decode().splitlines()[-1] == f"error: there is no Python in `{alone}`"


# --- asking again


def test_a_daemon_that_is_about_to_end_is_followed_by_the_next(bench: Bench) -> None:
    with bench.serve(refuse(v1.Refused.REASON_DRAINING)) as daemon:
        done = bench.run("sync")
    assert (done.stdout, done.stderr) == (STARTED, b"")
    assert len(daemon.starts) == 1


def test_a_daemon_that_hangs_up_before_it_took_the_line_is_asked_again(bench: Bench) -> None:
    with bench.serve(hang_up(), answer(out(b"second\n"))) as daemon:
        done = bench.run("publish")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"second\n", b"")
    assert len(daemon.starts) == 2
    assert len({start.request_id for start in daemon.starts}) == 1


def test_a_daemon_that_always_hangs_up_is_done_without(bench: Bench) -> None:
    with bench.serve(hang_up()) as daemon:
        done = bench.run("sync")
    one_shot(done)
    assert done.stderr == unavailable("it hangs up")
    assert len(daemon.starts) == 3


@pytest.mark.parametrize(
    ("reason", "why"), [(v1.Refused.REASON_BUSY, "too many requests wait"), (v1.Refused.REASON_NAMESPACE, "it sees other files")]
)
def test_a_refusal_is_followed_by_a_one_shot_run(bench: Bench, reason: "v1.Refused.Reason", why: str) -> None:
    with bench.serve(refuse(reason)) as daemon:
        done = bench.run("sync", "--frozen")
    assert one_shot(done)["argv"] == [str(bench.client.hob), "sync", "--frozen"]
    assert one_shot(done)["client"] == str(bench.client.hob)
    assert done.stderr == unavailable(why)
    assert len(daemon.starts) == 1


def test_what_may_be_repeated_is_repeated_when_the_daemon_dies_and_says_nothing_twice(bench: Bench) -> None:
    with bench.serve(hang_up(accepted(), out(b"half an answer\n"))):
        done = bench.run("sync")
    one_shot(done)
    assert done.stderr == unavailable("it died while it worked on this")


@pytest.mark.parametrize(
    "events",
    [
        (accepted(is_repeatable=False),),
        (accepted(), v1.Event(milestone=v1.Milestone(text="uploaded 2 of 3 files"))),
    ],
)
def test_what_may_be_half_done_is_not_repeated(bench: Bench, events: tuple[v1.Event, ...]) -> None:
    with bench.serve(hang_up(*events, out(b"half an answer\n"))):
        done = bench.run("publish")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"error: The daemon died while it worked on this")
    assert (b"uploaded 2 of 3 files" in done.stderr) == (len(events) == 2)


# --- silence


def test_a_daemon_that_answers_others_but_not_this_one_is_done_without_and_not_blamed(bench: Bench) -> None:
    def script(conversation: Conversation) -> Iterator[v1.Event]:
        while conversation.hear() is not None:
            pass
        yield end()

    with bench.serve(script) as daemon:
        done = bench.run("sync", HOB_TEST_PROBE_SECONDS="0.1", HOB_TEST_WEDGE_SECONDS="1.0")
        assert daemon.status_calls == 1
    one_shot(done)
    assert done.stderr == unavailable("it is too busy to begin")
    assert not (bench.runtime / "wedged.json").exists()


@pytest.fixture
def stopped(bench: Bench) -> Iterator[subprocess.Popen[bytes]]:
    """A daemon that was stopped while it served."""
    code = (
        "from tests.client.fake_daemon import *; daemon = FakeDaemon(Path(sys.argv[1]), answer()); "
        "print('ok', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", STARTER + code, str(bench.path("v1-{}.sock"))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ok\n"
        process.send_signal(signal.SIGSTOP)
        yield process
        process.kill()


def _register(bench: Bench, pid: int, start_time: int) -> None:
    info = {"build": bench.client.build, "pid": pid, "start_time": start_time, "instance": "fake"}
    info["boot_id"] = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    bench.path("hobd-{}.json").write_text(json.dumps(info) + "\n")


def _start_time(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])


def test_a_daemon_that_is_stuck_hangs_nobody_and_is_killed_at_the_third_strike(bench: Bench, stopped: "subprocess.Popen[bytes]") -> None:
    _register(bench, stopped.pid, _start_time(stopped.pid))
    for strike in range(3):
        assert stopped.poll() is None
        began = time.monotonic()
        done = bench.run("sync", HOB_TEST_PROBE_SECONDS="0.1", HOB_TEST_WEDGE_SECONDS="0.3")
        assert time.monotonic() - began < 5
        one_shot(done)
        assert done.stderr == (unavailable("it does not answer") if strike == 0 else b"")
        assert len(json.loads((bench.runtime / "wedged.json").read_text())) == strike + 1
    assert stopped.wait(10) == -signal.SIGKILL
    assert bench.run("sync").stdout == STARTED


def test_a_process_that_only_has_the_daemons_number_is_not_killed(bench: Bench, stopped: "subprocess.Popen[bytes]") -> None:
    _register(bench, stopped.pid, _start_time(stopped.pid) + 1)
    for _ in range(4):
        one_shot(bench.run("sync", HOB_TEST_PROBE_SECONDS="0.05", HOB_TEST_WEDGE_SECONDS="0.1"))
    assert stopped.poll() is None


# --- places


@pytest.mark.parametrize("fault", ["link", "mode", "file", "relative"])
def test_an_unfit_runtime_directory_is_named_and_left_alone(bench: Bench, fault: str) -> None:
    wanted = bench.root / "wanted"
    if fault == "link":
        wanted.symlink_to(bench.runtime)
    elif fault == "mode":
        wanted.mkdir(mode=0o755)
    elif fault == "file":
        wanted.write_text("")
    chosen = "wanted" if fault == "relative" else str(wanted)
    done = bench.run("sync", HOB_RUNTIME_DIR=chosen)
    one_shot(done)
    why = {
        "link": "cannot be used: it is no directory, or a link to one",
        "file": "cannot be used: it is no directory, or a link to one",
        "mode": "can be entered by others (mode 0755)",
        "relative": "is not an absolute path",
    }[fault]
    assert done.stderr == unavailable(f"`$HOB_RUNTIME_DIR` is `{chosen}`, which {why}")
    assert fault != "mode" or wanted.stat().st_mode & 0o777 == 0o755
    assert list(bench.runtime.iterdir()) == []


def test_the_usual_place_is_made_for_the_user_alone(bench: Bench) -> None:
    environment = {name: value for name, value in bench.environment.items() if name != "HOB_RUNTIME_DIR"}
    (bench.root / "xdg").mkdir(mode=0o700)
    environment["XDG_RUNTIME_DIR"] = str(bench.root / "xdg")
    done = subprocess.run([bench.client.hob, "sync"], cwd=bench.project, env=environment, capture_output=True, check=False)
    folder = bench.root / "xdg" / "hob"
    for pid in (folder / "lives").read_text().split():
        os.kill(int(pid), signal.SIGKILL)
    assert done.stdout == STARTED
    assert folder.stat().st_mode & 0o7777 == 0o700
    assert json.loads((folder / "witness.json").read_text())["environment"]["XDG_RUNTIME_DIR"] == str(bench.root / "xdg")


# --- without a daemon


@pytest.mark.parametrize("word", ["off", "0", "False", "no"])
def test_the_daemon_can_be_switched_off(bench: Bench, word: str) -> None:
    with bench.serve(answer()) as daemon:
        done = bench.run("sync", HOB_DAEMON=word)
    one_shot(done)
    assert done.stderr == b""
    assert daemon.starts == []


def test_commands_about_the_daemon_start_none(bench: Bench) -> None:
    for command in ("status", "stop", "logs"):
        done = bench.run("daemon", command)
        assert one_shot(done)["argv"] == [str(bench.client.hob), "daemon", command]
        assert done.stderr == b""
    assert not (bench.runtime / "lives").exists()


def test_the_status_comes_from_the_daemon_and_the_rest_does_not(bench: Bench) -> None:
    with bench.serve(answer(err(b"alive\n"))) as daemon:
        assert bench.run("daemon", "status", "--json").stderr == b"alive\n"
        one_shot(bench.run("-v", "daemon", "restart"))
    assert len(daemon.starts) == 1


@pytest.mark.parametrize("flag", ["--version", "-V"])
def test_the_version_needs_nobody(bench: Bench, flag: str) -> None:
    done = bench.run(flag, HOB_RUNTIME_DIR="/no/such/place", HOB_PYTHON="/no/such/python")
    machine = os.uname().machine
    assert done.stdout.decode() == f"hob 0.1.0 ({machine}-unknown-linux-gnu)\n"
    assert (done.returncode, done.stderr) == (0, b"")
