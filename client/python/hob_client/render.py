"""What people and pipes get to see: errors at once, progress in between, data when the answer is whole."""

import os
import select
import tempfile
import time
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:  # gRPC and the messages take a tenth of a second: only a call that asks the daemon pays for them
    from hob.v1 import execute_pb2 as v1


HELD_BYTES = 8 * 1024 * 1024


class Output:
    """Errors at once, progress in between, data when the answer is whole."""

    def __init__(self, columns: int) -> None:
        self.columns = columns
        self.is_unread = False
        self.is_paused = False
        self._held: IO[bytes] = tempfile.SpooledTemporaryFile(HELD_BYTES)  # noqa: SIM115 - it ends with the process
        self._bars: dict[str, str] = {}
        self._drawn = 0
        self._next_drawing = time.monotonic() + 0.5

    def hold(self, data: bytes) -> None:
        """Keep data for standard output."""
        self._held.write(data)

    def tell(self, data: bytes) -> None:
        """Write to standard error, after the progress is taken away."""
        clear = f"\x1b[{self._drawn}A\r\x1b[J".encode() if self._drawn else b""
        self._drawn = 0
        try:
            write_all(2, clear + data)
        except OSError:
            self.is_unread = True

    def progress(self, news: "v1.Progress") -> None:
        """Take news of a piece of work, and draw what is under way if it is time to."""
        if news.is_finished:
            self._bars.pop(news.key, None)
        else:
            amount = f" {news.done * 100 // news.total} %" if news.total else ""
            self._bars[news.key] = "".join(filter(str.isprintable, news.label + amount))[: max(self.columns - 1, 0)]
        now = time.monotonic()
        if self.columns and not self.is_paused and now >= self._next_drawing:
            self._next_drawing = now + 0.08
            lines = list(self._bars.values())[:10]
            self.tell("".join(f"{line}\n" for line in lines).encode())
            self._drawn = len(lines)

    def finish(self) -> None:
        """Write the data that was held."""
        self.tell(b"")
        self._held.seek(0)
        while piece := self._held.read(1 << 18):
            write_all(1, piece)


def write_all(descriptor: int, data: bytes) -> None:
    """Write all of it, also where somebody made the descriptor non-blocking."""
    view = memoryview(data)
    while view:
        try:
            view = view[os.write(descriptor, view) :]
        except BlockingIOError:
            select.select([], [descriptor], [])
