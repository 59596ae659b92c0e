"""One daemon serves, shows itself at once, makes way, and leaves nothing behind."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import anyio
import grpc
import pytest

from hob.v1 import daemon_pb2 as daemon_v1
from hob.v1 import execute_pb2 as execute_v1
from tests.front.eventually import eventually
from tests.front.hobd_process import ENVIRONMENT, FAKE_ENGINE, Hobd, finish, read_until


def wait(hobd: Hobd, seconds: float = 10) -> int:
    assert hobd.process is not None
    return hobd.process.wait(seconds)


async def test_a_daemon_shows_itself_to_its_user_alone(hobd: Hobd) -> None:
    assert stat.S_IMODE(hobd.places.socket.stat().st_mode) == 0o600
    info = json.loads(hobd.places.info.read_text())
    assert info["pid"] == hobd.pid
    assert info["instance"] == hobd.instance
    assert info["socket"] == str(hobd.places.socket)
    assert not hobd.private_sockets()


async def test_a_second_daemon_is_refused_and_changes_nothing(hobd: Hobd) -> None:
    second = Hobd(hobd.places.folder)
    line = second.start()
    assert json.loads(line.removeprefix("err "))["why"] == "owned"
    assert wait(second) == 1
    async with hobd.client() as client:
        assert (await client.execute("echo")).instance == hobd.instance


async def test_daemons_of_two_builds_live_side_by_side(hobd: Hobd) -> None:
    other = Hobd(hobd.places.folder, build="fedcba98")
    assert other.start().startswith("ok ")
    for daemon in (hobd, other):
        async with daemon.client() as client:
            assert (await client.execute("echo")).instance == daemon.instance
    other.stop()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
async def test_a_signal_ends_an_idle_daemon_and_cleans_up(hobd: Hobd, number: signal.Signals) -> None:
    os.kill(hobd.pid, number)
    assert wait(hobd, 3) == 0
    left = {path.name.split("-")[0] for path in hobd.places.folder.iterdir()}
    assert left <= {"hobd.log", "owner", "exit.json", "errors.txt"}
    assert json.loads(hobd.places.exits.read_text())[-1]["why"] == number.name


async def test_what_runs_is_finished_while_a_successor_already_serves(hobd: Hobd) -> None:
    async with hobd.client() as client:
        call = await client.begin("ask")
        await read_until(call, "prompt")
        await client.unary("hob.v1.DaemonService/Stop", daemon_v1.StopRequest(), daemon_v1.StopResponse)
        successor = Hobd(hobd.places.folder)
        assert successor.start().startswith("ok ")
        refused = await client.execute("echo")
        assert refused.events[0].refused.reason == execute_v1.Refused.REASON_DRAINING
        await call.write(execute_v1.ExecuteRequest(answer=execute_v1.Answer(id=1, text="done")))
        answer = await finish(call)
        assert (answer.out, answer.code) == ("done", 0)
    assert wait(hobd) == 0
    async with successor.client() as client:
        assert (await client.execute("echo")).instance == successor.instance
        status = json.loads((await client.execute("daemon", "status", "--json")).out)
        assert (status["previous_exit"]["pid"], status["previous_exit"]["why"]) == (hobd.pid, "asked to stop")
    successor.stop()


async def test_a_forced_stop_tells_who_may_not_be_repeated(hobd: Hobd) -> None:
    async with hobd.client() as client:
        once, again = await client.begin("publish"), await client.begin("wait")
        for call in (once, again):
            await read_until(call, "accepted")
        began = time.monotonic()
        await client.unary("hob.v1.DaemonService/Stop", daemon_v1.StopRequest(force=True), daemon_v1.StopResponse)
        assert (await finish(once)).code == 2
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await finish(again)  # its client does it anew
        assert caught.value.code() == grpc.StatusCode.UNAVAILABLE
        assert wait(hobd) == 0
        assert time.monotonic() - began < 5


async def test_a_second_signal_does_not_wait(hobd: Hobd) -> None:
    async with hobd.client() as client:
        await read_until(await client.begin("wait"), "accepted")
        os.kill(hobd.pid, signal.SIGTERM)
        await eventually(lambda: not hobd.places.socket.exists())
        os.kill(hobd.pid, signal.SIGTERM)
        assert wait(hobd, 5) == 0


async def test_an_idle_daemon_ends_and_one_that_works_does_not(runtime_dir: Path) -> None:
    hobd = Hobd(runtime_dir)
    hobd.start("--idle-seconds", "0.5")
    async with hobd.client() as client:
        call = await client.begin("wait")
        await read_until(call, "accepted")
        await anyio.sleep(0.8)
        assert (await client.status()).active_requests
        call.cancel()
    assert wait(hobd, 5) == 0
    assert json.loads(hobd.places.exits.read_text())[-1]["why"] == "idle"


async def test_engines_die_with_a_daemon_that_is_killed(hobd: Hobd) -> None:
    async with hobd.client() as client:
        engine = int((await client.execute("pid")).out)
    os.kill(hobd.pid, signal.SIGKILL)
    wait(hobd)
    await eventually(lambda: not Path(f"/proc/{engine}").exists() or "Z" in Path(f"/proc/{engine}/stat").read_text().split()[2])


@pytest.mark.parametrize("point", ["owner-locked", "bound", "renamed", "info-written", "unpublished", "drained"])
async def test_a_daemon_killed_anywhere_leaves_room_for_the_next(runtime_dir: Path, point: str) -> None:
    hobd = Hobd(runtime_dir)
    hobd.start(environment={**ENVIRONMENT, "HOB_TEST_CRASH_AT": f"{point}:1"})
    assert hobd.process is not None
    if hobd.process.poll() is None:
        hobd.process.terminate()
    assert wait(hobd) == -signal.SIGKILL
    successor = Hobd(runtime_dir)
    assert successor.start().startswith("ok ")
    async with successor.client() as client:
        assert (await client.execute("echo", "fine")).out == "fine\n"
    assert not successor.private_sockets()
    successor.stop()


@pytest.mark.parametrize("point", ["verdict-written", "verdict-published"])
async def test_a_daemon_killed_while_it_keeps_a_verdict_answered_before(runtime_dir: Path, tmp_path: Path, point: str) -> None:
    ground = tmp_path / "ground"
    ground.write_text("content")
    os.utime(ground, ns=(1, 1))
    await anyio.sleep(0.03)  # its inode change settles
    hobd = Hobd(runtime_dir)
    hobd.start(environment={**ENVIRONMENT, "HOB_TEST_CRASH_AT": f"{point}:1"})
    async with hobd.client() as client:
        call = await client.begin("verdict", str(ground))
        assert (await read_until(call, "exit")).exit.code == 0
    assert wait(hobd) == -signal.SIGKILL
    successor = Hobd(runtime_dir)
    successor.start()
    async with successor.client() as client:
        answer = await client.execute("verdict", str(ground))
        assert answer.out == "content 1"
        assert (answer.batches == 1) == (point == "verdict-published")
    successor.stop()


async def test_a_verdict_is_replayed_in_one_batch_until_its_file_changes(hobd: Hobd, tmp_path: Path) -> None:
    ground = tmp_path / "ground"
    ground.write_text("old")
    await anyio.sleep(0.03)
    async with hobd.client() as client:
        first = await client.execute("verdict", str(ground))
        again = await client.execute("verdict", str(ground))
        assert (first.out, again.out, again.batches) == ("old 1", "old 1", 1)
        assert [event.seq for event in again.events] == [1, 2, 3]
        ground.write_text("new")
        assert (await client.execute("verdict", str(ground))).out == "new 2"
        status = await client.status()
        assert status.replays == 1


async def test_events_reach_engines_as_hints(runtime_dir: Path, tmp_path: Path) -> None:
    ground, seen = tmp_path / "ground", runtime_dir / "seen"
    ground.write_text("old")
    hobd = Hobd(runtime_dir)
    hobd.start(environment={**ENVIRONMENT, "HOB_TEST_FORGET_FILE": str(seen)})
    async with hobd.client() as client:
        await client.execute("verdict", str(ground))
        with anyio.fail_after(5):
            while (await client.status()).watches == 0 or not seen.exists():
                ground.write_text("new")
                await anyio.sleep(0.05)
        assert str(ground) in seen.read_text().splitlines()
        assert (await client.status()).verdicts == 0
    assert hobd.stop() == 0  # at once, watching or not


async def test_without_watching_nothing_is_watched(runtime_dir: Path, tmp_path: Path) -> None:
    hobd = Hobd(runtime_dir)
    hobd.start(environment={**ENVIRONMENT, "HOB_TEST_WATCH": "off"})
    async with hobd.client() as client:
        (tmp_path / "ground").write_text("x")
        await client.execute("verdict", str(tmp_path / "ground"))
        status = json.loads((await client.execute("daemon", "status", "--json")).out)
    assert (status["watches"], status["watch_fault"]) == (0, "switched off")
    hobd.stop()


async def test_a_socket_in_a_deep_directory_works(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 90) / "hob"
    deep.mkdir(parents=True, mode=0o700)
    hobd = Hobd(deep)
    assert hobd.start().startswith("ok ")
    descriptor = os.open(deep, os.O_RDONLY)
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(f"/proc/self/fd/{descriptor}/{hobd.places.socket.name}")
    os.close(descriptor)
    assert hobd.stop() == 0


async def test_sigusr1_writes_what_happened_and_all_stacks_to_the_log(hobd: Hobd) -> None:
    os.kill(hobd.pid, signal.SIGUSR1)
    await eventually(lambda: "end of flight recorder" in hobd.log())
    assert "Current thread" in hobd.log()


def test_a_daemon_in_an_unfit_directory_says_why(runtime_dir: Path) -> None:
    runtime_dir.chmod(0o755)
    hobd = Hobd(runtime_dir)
    assert "can be entered by others" in hobd.start()
    assert wait(hobd) == 1


async def test_an_upgrade_makes_the_daemon_go(hobd: Hobd) -> None:
    """What is compared is tested here; that it is compared once a minute is not waited for."""
    from hobd.front.lifecycle import _installed

    assert _installed() == _installed()
    assert all(inode for inode, _ in _installed())


async def test_the_service_manager_hears_of_readiness_life_and_end(runtime_dir: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(runtime_dir / "notify"))
        manager.settimeout(10)
        hobd = Hobd(runtime_dir)
        hobd.start(environment={**ENVIRONMENT, "NOTIFY_SOCKET": str(runtime_dir / "notify"), "WATCHDOG_USEC": "200000"})
        heard = [manager.recv(4096).decode() for _ in range(3)]
        assert heard[0].startswith("READY=1\nSTATUS=serving ")
        assert heard[1:] == ["WATCHDOG=1", "WATCHDOG=1"]
        os.kill(hobd.pid, signal.SIGTERM)
        while (last := manager.recv(4096)) == b"WATCHDOG=1":
            pass
        assert last == b"STOPPING=1"
        assert wait(hobd) == 0


PASS_SOCKET = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1")
os.execv(sys.argv[2], sys.argv[2:])
"""


