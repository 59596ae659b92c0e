"""One spawned engine: its process, its link, the calls that it works on, and whether it answers."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

import anyio
from msgspec import Struct

from hob.v1 import daemon_pb2 as daemon_v1
from hob.v1 import engine_pb2 as engine_v1
from hob.v1 import execute_pb2 as execute_v1
from hobd.front.calls import Call
from hobd.front.link import BrokenLinkError, Link
from hobd.front.processes import memory_bytes

MOST_CALLS = 8
"""Calls that one engine works on at once."""
SILENT_SECONDS = 0.2
"""An engine that has not answered for so long is busy: its thread computes."""
_FRESH_SECONDS = 0.05
"""An engine that was heard so lately need not be asked."""
_STOP_SECONDS = 2.0
"""What an engine gets to finish when it is told to stop."""


class EngineNews(Struct, frozen=True, kw_only=True):
    """Whom an engine tells what: called from its reader, never waiting."""

    on_change: Callable[[], None]
    """It became ready, heard, or has room."""
    on_verdict: Callable[[Call], None]
    """A call is done whose answer may be replayed."""
    on_watch: Callable[[engine_v1.Watch], None]
    """It names directories worth watching."""
    on_done: Callable[[Call], None]
    """A call is done."""


def engine_command() -> list[str]:
    """How an engine is started, without the descriptor of its link."""
    return [sys.executable, "-I", "-X", "utf8", "-m", "hobd", "engine", "--fd"]


class EngineProcess:
    """An engine and its life."""

    def __init__(self, command: list[str], environment: Mapping[str, str], news: EngineNews) -> None:
        self.calls: dict[int, Call] = {}
        self.ready = anyio.Event()
        self.is_retiring = False
        self._is_gone = False
        self._trimmed_after = -1
        self.used_at = time.monotonic()
        self.answered = 0
        self._news = news
        self._facts: dict[str, str] = {}
        self._heard_at = 0.0
        self._given_at = 0.0
        self._asked_at: float | None = None
        self._pong = anyio.Event()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        with theirs:
            self._process = subprocess.Popen(
                [*command, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                env=dict(environment),
                pass_fds=(theirs.fileno(),),
                process_group=0,
            )
        self._link = Link(ours)

    @property
    def pid(self) -> int:
        """Its process id, which is also its process group's."""
        return self._process.pid

    @property
    def memory_bytes(self) -> int:
        """Resident, as it is now."""
        return memory_bytes(self.pid)

    @property
    def is_ready(self) -> bool:
        """Whether it takes calls."""
        return self.ready.is_set() and not self._is_gone

    @property
    def has_room(self) -> bool:
        """Whether it may be given another call."""
        return self.is_ready and not self.is_retiring and len(self.calls) < MOST_CALLS

    @property
    def is_silent(self) -> bool:
        """Whether it was asked for a sign of life and gave none in time."""
        return self._asked_at is not None and time.monotonic() - self._asked_at >= SILENT_SECONDS

    @property
    def is_answering(self) -> bool:
        """Whether it is known to answer at once: it has nothing to do, or was heard just now, after it got its last call."""
        if self.is_silent:
            return False
        is_fresh = self._given_at < self._heard_at and time.monotonic() - self._heard_at < _FRESH_SECONDS
        return is_fresh or not self.calls

    def ask(self) -> bool:
        """Ask for a sign of life. Returns whether the question is new."""
        if self._asked_at is not None:
            return False
        self._asked_at = time.monotonic()
        self._post(ask=engine_v1.EngineAsk(state=True))
        return True

    async def is_alive_within(self, seconds: float) -> bool:
        """Whether it answers in time."""
        self.ask()
        pong = self._pong
        with anyio.move_on_after(seconds):
            await pong.wait()
            return True
        return False

    def give(self, call: Call) -> None:
        """Have it work on a call."""
        call.worker = self
        call.attempts += 1
        call.phase = "working"
        self.calls[call.id] = call
        self.used_at = self._given_at = time.monotonic()
        self._post(call=call.id, request=execute_v1.ExecuteRequest(start=call.start))

    def say(self, call: Call, request: execute_v1.ExecuteRequest) -> None:
        """Pass on what the client says about a call."""
        if call.id in self.calls:
            self._post(call=call.id, request=request)

    def leave(self, call: Call) -> None:
        """Nobody waits for this call any more."""
        if self.calls.pop(call.id, None) is not None:
            self.used_at = time.monotonic()
            self._post(call=call.id, gone=engine_v1.ClientGone())
            self._finish_if_done()
            self._news.on_change()

    def forget(self, paths: list[bytes]) -> None:
        """Tell it which paths changed."""
        self._post(forget=engine_v1.Forget(paths=paths))

    def trim(self) -> None:
        """Have it drop what it can make again, once between two calls."""
        if self._trimmed_after == self.answered:
            return
        self._trimmed_after = self.answered
        self._post(ask=engine_v1.EngineAsk(trim=True))

    def retire(self) -> None:
        """Give it no more calls, and have it exit after those that it has."""
        self.is_retiring = True
        self._post(ask=engine_v1.EngineAsk(stop=True))
        self._finish_if_done()

    def describe(self) -> daemon_v1.Engine:
        """What `hob daemon status` says about it."""
        return daemon_v1.Engine(
            pid=self.pid, memory_bytes=self.memory_bytes, calls=self.answered, is_busy=bool(self.calls) or self.is_silent, facts=self._facts
        )

    async def live(self) -> None:
        """Read what it says until it is gone; returns when its process has been reaped."""
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._link.write_on)
                with suppress(BrokenLinkError):
                    await self._link.read_on(self._take, self._until_free)
                tasks.cancel_scope.cancel()
        finally:
            self._is_gone = True
            self._link.close()
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(self._bury)

    def kill(self) -> None:
        """End it and all that it started, now."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        with suppress(ProcessLookupError):
            self._process.kill()

    def dump_stacks(self) -> None:
        """Have it write its stacks to the log."""
        if self.is_ready:
            with suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGUSR1)

    def _bury(self) -> None:
        """Reap the process: it exits at the end of its link; what does not in time is killed."""
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        finally:
            self.kill()
            self._process.wait()

    def _until_free(self) -> anyio.Event | None:
        return next((event for call in self.calls.values() if (event := call.until_free) is not None), None)

    def _take(self, frame: engine_v1.EngineFrame) -> None:
        self._heard_at = time.monotonic()
        kind = frame.WhichOneof("kind")
        call = self.calls.get(frame.call)
        if kind == "response" and call is not None:
            self._take_response(call, frame.response)
        elif kind == "phase" and call is not None:
            call.phase = frame.phase.text or call.phase
            call.command = frame.phase.command or call.command
        elif kind == "verdict" and call is not None:
            call.verdict = frame.verdict
        elif kind == "watch":
            self._news.on_watch(frame.watch)
        elif kind == "hello":
            self.ready.set()
            self._news.on_change()
        elif kind == "state":
            self._take_state(frame.state)

    def _take_response(self, call: Call, response: execute_v1.ExecuteResponse) -> None:
        call.take(response)
        if not call.is_done:
            return
        del self.calls[call.id]
        self.used_at = time.monotonic()
        self.answered += 1
        if call.verdict is not None:
            self._news.on_verdict(call)
        self._news.on_done(call)
        self._finish_if_done()
        self._news.on_change()

    def _finish_if_done(self) -> None:
        if self.is_retiring and not self.calls:
            self._link.finish()

    def _take_state(self, state: engine_v1.EngineState) -> None:
        self._facts = dict(state.facts)
        self._asked_at = None
        self._pong.set()
        self._pong = anyio.Event()
        self._news.on_change()

    def _post(
        self,
        *,
        call: int = 0,
        request: execute_v1.ExecuteRequest | None = None,
        gone: engine_v1.ClientGone | None = None,
        ask: engine_v1.EngineAsk | None = None,
        forget: engine_v1.Forget | None = None,
    ) -> None:
        self._link.post(engine_v1.EngineFrame(call=call, request=request, gone=gone, ask=ask, forget=forget))
