"""What the daemon says, the client does."""

import fcntl
import itertools
import os
import resource
import select
import signal
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from hob.v1 import execute_pb2 as v1
from tests.client.conftest import Bench
from tests.client.fake_daemon import Conversation, accepted, answer, end, err, out


def test_chunks_go_to_their_streams_and_the_code_is_the_daemons(bench: Bench) -> None:
    with bench.serve(answer(out(b"one\n"), err(b"note\n"), out(b"two\n"), end(3))) as daemon:
        done = bench.run("lock", "--check")
    assert (done.returncode, done.stdout, done.stderr) == (3, b"one\ntwo\n", b"note\n")
    assert daemon.starts[0].argv == [os.fsencode(bench.client.hob), b"lock", b"--check"]


def test_the_context_goes_to_the_daemon_as_bytes(bench: Bench) -> None:
    strange = b"\xff\xfe=\n"
    with bench.serve(answer()) as daemon:
        environment = {os.fsencode(name): os.fsencode(value) for name, value in bench.environment.items()}
        subprocess.run(
            [bench.client.hob, "run", strange], cwd=bench.project, env=environment | {b"STRANGE": strange}, check=True, umask=0o027
        )
    start = daemon.starts[0]
    assert start.argv[1:] == [b"run", strange]
    assert {variable.name: variable.value for variable in start.env}[b"STRANGE"] == strange
    assert start.cwd == os.fsencode(bench.project)
    assert (start.cwd_dev, start.cwd_ino) == (bench.project.stat().st_dev, bench.project.stat().st_ino)
    assert start.umask == 0o027
    assert start.client_build == bench.client.build.encode()
    assert start.program == os.fsencode(bench.client.hob)
    assert not start.terminal.stdin_is_tty
    assert start.mnt_ns == os.stat("/proc/self/ns/mnt").st_ino


def test_an_environment_larger_than_the_first_window_arrives_whole(bench: Bench) -> None:
    large = {f"LARGE_{number}": str(number) * 100_000 for number in range(9)}
    with bench.serve(answer()) as daemon:
        assert bench.run("sync", **large).returncode == 0
    found = {variable.name.decode(): variable.value.decode() for variable in daemon.starts[0].env}
    assert {name: found[name] for name in large} == large


def test_a_socket_path_may_be_longer_than_an_address(bench: Bench) -> None:
    folder = bench.root / ("long-" * 24)
    folder.mkdir(mode=0o700)
    with bench.serve(answer(out(b"far away\n"))) as daemon:
        bench.path("v1-{}.sock").rename(folder / bench.path("v1-{}.sock").name)
        assert bench.run("tree", HOB_RUNTIME_DIR=str(folder)).stdout == b"far away\n"
    assert len(daemon.starts) == 1


def test_data_waits_for_the_end_and_messages_do_not(bench: Bench) -> None:
    may_end = threading.Event()

    def script(conversation: Conversation) -> Iterator[v1.Event]:
        yield from (accepted(), out(b"data\n"), err(b"working\n"))
        may_end.wait(20)
        yield end()

    with bench.serve(script), bench.start("export") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stderr.readline() == b"working\n"
        os.set_blocking(process.stdout.fileno(), False)
        assert process.stdout.read() is None
        may_end.set()
        process.wait(20)
        assert process.stdout.read() == b"data\n"


def test_much_data_comes_out_whole(bench: Bench) -> None:
    pieces = [bytes([number]) * 65_536 for number in range(150)]
    with bench.serve(answer(*map(out, pieces))):
        assert bench.run("export").stdout == b"".join(pieces)


