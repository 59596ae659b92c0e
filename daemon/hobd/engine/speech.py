"""What a call says, as events: gathered into batches, numbered, and handed to whoever listens."""

import os
import threading
import time
from collections.abc import Callable

from hob.v1 import execute_pb2

CHUNK_BYTES = 64 * 1024
PROGRESS_DELAY_SECONDS = 0.5
PROGRESS_EVERY_SECONDS = 0.05

Listener = Callable[[list[execute_pb2.Event]], None]
"""Takes a batch of events. Called from any thread; must not block."""


class Speech:
    """A `Say` and a `ProgressSink` that turns what is said into events.

    All that was said to the end is also kept, up to a bound, so that a verdict can repeat it.
    """

    def __init__(self, listen: Listener, *, progress: bool, phase: Callable[[str], None] | None = None) -> None:
        self._listen = listen
        self._lock = threading.Lock()
        self._seq = 0
        self._shows_progress = progress
        self._phase = phase
        self._begun = time.monotonic()
        self._last_progress: dict[str, float] = {}
        self.kept: list[execute_pb2.Event] = []
        self._kept_bytes = 0
        self.is_whole = True

    def out(self, text: str) -> None:
        """See `Say.out`."""
        self._send_chunks(text.encode("utf-8", "surrogateescape"), is_out=True)

    def err(self, text: str) -> None:
        """See `Say.err`."""
        self._send_chunks(text.encode("utf-8", "surrogateescape"), is_out=False)

    def milestone(self, text: str) -> None:
        """See `Say.milestone`."""
        self.send(execute_pb2.Event(milestone=execute_pb2.Milestone(text=text)))

    def phase(self, text: str) -> None:
        """See `Say.phase`."""
        if self._phase is not None:
            self._phase(text)

    def update(self, key: str, label: str, done: int, total: int, unit: str = "bytes") -> None:
        """See `ProgressSink.update`: at most twenty times a second for each piece, and not in the first half second."""
        now = time.monotonic()
        if not self._shows_progress or now - self._begun < PROGRESS_DELAY_SECONDS:
            return
        if now - self._last_progress.get(key, 0.0) < PROGRESS_EVERY_SECONDS:
            return
        self._last_progress[key] = now
        self.send(execute_pb2.Event(progress=execute_pb2.Progress(key=key, label=label, done=done, total=total, unit=unit)), keep=False)

    def finish(self, key: str) -> None:
        """See `ProgressSink.finish`."""
        if self._last_progress.pop(key, None) is not None:
            self.send(execute_pb2.Event(progress=execute_pb2.Progress(key=key, is_finished=True)), keep=False)

    def send(self, event: execute_pb2.Event, *, keep: bool = True) -> None:
        """Number one event and hand it on."""
        with self._lock:
            self._seq += 1
            event.seq = self._seq
            if keep:
                self._keep(event)
            self._listen([event])

    def _send_chunks(self, data: bytes, *, is_out: bool) -> None:
        for start in range(0, len(data), CHUNK_BYTES):
            chunk = execute_pb2.Chunk(data=data[start : start + CHUNK_BYTES])
            self.send(execute_pb2.Event(out_chunk=chunk) if is_out else execute_pb2.Event(err_chunk=chunk))

    def _keep(self, event: execute_pb2.Event) -> None:
        self._kept_bytes += event.ByteSize()
        self.is_whole = self.is_whole and self._kept_bytes <= 16 * CHUNK_BYTES
        if self.is_whole:
            self.kept.append(event)
        else:
            self.kept.clear()


class Stdio:
    """A listener that writes to this process's own standard streams: the one-shot run's ear."""

    def __init__(self) -> None:
        self.faults: dict[int, OSError] = {}
        """Why a stream could not be written to; nothing more is tried on it."""

    def __call__(self, events: list[execute_pb2.Event]) -> None:
        """Write the chunks, forget the rest."""
        for event in events:
            kind = event.WhichOneof("kind")
            if kind == "out_chunk":
                self._write(1, event.out_chunk.data)
            elif kind == "err_chunk":
                self._write(2, event.err_chunk.data)

    def _write(self, descriptor: int, data: bytes) -> None:
        if descriptor in self.faults:
            return
        try:
            write_all(descriptor, data)
        except OSError as error:
            self.faults[descriptor] = error


def write_all(descriptor: int, data: bytes) -> None:
    """Write all of `data`; raises OSError as `write` does."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
