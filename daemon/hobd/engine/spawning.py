"""Processes in the client's own context, asked for by events; or here, where the client is us."""

import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import anyio
from anyio.abc import ByteReceiveStream, Process

from hob.v1 import execute_pb2
from hobd.core.vocab.spawn import Finished
from hobd.engine.which import which

Send = Callable[[execute_pb2.Event], None]

_KEPT_BYTES = 32 << 20
"""How much of a stream is kept at least: its end."""
_LEFT_OUT = b"[what came before is left out: it was too much]\n"


class Kept:
    """What a process writes to one stream: all of it, or where that would fill the memory its end."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._is_cut = False

    def add(self, data: bytes) -> None:
        """More of it. Cutting off half at a time costs each byte one move at most."""
        self._data += data
        if len(self._data) > 2 * _KEPT_BYTES:
            del self._data[:-_KEPT_BYTES]
            self._is_cut = True

    def __bytes__(self) -> bytes:
        return _LEFT_OUT + bytes(self._data) if self._is_cut else bytes(self._data)


class LocalSpawner:
    """Starts processes as children of this one."""

    def __init__(self, linger_seconds: float = 2.0) -> None:
        """`linger_seconds`: how long output is still read after the end of a process, as a grandchild may hold it open for ever."""
        self._linger_seconds = linger_seconds

    async def run(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: Path | None = None,
        timeout_seconds: float | None = None,
        listen: Callable[[bytes], None] | None = None,
    ) -> Finished:
        """See `Spawner.run`."""
        command = [which(argv[0], env), *argv[1:]]
        out, err = Kept(), Kept()
        with anyio.fail_after(timeout_seconds):
            process = await anyio.open_process(command, env=dict(env), cwd=cwd or "/", stdin=subprocess.DEVNULL, start_new_session=True)
            async with process, anyio.create_task_group() as tasks:
                tasks.start_soon(_drain, process.stdout, out, listen)
                tasks.start_soon(_drain, process.stderr, err, listen)
                await _wait(process)
                tasks.cancel_scope.deadline = anyio.current_time() + self._linger_seconds
        return Finished(process.returncode or 0, bytes(out), bytes(err))


async def _drain(stream: ByteReceiveStream | None, into: Kept, listen: Callable[[bytes], None] | None) -> None:
    assert stream is not None  # both were asked for
    async for data in stream:
        into.add(data)
        if listen is not None:
            listen(data)


async def _wait(process: Process) -> None:
    try:
        await process.wait()
    except BaseException:
        kill_group(process.pid)
        raise


def kill_group(pid: int) -> None:
    """Kill a process and all that it started in its session."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


class _Child:
    def __init__(self, listen: Callable[[bytes], None] | None) -> None:
        self.out, self.err = Kept(), Kept()
        self.listen = listen
        self.code: int | None = None
        self.failure: str | None = None
        self.ended = anyio.Event()

    def hear(self, event: execute_pb2.SpawnEvent) -> None:
        kind = event.WhichOneof("kind")
        if kind in {"out_chunk", "err_chunk"}:
            data = event.out_chunk if kind == "out_chunk" else event.err_chunk
            (self.out if kind == "out_chunk" else self.err).add(data)
            if self.listen is not None:
                self.listen(data)
            return
        self.code, self.failure = (event.exit_code, None) if kind == "exit_code" else (None, event.failure)
        self.ended.set()


class ClientSpawner:
    """Asks the client to start processes: its limits, namespaces, cgroup and process group are theirs."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._children: dict[int, _Child] = {}
        self._next = 1

    def hear(self, event: execute_pb2.SpawnEvent) -> None:
        """What the client says of one of the processes."""
        if (child := self._children.get(event.id)) is not None:
            child.hear(event)

    async def run(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: Path | None = None,
        timeout_seconds: float | None = None,
        listen: Callable[[bytes], None] | None = None,
    ) -> Finished:
        """See `Spawner.run`. Whatever ends the wait ends the process too."""
        number, self._next = self._next, self._next + 1
        child = self._children[number] = _Child(listen)
        try:
            self._send(_spawn_event(number, [which(argv[0], env), *argv[1:]], env, cwd or Path("/")))
            with anyio.fail_after(timeout_seconds):
                await child.ended.wait()
        except BaseException:
            self._send(execute_pb2.Event(spawn=execute_pb2.Spawn(id=number, kill=True)))
            raise
        finally:
            del self._children[number]
        if child.failure is not None:
            raise OSError(child.failure)
        return Finished(child.code or 0, bytes(child.out), bytes(child.err))


def _spawn_event(number: int, argv: list[str], env: Mapping[str, str], cwd: Path) -> execute_pb2.Event:
    variables = [execute_pb2.EnvVar(name=os.fsencode(name), value=os.fsencode(value)) for name, value in env.items()]
    spawn = execute_pb2.Spawn(id=number, argv=[os.fsencode(word) for word in argv], env=variables, cwd=os.fsencode(cwd))
    return execute_pb2.Event(spawn=spawn)
