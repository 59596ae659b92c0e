"""The engines: started at once, given calls, recycled when they have grown, let go when nobody needs them.

submit -> queue -> engine that answers, with room -> call
               \\-> all busy: a second engine
death  -> its calls: once more if that does no harm and nothing was said yet, else the client hears of it
"""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress

import anyio
from anyio.abc import TaskGroup

from hob.v1 import daemon_pb2 as daemon_v1
from hob.v1 import engine_pb2 as engine_v1
from hob.v1 import execute_pb2 as execute_v1
from hobd.front.admission import Queue
from hobd.front.calls import Call
from hobd.front.engine_process import SILENT_SECONDS, EngineNews, EngineProcess
from hobd.front.recorder import Recorder

MOST_ENGINES = 2
_MOST_FAILED_STARTS = 2
"""Engines that may die before they are ready, one after the other, until waiting calls are told."""
_START_SECONDS = 30
"""What an engine gets from its start to its hello."""
_TRIM_SHARE = 0.75
"""Of the memory cap: from here on an engine is asked to let go of what it can make again."""


class Engines:
    """All engines of this daemon, and the calls that wait for one."""

    def __init__(
        self,
        *,
        command: list[str],
        environment: Mapping[str, str],
        queue: Queue,
        recorder: Recorder,
        on_verdict: Callable[[Call], None],
        on_watch: Callable[[engine_v1.Watch], None],
        on_done: Callable[[Call], None],
        on_all_gone: Callable[[], None],
        memory_cap_bytes: int,
        idle_seconds: float,
    ) -> None:
        self._command = command
        self._environment = environment
        self._queue = queue
        self._recorder = recorder
        self._news = EngineNews(on_change=self._on_change, on_verdict=on_verdict, on_watch=on_watch, on_done=on_done)
        self._on_all_gone = on_all_gone
        self._memory_cap_bytes = memory_cap_bytes
        self._idle_seconds = idle_seconds
        self._engines: list[EngineProcess] = []
        self._failed_starts = 0
        self._is_stopping = False
        self._all_gone = anyio.Event()
        self._tasks: TaskGroup | None = None

    def open(self, tasks: TaskGroup) -> None:
        """Begin: engines live in `tasks`. One that was spawned early starts to be heard."""
        self._tasks = tasks
        for engine in self._engines:
            tasks.start_soon(self._live, engine)

    def spawn(self) -> None:
        """Start an engine, so that it is ready when it is needed. May be called before `open`."""
        engine = EngineProcess(self._command, self._environment, self._news)
        self._engines.append(engine)
        self._recorder.note("engine started", pid=engine.pid)
        if self._tasks is not None:
            self._tasks.start_soon(self._live, engine)

    def submit(self, call: Call) -> None:
        """Have an engine work on a call, as soon as one can."""
        self._queue.put(call)
        self._dispatch()

    def say(self, call: Call, request: execute_v1.ExecuteRequest) -> None:
        """Pass on what the client says. A call that still waits for an engine is cancelled here."""
        is_cancel = request.WhichOneof("kind") == "cancel"
        call.is_cancelled = call.is_cancelled or is_cancel
        is_heard = call.hear(request)
        if call.worker is not None and is_heard:
            call.worker.say(call, request)
        elif is_cancel and self._queue.remove(call):
            call.end("", 130)

    def leave(self, call: Call) -> None:
        """Nobody waits for a call any more."""
        call.abandon()
        self._queue.remove(call)
        for engine in self._engines:
            engine.leave(call)

    def forget(self, paths: list[bytes]) -> None:
        """Tell all engines which paths changed."""
        for engine in self._engines:
            engine.forget(paths)

    def describe(self) -> list[daemon_v1.Engine]:
        """What `hob daemon status` says about them."""
        return [engine.describe() for engine in self._engines]

    def dump_stacks(self) -> None:
        """Have all engines write their stacks to the log."""
        for engine in self._engines:
            engine.dump_stacks()

    async def is_alive_within(self, seconds: float) -> bool:
        """Whether an engine answers in time; having none, idle, is as good."""
        for engine in self._engines:
            if engine.is_ready and await engine.is_alive_within(seconds):
                return True
        return not self._engines

    async def stop(self) -> None:
        """End all engines: those that have no call left, in good order."""
        self._is_stopping = True
        for engine in self._engines:
            engine.retire()
        if self._engines:
            with anyio.move_on_after(1):
                await self._all_gone.wait()
        for engine in self._engines:
            engine.kill()

    def kill(self) -> None:
        """End all engines now."""
        for engine in self._engines:
            engine.kill()

    def _dispatch(self) -> None:
        """Give waiting calls to engines that can take them; see to it that there will be one for the rest."""
        while len(self._queue) and (engine := self._choose()) is not None:
            call = self._queue.pop()
            if call is not None:
                engine.give(call)

    def _choose(self) -> EngineProcess | None:
        """The engine for the next call; `None` if it has to wait, in which case something is on its way."""
        with_room = sorted((engine for engine in self._engines if engine.has_room), key=lambda engine: len(engine.calls))
        if answering := next((engine for engine in with_room if engine.is_answering), None):
            return answering
        for engine in with_room:
            if engine.ask() and self._tasks is not None:
                self._tasks.start_soon(self._look_again)
        if any(not engine.is_silent for engine in with_room):
            return None  # the answer, or its absence, comes within SILENT_SECONDS
        if any(not engine.is_ready and not engine.is_retiring for engine in self._engines):
            return None  # it is starting
        if len(self._engines) < MOST_ENGINES and not self._is_stopping:
            self.spawn()
            return None
        return with_room[0] if with_room else None

    async def _look_again(self) -> None:
        await anyio.sleep(SILENT_SECONDS)
        self._dispatch()

    def _on_change(self) -> None:
        for engine in self._engines:
            self._mind_memory(engine)
        self._dispatch()

    def _mind_memory(self, engine: EngineProcess) -> None:
        """Recycle an engine between calls when it has grown over the cap; before that, ask it to let go of something."""
        if engine.calls or engine.is_retiring or not engine.is_ready or not engine.answered or self._is_stopping:
            return
        size = engine.memory_bytes
        if size > self._memory_cap_bytes:
            self._recorder.note("engine recycled", pid=engine.pid, memory_bytes=size)
            engine.retire()
            if len(self._engines) < MOST_ENGINES:
                self.spawn()
        elif size > self._memory_cap_bytes * _TRIM_SHARE:
            engine.trim()

    async def _live(self, engine: EngineProcess) -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._end_when_idle, engine)
            with suppress(OSError):
                await engine.live()
            tasks.cancel_scope.cancel()
        self._engines.remove(engine)
        self._after_death(engine)

    async def _end_when_idle(self, engine: EngineProcess) -> None:
        """Verdicts cover the no-ops that come after a pause, so that an idle engine may go; so may one that does not start."""
        with anyio.move_on_after(_START_SECONDS):
            await engine.ready.wait()
        while engine.ready.is_set():
            quiet_seconds = 0.0 if engine.calls else time.monotonic() - engine.used_at
            if quiet_seconds >= self._idle_seconds:
                break
            await anyio.sleep(self._idle_seconds - quiet_seconds)
        engine.retire()
        await anyio.sleep(2)
        engine.kill()

    def _after_death(self, engine: EngineProcess) -> None:
        """Answer for an engine that is gone."""
        self._recorder.note("engine gone", pid=engine.pid, calls=len(engine.calls), retired=engine.is_retiring)
        self._failed_starts = 0 if engine.ready.is_set() else self._failed_starts + 1
        for call in engine.calls.values():
            self._after_loss(call)
        if self._failed_starts >= _MOST_FAILED_STARTS:
            self._failed_starts = 0
            while (waiting := self._queue.pop()) is not None:
                waiting.end("error: hob's engine could not be started\n\nhint: `hob daemon logs` says why\n", 2)
        if not self._is_stopping:
            self._dispatch()
        if not self._engines:
            self._all_gone.set()
            self._on_all_gone()

    def _after_loss(self, call: Call) -> None:
        """Do a call again whose engine is gone, or tell its client."""
        call.worker = None
        if call.is_cancelled:
            call.end("", 130)
        elif call.may_be_sent_again:
            if self._is_stopping:
                return  # the stream is cut, and the client does it without a daemon
            call.phase = "waiting for another engine"
            call.begin_anew()
            self._queue.put_back(call)
        else:
            call.end("error: hob's engine died while it worked on this command\n\nhint: `hob daemon logs` says more\n", 2)
