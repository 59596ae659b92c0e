"""Tar archives laid out as uv lays them out: a pax header with path and size before each member (POSIX.1-2001, pax).

block of `PaxHeaders/N` ─ `path=…`, `size=…` ─ block of the member, its name cut to fit ─ its bytes ─ … ─ two empty blocks
"""

from typing import Protocol

_BLOCK = 512
_LONGEST_NAME, _LONGEST_PREFIX = 100, 155


class Stream(Protocol):
    """Where the archive goes."""

    def write(self, data: bytes, /) -> object:
        """Take bytes."""


class TarWriter:
    """Writes members one after the other: the same members give the same bytes."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._count = 0

    def add_file(self, path: str, content: bytes, *, is_executable: bool = False) -> None:
        """Add a file."""
        self._add(path, content, 0o755 if is_executable else 0o644, b"0")

    def add_folder(self, path: str) -> None:
        """Add a folder."""
        self._add(path, b"", 0o755, b"5")

    def finish(self) -> None:
        """Mark the end."""
        self._stream.write(bytes(2 * _BLOCK))

    def _add(self, path: str, content: bytes, mode: int, kind: bytes) -> None:
        whole = path.encode("utf-8", "surrogateescape")
        records = _record("path", whole) + _record("size", str(len(content)).encode())
        self._member(f"PaxHeaders/{self._count}".encode(), b"", records, 0o644, b"x")
        prefix, name = _split(whole) or (b"", f"PaxEntries/{self._count}".encode())
        self._member(name, prefix, content, mode, kind)
        self._count += 1

    def _member(self, name: bytes, prefix: bytes, content: bytes, mode: int, kind: bytes) -> None:
        self._stream.write(_header(name, prefix, len(content), mode, kind))
        self._stream.write(content)
        self._stream.write(bytes(-len(content) % _BLOCK))


def _record(key: str, value: bytes) -> bytes:
    """A pax record: it begins with its own length."""
    body = b" " + key.encode() + b"=" + value + b"\n"
    length = len(body)
    while length != len(body) + len(str(length)):
        length = len(body) + len(str(length))
    return str(length).encode() + body


def _split(path: bytes) -> tuple[bytes, bytes] | None:
    """Prefix and name of a path; None where neither field has room for it."""
    if len(path) <= _LONGEST_NAME:
        return b"", path
    place = path.rfind(b"/", 0, _LONGEST_PREFIX + 1)
    if place <= 0 or not 0 < len(path) - place - 1 <= _LONGEST_NAME:
        return None
    return path[:place], path[place + 1 :]


def _header(name: bytes, prefix: bytes, size: int, mode: int, kind: bytes) -> bytes:
    """A ustar header: no owner, no time."""
    numbers = b"%07o\0%07o\0%07o\0%011o\0%011o\0" % (mode, 0, 0, min(size, 0o77777777777), 0)
    head = name.ljust(_LONGEST_NAME, b"\0") + numbers
    tail = kind + bytes(100) + b"ustar\0" + b"00" + bytes(64) + b"%07o\0%07o\0" % (0, 0) + prefix.ljust(_LONGEST_PREFIX, b"\0") + bytes(12)
    checksum = sum(head) + 8 * ord(" ") + sum(tail)
    return head + b"%06o\0 " % checksum + tail
