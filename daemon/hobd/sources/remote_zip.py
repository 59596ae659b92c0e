"""A member of a zip archive on the web, read without the rest (RFC 9110, range requests).

[ … | member | … | central directory | end ]
          ↑ 2.            ↑ 1. the last 32 KiB usually hold all of it
"""

import io
import zipfile
from collections.abc import Callable, Mapping

from hobd.sources.failures import FetchFailed
from hobd.sources.http import HttpClient, Reply
from hobd.sources.wheel_members import read_text_member

_TAIL_BYTES = 32 * 1024
_HEADER_BYTES = 30 + 1024
"""A member's own header: fixed part, name and extra fields, generously."""
_MAX_REQUESTS = 8
_NO_RANGES = frozenset({400, 405, 416, 501})


ChooseMember = Callable[[list[str]], str]
"""The name of the wanted member among all names; raises where there is none."""


class RangesRefused(Exception):
    """The server gives whole files only."""


class _Missing(Exception):
    def __init__(self, start: int, end: int) -> None:
        super().__init__(start, end)
        self.start = start
        self.end = end


class SparseFile(io.RawIOBase):
    """A file of which some ranges are known. Reading others says which are missing."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._size = size
        self._position = 0
        self._known: list[tuple[int, bytes]] = []

    def learn(self, start: int, content: bytes) -> None:
        """From now on these bytes are known."""
        self._known.append((start, content))

    def seekable(self) -> bool:
        """Always."""
        return True

    def readable(self) -> bool:
        """Always."""
        return True

    def tell(self) -> int:
        """The position, in bytes."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move; a file this side of the web has no holes."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise OSError("negative seek position")
        self._position = base + offset
        return self._position

    def read(self, size: int = -1) -> bytes:
        """Read known bytes.

        Raises:
            _Missing: some of them are not known.
        """
        end = self._size if size is None or size < 0 else min(self._size, self._position + size)
        start, self._position = self._position, max(self._position, end)
        for known_start, content in self._known:
            if known_start <= start and end <= known_start + len(content):
                return content[start - known_start : end - known_start]
        if start >= end:
            return b""
        self._position = start
        raise _Missing(start, end)


class RemoteZip:
    """One archive on the web.

    Args:
        url: with or without credentials.
        headers: of every request; conditions may be among them.
    """

    def __init__(self, client: HttpClient, url: str, headers: Mapping[str, str]) -> None:
        self._client = client
        self._url = url
        self._headers = headers
        self._file: SparseFile | None = None

    async def open(self) -> Reply:
        """Ask for the archive's end.

        Returns:
            The reply, already read; its status is 304 where the conditions say that nothing has changed.
        Raises:
            RangesRefused: the server gives whole files only.
            FetchFailed: it gives nothing.
        """
        reply, content, start, size = await self._range(f"-{_TAIL_BYTES}")
        if reply.status != 304:
            self._file = SparseFile(size)
            self._file.learn(start, content)
        return reply

    async def read(self, choose: ChooseMember) -> bytes:
        """The member that `choose` names among all names.

        Raises:
            BadZipFile: it is no zip archive.
            HobError: what `choose` raises.
        """
        assert self._file is not None  # open() comes first
        for _ in range(_MAX_REQUESTS):
            try:
                return self._read(self._file, choose)
            except _Missing as missing:
                _, content, start, _ = await self._range(f"{missing.start}-{missing.end - 1}")
                self._file.learn(start, content)
        raise zipfile.BadZipFile("its directory leads in circles")

    def _read(self, file: SparseFile, choose: ChooseMember) -> bytes:
        file.seek(0)
        archive = zipfile.ZipFile(file)
        info = archive.getinfo(choose(archive.namelist()))
        end = info.header_offset + _HEADER_BYTES + len(info.filename) + info.compress_size
        file.seek(info.header_offset)
        file.read(end - info.header_offset)
        return read_text_member(archive, info.filename)

    async def _range(self, wanted: str) -> tuple[Reply, bytes, int, int]:
        """The reply, its content, where that starts, and the size of the whole file."""

        async def consume(reply: Reply) -> tuple[Reply, bytes, int, int]:
            if reply.status == 304:
                return reply, b"", 0, 0
            span = _content_range(reply.headers.get("Content-Range", ""))
            if reply.status != 206 or span is None:
                raise RangesRefused
            content = await reply.read()
            if len(content) != span[1] - span[0]:
                raise FetchFailed(reply.url, ("the answer is shorter than its range",), is_transient=True)
            return reply, content, span[0], span[2]

        headers = {**self._headers, "Range": f"bytes={wanted}", "Accept-Encoding": "identity"}
        return await self._client.fetch(self._url, consume, headers=headers, accept=_NO_RANGES)


def _content_range(text: str) -> tuple[int, int, int] | None:
    """Start, end (behind the last byte) and whole size of `bytes 5-9/200`."""
    unit, _, rest = text.partition(" ")
    span, _, size = rest.partition("/")
    start, _, last = span.partition("-")
    if unit.strip().lower() != "bytes" or not (start.isdigit() and last.isdigit() and size.strip().isdigit()):
        return None
    return int(start), int(last) + 1, int(size)
