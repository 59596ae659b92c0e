"""Frames between front and engine: a 4 byte big-endian length, then an `EngineFrame`."""

import struct

from anyio.abc import ByteReceiveStream

from hob.v1 import engine_pb2
from hobd.errors import InternalError

LARGEST_FRAME_BYTES = 64 * 1024 * 1024
_LENGTH = struct.Struct(">I")


def pack(frame: engine_pb2.EngineFrame) -> bytes:
    """The bytes of one frame."""
    body = frame.SerializeToString()
    return _LENGTH.pack(len(body)) + body


class FrameReader:
    """Takes frames from a stream of bytes."""

    def __init__(self, stream: ByteReceiveStream) -> None:
        self._stream = stream
        self._held = bytearray()

    async def read(self) -> engine_pb2.EngineFrame:
        """The next frame.

        Raises:
            anyio.EndOfStream: the other end is gone.
            InternalError: a frame of an impossible size: the other end does not speak this protocol.
        """
        (length,) = _LENGTH.unpack(await self._take(_LENGTH.size))
        if length > LARGEST_FRAME_BYTES:
            raise InternalError(f"a frame of {length} bytes is larger than {LARGEST_FRAME_BYTES}")
        return engine_pb2.EngineFrame.FromString(await self._take(length))

    async def _take(self, count: int) -> bytes:
        while len(self._held) < count:
            self._held += await self._stream.receive(max(65536, count - len(self._held)))
        taken = bytes(self._held[:count])
        del self._held[:count]
        return taken