def start_with_socket(listener: socket.socket, command: list[str]) -> subprocess.Popen[bytes]:
    """Start a program as systemd does: the listening socket as descriptor 3."""
    wrapper = [sys.executable, "-c", PASS_SOCKET, str(listener.fileno()), *command]
    environment = {**ENVIRONMENT, "HOB_TEST_ENGINE": "\n".join(FAKE_ENGINE)}
    return subprocess.Popen(wrapper, env=environment, pass_fds=(listener.fileno(),))


async def test_a_socket_that_systemd_listens_on_is_served_and_left_alone(runtime_dir: Path) -> None:
    hobd = Hobd(runtime_dir)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(hobd.places.socket))
        listener.listen()
        command = [sys.executable, "-I", "-X", "utf8", "-m", "hobd", "serve", "--build", hobd.places.build, "--start-reason", "systemd"]
        command += ["--runtime-dir", str(runtime_dir)]
        hobd.process = start_with_socket(listener, command)
        async with hobd.client() as client:  # it waits in the backlog until the daemon has started
            assert (await client.execute("echo", "through")).out == "through\n"
            status = await client.status()
            assert (status.socket, status.start_reason) == (str(hobd.places.socket), "systemd")
        for _ in range(100):  # bytes keep their order on every new connection
            async with hobd.client() as client:
                assert (await client.execute("echo", "x" * 3000)).out == "x" * 3000 + "\n"
        assert hobd.stop() == 0
        assert hobd.places.socket.exists()
