"""The frames between the front and one engine: a 4 byte big-endian length and an `EngineFrame`, over a stream socket.

A frame is posted whole or not at all: whoever posts never waits, so that no cancellation can cut a frame in two.
"""

import socket
import struct
from collections import deque
from collections.abc import Callable
from contextlib import suppress

import anyio

from hob.v1 import engine_pb2 as engine_v1

_LENGTH = struct.Struct("!I")
_READ_BYTES = 1 << 18
_LONGEST_FRAME = 64 << 20
"""Bytes; a longer one can only be a broken engine."""


class BrokenLinkError(Exception):
    """The other end is gone, or does not speak in frames."""


class FrameReader:
    """Cuts a stream of bytes into frames."""

    def __init__(self) -> None:
        self._pending = bytearray()

    def feed(self, data: bytes) -> list[engine_v1.EngineFrame]:
        """The frames that `data` completes, in order.

        Raises:
            BrokenLinkError: a length that no frame has.
        """
        self._pending += data
        frames = []
        start = 0
        while len(self._pending) - start >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._pending, start)
            if length > _LONGEST_FRAME:
                raise BrokenLinkError(f"a frame of {length} bytes")
            end = start + _LENGTH.size + length
            if len(self._pending) < end:
                break
            frames.append(engine_v1.EngineFrame.FromString(bytes(self._pending[start + _LENGTH.size : end])))
            start = end
        del self._pending[:start]
        return frames


class Link:
    """One end of the socket pair, which it owns."""

    def __init__(self, end: socket.socket) -> None:
        end.setblocking(False)  # noqa: FBT003 - the standard library's signature
        self._socket = end
        self._unsent: deque[memoryview] = deque()
        self._has_unsent = anyio.Event()
        self._is_open = True

    def post(self, frame: engine_v1.EngineFrame) -> None:
        """Send a frame, now or as soon as the other end reads. Frames to one that is gone are dropped: its death is answered elsewhere."""
        if not self._is_open:
            return
        data = frame.SerializeToString()
        rest = memoryview(_LENGTH.pack(len(data)) + data)
        if not self._unsent:
            rest = rest[self._send_some(rest) :]
        if rest:
            self._unsent.append(rest)
            self._has_unsent.set()

    async def write_on(self) -> None:
        """Send what the socket did not take at once, for as long as the link lives."""
        while True:
            await self._has_unsent.wait()
            while self._unsent:
                await anyio.wait_writable(self._socket)
                rest = self._unsent[0]
                sent = self._send_some(rest)
                if sent == len(rest):
                    self._unsent.popleft()
                else:
                    self._unsent[0] = rest[sent:]
            self._has_unsent = anyio.Event()

    async def read_on(self, take: Callable[[engine_v1.EngineFrame], None], until_free: Callable[[], anyio.Event | None]) -> None:
        """Hand each frame to `take` until the other end closes.

        Args:
            take: called once for each frame, in order; never waits.
            until_free: an event to wait for before more is read, while somebody has too much to do; back-pressure.
        Raises:
            BrokenLinkError: what came is no frame.
        """
        reader = FrameReader()
        while True:
            while (free := until_free()) is not None:
                await free.wait()
            await anyio.wait_readable(self._socket)
            try:
                data = self._socket.recv(_READ_BYTES)
            except BlockingIOError:
                continue
            except OSError as error:
                raise BrokenLinkError(str(error)) from error
            if not data:
                return
            for frame in reader.feed(data):
                take(frame)

    def finish(self) -> None:
        """Say that nothing more will be posted; what the other end still says is read."""
        self._is_open = False
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Let go of the socket: the engine reads its end, and exits."""
        self._is_open = False
        self._socket.close()

    def _send_some(self, data: memoryview) -> int:
        try:
            return self._socket.send(data)
        except BlockingIOError:
            return 0
        except OSError:  # the other end is gone: the reader hears of it too
            self._is_open = False
            return len(data)
