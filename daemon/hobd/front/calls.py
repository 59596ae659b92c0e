"""One command line on its way: what came from the client, what is to go to it, and how far it is."""

import time
from collections import deque
from typing import Protocol

import anyio

from hob.v1 import execute_pb2 as execute_v1
from hob.v1 import verdict_pb2 as verdict_v1
from hobd.front.asked_processes import Processes
from hobd.front.command_line import is_internal, is_repeatable, shown

_MOST_MERGED = 1 << 20
"""Bytes of one message to the client, when several wait to be sent; a client may refuse more than 4 MiB."""
_BACKLOG_LIMIT = 16 << 20
"""Bytes that wait for a client (stopped by Ctrl-Z, say) before its engine is no longer read."""

LAST_KINDS = frozenset({"exit", "exec", "refused"})
_HARMLESS_KINDS = frozenset({"progress", "spawn"})


class Worker(Protocol):
    """Whoever works on a call."""

    def say(self, call: "Call", request: execute_v1.ExecuteRequest) -> None:
        """Pass on what the client says."""


class Call:
    """One command line. The handler takes batches out; the engine's reader puts them in."""

    __slots__ = (
        "_backlog_bytes",
        "_free",
        "_has_output",
        "_outgoing",
        "_processes",
        "_sequence",
        "_wake",
        "accepted_at",
        "attempts",
        "code",
        "command",
        "id",
        "is_cancelled",
        "is_done",
        "is_repeatable",
        "phase",
        "start",
        "verdict",
        "worker",
    )

    def __init__(self, call_id: int, start: execute_v1.Start) -> None:
        self.id = call_id
        self.start = start
        self.command = shown(start.argv)
        self.phase = "waiting for an engine"
        self.accepted_at = time.monotonic()
        self.is_repeatable = is_repeatable(start.argv)
        self.is_cancelled = False
        self.is_done = False
        self.code: int | None = None
        self.attempts = 0
        self.worker: Worker | None = None
        self.verdict: verdict_v1.Verdict | None = None
        self._has_output = False
        self._sequence = 1  # `Accepted` was the first
        self._outgoing: deque[execute_v1.ExecuteResponse] = deque()
        self._backlog_bytes = 0
        self._processes = Processes()
        self._wake = anyio.Event()
        self._free: anyio.Event | None = None

    @property
    def is_internal(self) -> bool:
        """Whether the front itself asks, for an editor."""
        return is_internal(self.start.argv)

    @property
    def milliseconds(self) -> int:
        """Since it was accepted."""
        return int((time.monotonic() - self.accepted_at) * 1000)

    @property
    def may_be_sent_again(self) -> bool:
        """Whether another engine may do all of it once more: nothing was said to the user yet, and it does no harm."""
        return self.is_repeatable and not self._has_output and not self.is_cancelled and self.attempts < 2

    def begin_anew(self) -> None:
        """Another engine begins: what the client started for the last one is ended."""
        response = execute_v1.ExecuteResponse()
        response.events.extend(self._processes.forget_all())
        self._queue(response)

    def hear(self, request: execute_v1.ExecuteRequest) -> bool:
        """Take note of what the client says; whether that is for the engine that works on the call now."""
        return request.WhichOneof("kind") != "spawn_event" or self._processes.hear(request.spawn_event)

    @property
    def until_free(self) -> anyio.Event | None:
        """What to wait for before more is put in; `None` if there is room."""
        if self._backlog_bytes <= _BACKLOG_LIMIT or self.is_done:
            return None
        if self._free is None:
            self._free = anyio.Event()
        return self._free

    def take(self, response: execute_v1.ExecuteResponse) -> None:
        """Queue a batch for the client."""
        if self.is_done or not response.events:
            return
        for event in response.events:
            kind = event.WhichOneof("kind")
            if kind == "spawn":
                self._processes.ask(event.spawn)
            if kind in LAST_KINDS:
                self.is_done = True
                self.code = event.exit.code if kind == "exit" else 0
            elif kind not in _HARMLESS_KINDS:
                self._has_output = True
        self._queue(response)

    def _queue(self, response: execute_v1.ExecuteResponse) -> None:
        if not response.events:
            return
        for event in response.events:
            self._sequence += 1
            event.seq = self._sequence
        self._outgoing.append(response)
        self._backlog_bytes += response.ByteSize()
        self._wake.set()

    def end(self, text: str, code: int) -> None:
        """End the call from here: a line on standard error, if any, and an exit code."""
        response = execute_v1.ExecuteResponse()
        if text:
            response.events.add().err_chunk.data = text.encode()
        response.events.add().exit.code = code
        self.take(response)

    async def next_batch(self) -> execute_v1.ExecuteResponse | None:
        """All that waits for the client, as one message of bounded size; `None` after the last."""
        while not self._outgoing:
            if self.is_done:
                return None
            self._wake = anyio.Event()
            await self._wake.wait()
        batch = self._outgoing.popleft()
        size = batch.ByteSize()
        self._backlog_bytes -= size
        while self._outgoing and size + (more := self._outgoing[0].ByteSize()) <= _MOST_MERGED:
            batch.MergeFrom(self._outgoing.popleft())
            size += more
            self._backlog_bytes -= more
        if self._free is not None and self._backlog_bytes <= _BACKLOG_LIMIT:
            self._free.set()
            self._free = None
        return batch

    def abandon(self) -> None:
        """Nobody will take what waits: let go of whoever waits for room."""
        self._outgoing.clear()
        self._backlog_bytes = 0
        if self._free is not None:
            self._free.set()
            self._free = None