def test_the_client_becomes_the_program_with_its_own_pid(bench: Bench) -> None:
    tools = bench.root / "tools"
    tools.mkdir()
    (tools / "program").write_text('#!/bin/sh\nprintf \'%s|\' "$0" "$@" "$SET" "${UNSET-gone}" "$KEPT" "$PWD" $$ "$(ulimit -n)"\nexit 5\n')
    (tools / "program").chmod(0o755)
    spec = v1.ExecSpec(
        argv=[b"program", b"a b", b"\xff"],
        program=b"program",
        env_set=[v1.EnvVar(name=b"PATH", value=os.fsencode(f"{tools}:/usr/bin:/bin")), v1.EnvVar(name=b"SET", value=b"1")],
        env_unset=[b"UNSET"],
        cwd=os.fsencode(tools),
        nofile_limit=200,
    )
    with bench.serve(answer(out(b"before|"), v1.Event(exec=spec))), bench.start("run", "program", UNSET="x", KEPT="2") as process:
        found, _ = process.communicate(timeout=20)
    told = [os.fsencode(tools / "program"), b"a b", b"\xff", b"1", b"gone", b"2", os.fsencode(tools), str(process.pid).encode(), b"200"]
    assert found.split(b"|") == [b"before", *told, b""]
    assert process.returncode == 5


def test_a_limit_of_files_that_is_above_the_hard_one_is_refused_where_it_was_asked_for(bench: Bench) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for refused, expected in ((b"most is {}!", (2, b"", f"most is {hard}!".encode())), (b"", (0, f"{hard}\n".encode(), b""))):
        spec = v1.ExecSpec(argv=[b"sh", b"-c", b"ulimit -n"], program=b"/bin/sh", nofile_limit=hard + 1, nofile_refused=refused)
        with bench.serve(answer(v1.Event(exec=spec))):
            done = bench.run("run")
            assert (done.returncode, done.stdout, done.stderr) == expected


