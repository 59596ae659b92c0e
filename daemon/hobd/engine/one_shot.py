"""The same engine without a daemon: one call, told by this process to its own standard streams."""

import os
import resource
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import anyio

from hob.v1 import execute_pb2
from hobd.build_id import build_id
from hobd.core.vocab.request import Lease
from hobd.engine.call import Call
from hobd.engine.memory import Memory
from hobd.engine.process import keep_pauses_short
from hobd.engine.spawning import LocalSpawner
from hobd.engine.speech import Speech, Stdio
from hobd.engine.which import which
from hobd.store.lease import hold_for_program


def main(argv: Sequence[bytes]) -> NoReturn:
    """Answer one command line and end as its answer says: with an exit code, or by becoming a program.

    Args:
        argv: the command line; the first is the program's name as it was called.

    This process is the caller's own: its environment is the request's. `HOB_CLIENT`, which names the client,
    is taken out of it.
    """
    keep_pauses_short()
    environ = dict(os.environb)
    program = environ.pop(b"HOB_CLIENT", b"") or os.path.abspath(argv[0])
    start = _start(argv, environ, program)
    stdio = Stdio()
    event = anyio.run(_answer, start, stdio)
    sys.stdout.flush()
    if stdio.faults and event.exit.code >= 0:
        _die_unwritten(stdio.faults)
    if event.WhichOneof("kind") == "exec":
        _become(event.exec, environ)
    if event.exit.code < 0:
        _die(-event.exit.code)
    os._exit(event.exit.code)


def _start(argv: Sequence[bytes], environ: dict[bytes, bytes], program: bytes) -> execute_pb2.Start:
    try:
        cwd = os.getcwdb()
    except FileNotFoundError:
        os.write(2, b"error: Current directory does not exist\n")
        os._exit(1)
    place = os.stat(cwd)
    mask = os.umask(0o077)  # noqa: TID251 - reading the mask means setting it; a one-shot run has one call
    os.umask(mask)  # noqa: TID251
    return execute_pb2.Start(
        client_build=build_id().encode(),
        cwd=cwd,
        cwd_dev=place.st_dev,
        cwd_ino=place.st_ino,
        argv=list(argv),
        env=[execute_pb2.EnvVar(name=name, value=value) for name, value in environ.items()],
        umask=mask,
        terminal=_terminal(),
        request_id=f"one-shot-{os.getpid()}-{time.time_ns()}",
        pid=os.getpid(),
        program=program,
    )


def _terminal() -> execute_pb2.Terminal:
    try:
        columns, rows = os.get_terminal_size(2)
    except OSError:
        columns = rows = 0
    is_tty = [os.isatty(descriptor) for descriptor in (0, 1, 2)]
    return execute_pb2.Terminal(stdin_is_tty=is_tty[0], stdout_is_tty=is_tty[1], stderr_is_tty=is_tty[2], columns=columns, rows=rows)


async def _answer(start: execute_pb2.Start, stdio: Stdio) -> execute_pb2.Event:
    interrupted: list[int] = []
    event = execute_pb2.Event(exit=execute_pb2.Exit(code=2))
    memory = Memory()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_listen_for_signals, tasks.cancel_scope, interrupted)
        async with memory.open():
            speech = Speech(stdio, progress=False)
            ending = await Call(start, speech, LocalSpawner(), memory, _log).tell()
            event = ending.event
        tasks.cancel_scope.cancel()
    if interrupted:
        return execute_pb2.Event(exit=execute_pb2.Exit(code=-interrupted[0]))
    return event


def _log(text: str) -> None:
    if os.environb.get(b"RUST_BACKTRACE", b"0") not in {b"", b"0"}:
        sys.stderr.write(text)


async def _listen_for_signals(scope: anyio.CancelScope, interrupted: list[int]) -> None:
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM, signal.SIGHUP) as signals:
        async for number in signals:
            interrupted.append(number)
            scope.cancel()


def _die(number: int) -> NoReturn:
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    os._exit(128 + number)


def _die_unwritten(faults: Mapping[int, OSError]) -> NoReturn:
    """End as the client does when nobody reads, or the disk is full."""
    error = faults.get(1)
    if error is None or isinstance(error, BrokenPipeError):
        _die(signal.SIGPIPE)
    with suppress(OSError):
        os.write(2, f"error: Failed to write output: {error.strerror} (os error {error.errno})\n".encode())
    os._exit(2)


def _become(spec: execute_pb2.ExecSpec, environ: dict[bytes, bytes]) -> NoReturn:
    for name in spec.env_unset:
        environ.pop(name, None)
    environ.update({variable.name: variable.value for variable in spec.env_set})
    if spec.cwd:
        os.chdir(spec.cwd)  # noqa: TID251 - this process is the caller's and about to become its program
    if spec.nofile_limit:
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = spec.nofile_limit if hard == resource.RLIM_INFINITY else min(spec.nofile_limit, hard)
        if wanted < spec.nofile_limit and spec.nofile_refused:
            os.write(2, spec.nofile_refused.replace(b"{}", str(hard).encode()))
            os._exit(2)
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    if spec.HasField("lease"):
        hold_for_program(Lease(path=Path(os.fsdecode(spec.lease.path)), places=tuple(spec.lease.bytes)))
    try:
        names = {os.fsdecode(name): os.fsdecode(value) for name, value in environ.items()}
        os.execve(which(os.fsdecode(spec.program), names), list(spec.argv), environ)
    except OSError as error:
        shown = os.fsdecode(spec.program)
        usual = f"error: Failed to spawn: {shown}\n  cause: {error.strerror} (os error {error.errno})\n"
        os.write(2, spec.not_found if isinstance(error, FileNotFoundError) else os.fsencode(usual))
        os._exit(2)
