"""The engine's life: frames in, calls told side by side, frames out.

    front ──EngineFrame──▶ reader ──▶ a task for each call ──▶ outbox ──EngineFrame──▶ front

The outbox gathers what a call said since the last write into one frame: a message costs a hundred times what
an event costs. The engine ends when the front's end of the socket does.
"""

import os
import resource
import socket
import sys
from collections import deque
from importlib import import_module

import anyio
from anyio.abc import SocketStream, TaskGroup

from hob.v1 import engine_pb2, execute_pb2, verdict_pb2
from hobd.engine.call import Call
from hobd.engine.chores import Chores
from hobd.engine.frames import FrameReader, pack
from hobd.engine.memory import Memory
from hobd.engine.process import die_with_parent, give_memory_back, keep_memory_small, keep_pauses_short, resident_bytes
from hobd.engine.spawning import ClientSpawner, LocalSpawner
from hobd.engine.speech import Speech
from hobd.engine.umask import UmaskGate


class Outbox:
    """Frames on their way to the front. `put` may be called from any thread; events of one call are joined."""

    def __init__(self, stream: SocketStream) -> None:
        self._stream = stream
        self._waiting: deque[engine_pb2.EngineFrame] = deque()
        self._loop_token = anyio.lowlevel.current_token()
        self._wake = anyio.Event()

    def put(self, frame: engine_pb2.EngineFrame) -> None:
        """Send a frame soon."""
        self._waiting.append(frame)
        try:
            anyio.lowlevel.current_token()
        except anyio.NoEventLoopError:
            anyio.from_thread.run_sync(self._wake_up, token=self._loop_token)
        else:
            self._wake_up()

    def _wake_up(self) -> None:
        self._wake.set()

    async def run(self) -> None:
        """Write frames for ever."""
        while True:
            await self._wake.wait()
            self._wake = anyio.Event()
            await self.flush()

    async def flush(self) -> None:
        """Write all that waits."""
        while self._waiting:
            await self._stream.send(b"".join(pack(frame) for frame in self._joined()))

    def _joined(self) -> list[engine_pb2.EngineFrame]:
        joined: list[engine_pb2.EngineFrame] = []
        while self._waiting:
            frame = self._waiting.popleft()
            last = joined[-1] if joined else None
            if last is not None and last.call == frame.call and _is_response(last) and _is_response(frame):
                last.response.events.extend(frame.response.events)
            else:
                joined.append(frame)
        return joined


def _is_response(frame: engine_pb2.EngineFrame) -> bool:
    return bool(frame.WhichOneof("kind") == "response")