def test_a_program_keeps_its_lease_as_long_as_it_runs_and_its_children_do_not(bench: Bench) -> None:
    lock = bench.root / "lock"
    lock.touch()
    command = [b"sh", b"-c", b"sleep 30 >/dev/null 2>&1 & echo $!; read line; exit 0"]
    spec = v1.ExecSpec(argv=command, program=b"/bin/sh", lease=v1.Lease(path=os.fsencode(lock), bytes=[0, 1 << 56]))
    with bench.serve(answer(v1.Event(exec=spec))), bench.start("run", stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        child = int(process.stdout.readline())
        assert [is_free(lock, place) for place in (0, 1, 1 << 56)] == [False, True, False]
        process.stdin.close()
        process.wait(20)
        assert is_free(lock, 0)
        os.kill(child, signal.SIGKILL)


def test_a_lease_that_is_not_to_be_had_hinders_nothing(bench: Bench) -> None:
    spec = v1.ExecSpec(argv=[b"echo", b"ran"], program=b"/bin/echo", lease=v1.Lease(path=b"/no/such/file", bytes=[0]))
    with bench.serve(answer(v1.Event(exec=spec))):
        assert bench.run("run").stdout == b"ran\n"


def is_free(lock: Path, place: int) -> bool:
    """Whether nobody holds a byte of a file."""
    with lock.open("r+b") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
        except OSError:
            return False
    return True


def test_what_runs_afterwards_can_be_ended_by_a_broken_pipe(bench: Bench) -> None:
    spec = v1.ExecSpec(argv=[b"grep", b"SigIgn", b"/proc/self/status"], program=b"/bin/grep")
    with bench.serve(answer(v1.Event(exec=spec))):
        ignored = int(bench.run("run").stdout.split()[1], 16)
    assert not ignored & 1 << (signal.SIGPIPE - 1)


def test_a_program_that_is_not_there_is_named_as_the_daemon_says(bench: Bench) -> None:
    spec = v1.ExecSpec(argv=[b"nothing"], program=b"nothing", not_found=b"error: Failed to spawn: `nothing`\n")
    with bench.serve(answer(v1.Event(exec=spec))):
        done = bench.run("run", "nothing")
    assert (done.returncode, done.stderr) == (2, b"error: Failed to spawn: `nothing`\n")


def test_a_program_that_may_not_run_is_named_with_the_reason(bench: Bench) -> None:
    locked = bench.root / "locked"
    locked.write_text("")
    spec = v1.ExecSpec(argv=[b"locked"], program=os.fsencode(locked), not_found=b"not there\n")
    with bench.serve(answer(v1.Event(exec=spec))):
        done = bench.run("run", "locked")
    assert done.returncode == 2
    assert done.stderr.decode() == f"error: Failed to spawn: {locked}\n  cause: Permission denied (os error 13)\n"


def test_nobody_at_a_terminal_means_the_default_answer(bench: Bench) -> None:
    def script(conversation: Conversation) -> Iterator[v1.Event]:
        yield accepted()
        yield v1.Event(prompt=v1.Prompt(id=4, text="Sure? "))
        heard = conversation.hear()
        assert heard is not None
        yield out(f"{heard.answer.id} {heard.answer.is_default}".encode())
        yield end()

    with bench.serve(script):
        done = bench.run("publish")
    assert (done.stdout, done.stderr) == (b"4 True", b"")


def start_at_terminal(bench: Bench, *words: str) -> tuple[subprocess.Popen[bytes], int]:
    """Start the client at a terminal of its own; the other end of it."""
    leader, follower = os.openpty()
    termios.tcsetwinsize(follower, (24, 60))
    take = "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
    command = [sys.executable, "-c", take, str(bench.client.hob), *words]
    process = subprocess.Popen(
        command, cwd=bench.project, env=bench.environment, stdin=follower, stdout=follower, stderr=follower, start_new_session=True
    )
    os.close(follower)
    return process, leader


def test_a_person_at_the_terminal_answers(bench: Bench) -> None:
    def script(conversation: Conversation) -> Iterator[v1.Event]:
        yield accepted()
        yield v1.Event(prompt=v1.Prompt(id=1, text="Name? "))
        name = conversation.hear()
        yield v1.Event(prompt=v1.Prompt(id=2, text="Password? ", is_secret=True))
        secret = conversation.hear()
        assert name is not None
        assert secret is not None
        yield err(f"<{name.answer.text}|{secret.answer.text}>".encode())
        yield end(6)

    with bench.serve(script) as daemon:
        process, terminal = start_at_terminal(bench, "publish")
        seen = _until(terminal, b"Name? ")
        os.write(terminal, b"ada\n")
        seen += _until(terminal, b"Password? ")
        os.write(terminal, b"swordfish\n")
        seen += _until(terminal, b"swordfish>")
        assert process.wait(20) == 6
    os.close(terminal)
    assert b"<ada|swordfish>" in seen
    assert seen.count(b"swordfish") == 1
    assert daemon.starts[0].terminal.stderr_is_tty
    assert (daemon.starts[0].terminal.columns, daemon.starts[0].terminal.rows) == (60, 24)


def test_an_interrupt_at_a_question_shows_again_what_is_typed(bench: Bench) -> None:
    def script(conversation: Conversation) -> Iterator[v1.Event]:
        yield accepted()
        yield v1.Event(prompt=v1.Prompt(id=1, text="Password? ", is_secret=True))
        heard = conversation.hear()
        assert heard is not None
        assert heard.HasField("cancel")
        yield end(130)

    with bench.serve(script):
        process, terminal = start_at_terminal(bench, "publish")
        _until(terminal, b"Password? ")
        assert not termios.tcgetattr(terminal)[3] & termios.ECHO
        os.write(terminal, b"\x03")
        assert process.wait(20) == -signal.SIGINT
        assert termios.tcgetattr(terminal)[3] & termios.ECHO
    os.close(terminal)


def test_progress_is_drawn_and_taken_away_and_a_new_size_is_told(bench: Bench) -> None:
    def script(conversation: Conversation) -> Iterator[v1.Event]:
        yield accepted()
        heard = None
        for done in itertools.count():
            yield v1.Event(progress=v1.Progress(key="n", label="numpy", done=done, total=1000))
            if is_seen.wait(0.02):
                break
        heard = conversation.hear()
        assert heard is not None
        yield err(f"{heard.resize.columns}x{heard.resize.rows}\n".encode())
        yield end()

    is_seen = threading.Event()
    with bench.serve(script):
        process, terminal = start_at_terminal(bench, "sync")
        seen = _until(terminal, b"numpy")
        termios.tcsetwinsize(terminal, (30, 90))
        is_seen.set()
        seen += _until(terminal, b"90x30")
        assert process.wait(20) == 0
    os.close(terminal)
    assert b"\x1b[1A\r\x1b[J90x30" in seen


def _until(terminal: int, wanted: bytes) -> bytes:
    seen = b""
    while wanted not in seen:
        seen += os.read(terminal, 1024)
    return seen


def spawn(number: int, *argv: str, cwd: Path, **variables: str) -> v1.Event:
    environment = [v1.EnvVar(name=name.encode(), value=value.encode()) for name, value in variables.items()]
    return v1.Event(spawn=v1.Spawn(id=number, argv=[word.encode() for word in argv], env=environment, cwd=os.fsencode(cwd)))


def test_build_hooks_run_in_the_clients_context(bench: Bench) -> None:
    heard: list[v1.SpawnEvent] = []

    def script(conversation: Conversation) -> Iterator[v1.Event]:
        yield accepted()
        yield spawn(1, "/bin/sh", "-c", 'echo "$ONLY $HOME $PPID"; echo bad >&2; pwd; exit 9', cwd=bench.root, ONLY="this")
        yield spawn(2, "/no/such/program", cwd=bench.root)
        while len({event.id for event in heard if event.WhichOneof("kind") in {"exit_code", "failure"}}) < 2:
            request = conversation.hear()
            assert request is not None
            heard.append(request.spawn_event)
        yield end()

    with bench.serve(script), bench.start("build") as process:
        assert process.wait(20) == 0
    told = {kind: b"".join(getattr(event, kind) for event in heard if event.id == 1) for kind in ("out_chunk", "err_chunk")}
    assert told["out_chunk"].decode().splitlines() == [f"this  {process.pid}", str(bench.root)]
    assert told["err_chunk"] == b"bad\n"
    assert [event.exit_code for event in heard if event.id == 1 and event.HasField("exit_code")] == [9]
    assert any("No such file" in event.failure for event in heard if event.id == 2)


def test_a_process_ends_when_the_daemon_wants_that(bench: Bench) -> None:
    codes: list[tuple[int, int]] = []

    def script(conversation: Conversation) -> Iterator[v1.Event]:
        yield accepted()
        yield spawn(1, "/bin/sleep", "60", cwd=bench.root)
        yield spawn(2, "/bin/sh", "-c", "echo ready; sleep 60", cwd=bench.root)
        assert conversation.hear() is not None
        for number in (2, 1):
            yield v1.Event(spawn=v1.Spawn(id=number, kill=True))
            while (request := conversation.hear()) is not None and not request.spawn_event.HasField("exit_code"):
                pass
            assert request is not None
            codes.append((request.spawn_event.id, request.spawn_event.exit_code))
        yield end()

    with bench.serve(script), bench.start("sync") as process:
        assert process.wait(20) == 0
    assert codes == [(2, -signal.SIGKILL), (1, -signal.SIGKILL)]


def test_a_file_that_the_kernel_cannot_start_is_no_program(bench: Bench) -> None:
    script = bench.root / "script"
    script.write_text("echo a shell read it\n")
    script.chmod(0o755)
    for program, variables in ((str(script), []), ("script", [v1.EnvVar(name=b"PATH", value=os.fsencode(bench.root))])):
        spec = v1.ExecSpec(argv=[b"script"], program=program.encode(), env_set=variables, not_found=b"not there\n")
        with bench.serve(answer(v1.Event(exec=spec))):
            done = bench.run("run", "script")
        assert (done.returncode, done.stdout) == (2, b"")
        assert done.stderr.decode() == f"error: Failed to spawn: {program}\n  cause: Exec format error (os error 8)\n"


def test_cancelling_ends_a_build_hook_and_what_it_started(bench: Bench) -> None:
    codes: list[int] = []

    def script(conversation: Conversation) -> Iterator[v1.Event]:
        yield accepted()
        yield spawn(1, "/bin/sh", "-c", "sleep 60 & echo $!; wait", cwd=bench.root, PATH="/usr/bin:/bin")
        first = conversation.hear()
        assert first is not None
        yield err(first.spawn_event.out_chunk)
        while (request := conversation.hear()) is not None:
            if request.spawn_event.HasField("exit_code"):
                codes.append(request.spawn_event.exit_code)
                yield end(1)
                return

    with bench.serve(script), bench.start("build") as process:
        assert process.stderr is not None
        grandchild = os.pidfd_open(int(process.stderr.readline()))
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == -signal.SIGTERM
    assert codes == [-signal.SIGTERM]
    assert select.select([grandchild], [], [], 20)[0], "it was told to end"
    os.close(grandchild)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_cancels_and_ends_the_client_in_its_own_way(bench: Bench, number: signal.Signals) -> None:
    def script(conversation: Conversation) -> Iterator[v1.Event]:
        yield from (accepted(), err(b"working\n"))
        heard = conversation.hear()
        assert heard is not None
        assert heard.HasField("cancel")
        yield err(f"force: {heard.cancel.force}\n".encode())
        yield end(130)

    with bench.serve(script), bench.start("sync") as process:
        assert process.stderr is not None
        assert process.stderr.readline() == b"working\n"
        process.send_signal(number)
        assert process.wait(20) == -number
        assert process.stderr.read() == b"force: False\n"


def test_the_second_interrupt_forces_and_the_third_waits_for_nothing(bench: Bench) -> None:
    forces: list[bool] = []

    def script(conversation: Conversation) -> Iterator[v1.Event]:
        yield from (accepted(), err(b"working\n"))
        while (request := conversation.hear()) is not None:
            forces.append(request.cancel.force)
            yield err(b"still working\n")

    with bench.serve(script), bench.start("sync") as process:
        assert process.stderr is not None
        for _ in range(3):
            process.stderr.readline()
            process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
    assert forces == [False, True]


def test_an_ignored_hangup_stays_ignored(native_bench: Bench) -> None:
    may_end = threading.Event()

    def script(conversation: Conversation) -> Iterator[v1.Event]:
        yield from (accepted(), err(b"working\n"))
        may_end.wait(20)
        yield end(4)

    with native_bench.serve(script):
        command = ["/bin/sh", "-c", 'trap "" HUP; exec "$0" sync', str(native_bench.client.hob)]
        with subprocess.Popen(command, cwd=native_bench.project, env=native_bench.environment, stderr=subprocess.PIPE) as process:
            assert process.stderr is not None
            process.stderr.readline()
            process.send_signal(signal.SIGHUP)
            may_end.set()
            assert process.wait(20) == 4


def test_when_nobody_reads_the_messages_the_command_is_cancelled(bench: Bench) -> None:
    heard: list[v1.ExecuteRequest | None] = []
    may_go_on = threading.Event()

    def script(conversation: Conversation) -> Iterator[v1.Event]:
        yield from (accepted(), err(b"working\n"))
        may_go_on.wait(20)
        yield err(b"more\n")
        heard.append(conversation.hear())
        yield end(0)

    with bench.serve(script), bench.start("sync") as process:
        assert process.stderr is not None
        process.stderr.readline()
        process.stderr.close()
        may_go_on.set()
        assert process.wait(20) == -signal.SIGPIPE
    assert heard[0] is not None
    assert heard[0].HasField("cancel")


def test_when_nobody_reads_the_data_the_client_ends_as_a_filter_does(bench: Bench) -> None:
    with bench.serve(answer(err(b"ready\n"), *[out(b"x" * 65_536)] * 4)), bench.start("export") as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(20) == -signal.SIGPIPE


def test_hobx_is_tool_run(bench: Bench) -> None:
    hobx = bench.client.folder / "hobx"
    if not hobx.exists():
        hobx.hardlink_to(bench.client.hob)
    with bench.serve(answer()) as daemon:
        subprocess.run([hobx, "ruff", "-q"], cwd=bench.project, env=bench.environment, check=True)
    assert daemon.starts[0].argv[1:] == [b"tool", b"run", b"ruff", b"-q"]
    assert daemon.starts[0].program == os.fsencode(bench.client.hob)


def test_progress_stays_off_a_pipe(bench: Bench) -> None:
    news = v1.Event(progress=v1.Progress(key="a", label="numpy", done=1, total=2, unit="bytes"))
    with bench.serve(answer(news, err(b"done\n"))):
        assert bench.run("sync").stderr == b"done\n"