class Engine:
    """Answers the calls that one front hands it."""

    def __init__(self, stream: SocketStream) -> None:
        self._stream = stream
        self._outbox = Outbox(stream)
        self._chores = Chores(_log)
        self._memory = Memory(self._chores)
        self._scopes: dict[int, anyio.CancelScope] = {}
        self._spawners: dict[int, ClientSpawner] = {}
        self._umask = UmaskGate()
        self._is_stopping = False

    async def serve(self) -> None:
        """Answer until the front is gone or asks to stop."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._outbox.run)
            tasks.start_soon(self._chores.work, LocalSpawner())
            self._outbox.put(engine_pb2.EngineFrame(hello=engine_pb2.EngineHello(pid=os.getpid())))
            tasks.start_soon(anyio.to_thread.run_sync, warm_up)
            async with self._memory.open():
                await self._read(tasks)
                tasks.cancel_scope.cancel()

    async def _read(self, tasks: TaskGroup) -> None:
        reader = FrameReader(self._stream)
        while not (self._is_stopping and not self._scopes):
            try:
                frame = await reader.read()
            except (anyio.EndOfStream, anyio.BrokenResourceError):
                return
            self._take(frame, tasks)

    def _take(self, frame: engine_pb2.EngineFrame, tasks: TaskGroup) -> None:
        kind = frame.WhichOneof("kind")
        if kind == "request":
            self._take_request(frame.call, frame.request, tasks)
        elif kind == "gone":
            self._cancel(frame.call)
        elif kind == "forget":
            self._memory.forget(frame.forget.paths)
        elif kind == "ask":
            self._take_ask(frame.ask)

    def _take_request(self, call: int, request: execute_pb2.ExecuteRequest, tasks: TaskGroup) -> None:
        kind = request.WhichOneof("kind")
        if kind == "start":
            self._scopes[call] = anyio.CancelScope()
            tasks.start_soon(self._tell, call, request.start)
        elif kind == "cancel":
            self._cancel(call)
        elif kind == "spawn_event" and call in self._spawners:
            self._spawners[call].hear(request.spawn_event)

    def _take_ask(self, ask: engine_pb2.EngineAsk) -> None:
        if ask.trim:
            self._memory.trim()
            give_memory_back()
        if ask.stop:
            self._is_stopping = True
        if ask.state:
            self._outbox.put(engine_pb2.EngineFrame(state=self._state()))

    def _cancel(self, call: int) -> None:
        if (scope := self._scopes.get(call)) is not None:
            scope.cancel()

    def _state(self) -> engine_pb2.EngineState:
        return engine_pb2.EngineState(memory_bytes=resident_bytes(), calls=self._memory.calls, facts=self._memory.facts())

    async def _tell(self, number: int, start: execute_pb2.Start) -> None:
        def listen(events: list[execute_pb2.Event]) -> None:
            last = events[-1].WhichOneof("kind")
            if last not in {"exit", "exec"}:  # the end goes out after the verdict
                self._outbox.put(engine_pb2.EngineFrame(call=number, response=execute_pb2.ExecuteResponse(events=events)))

        def phase(text: str) -> None:
            self._outbox.put(engine_pb2.EngineFrame(call=number, phase=engine_pb2.Phase(text=text)))

        speech = Speech(listen, progress=start.terminal.stderr_is_tty, phase=phase)
        client = ClientSpawner(speech.send)
        if "spawn" in start.capabilities:
            self._spawners[number] = client
        spawner = client if "spawn" in start.capabilities else LocalSpawner()
        ending = execute_pb2.Event(exit=execute_pb2.Exit(code=130))
        verdict: verdict_pb2.Verdict | None = None
        try:
            with self._scopes[number], self._chores.put_off():
                async with self._umask.under(start.umask):
                    end = await Call(start, speech, spawner, self._memory, _log).tell()
                    ending, verdict = end.event, end.verdict
        finally:
            self._scopes.pop(number, None)
            self._spawners.pop(number, None)
            self._memory.calls += 1
            self._close(number, ending, verdict, speech)

    def _close(self, number: int, ending: execute_pb2.Event, verdict: verdict_pb2.Verdict | None, speech: Speech) -> None:
        if verdict is not None:
            self._outbox.put(engine_pb2.EngineFrame(call=number, verdict=verdict))
        if not ending.seq:
            speech.send(ending)  # numbers it; the listener leaves the end to us
        self._outbox.put(engine_pb2.EngineFrame(call=number, response=execute_pb2.ExecuteResponse(events=[ending])))
        self._outbox.put(engine_pb2.EngineFrame(state=self._state()))


_WARM = (
    *("hobd.cli.lock", "hobd.cli.sync", "hobd.cli.run", "hobd.service.syncs.sync", "hobd.service.runs.run"),
    *("aiohttp", "hobd.sources.index", "hobd.sources.knowledge", "hobd.sources.remote_metadata"),
    *("hobd.service.builds.building", "hobd.service.locks.resolutions", "hobd.core.lockfile.render"),
)
"""What first calls are likely to need: those that find everything in order first, then those that ask the network (0.3 s and 11 MiB)."""


def warm_up() -> None:
    """Import what the first call will need, while nobody waits for it."""
    for module in _WARM:
        import_module(module)


def _log(text: str) -> None:
    """To the daemon's log: standard error is it."""
    sys.stderr.write(text)
    sys.stderr.flush()


async def _serve(descriptor: int) -> None:
    stream = await SocketStream.from_socket(socket.socket(fileno=descriptor))
    async with stream:
        await Engine(stream).serve()


def main(fd: int) -> None:
    """Run an engine on the inherited socket `fd` until its other end closes."""
    die_with_parent()
    keep_pauses_short()
    keep_memory_small()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    anyio.run(_serve, fd)
