"""Read a zip file strictly: what two readers could understand differently is refused.

    [local header, data] ... [central directory] [zip64 end] [zip64 locator] [end record]
    0 ──────────────────────────────────────────────────────────────────────────── end of file

Only the central directory counts. Every entry's local header must agree with it, entries may not overlap, the file
begins with the first entry and ends with the end record. Data may not unpack to more, or less, than the directory says:
so the size that an archive claims is the size it can take on disk.
"""

import mmap
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from hobd.core.formats.wheel import InvalidWheel

_END = struct.Struct("<4s4H2LH")
_LOCATOR = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_STORED, _DEFLATED = 0, 8
_HAS_DESCRIPTOR = 0x8
_LONGEST_DESCRIPTOR = 24
"""Bytes behind the data of an entry that was written as a stream."""

_MOST_DEFLATE_CAN_SAVE = 1040
"""Deflate packs at most 1032 bytes into one; the rest is for headers of tiny streams."""

_CHUNK = 1 << 20


class Member(Struct):
    """One entry of the directory."""

    name: str
    method: int
    flags: int
    crc: int
    packed_size: int
    size: int
    offset: int
    mode: int
    """Unix mode bits; 0 where the archive was not made on Unix."""
    start: int = 0
    """Where its data begins, behind its own header; known once the layout was checked."""

    @property
    def is_folder(self) -> bool:
        """Whether it stands for a folder."""
        return self.name.endswith("/")


class Archive:
    """An open zip file. Use as a context manager."""

    def __init__(self, path: Path) -> None:
        """Map the file.

        Raises:
            InvalidWheel: it is too short to be a zip file.
            OSError: it cannot be read.
        """
        with open(path, "rb") as file:
            try:
                self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            except ValueError as error:
                raise InvalidWheel("the file is empty") from error

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, *error: object) -> None:
        self._bytes.close()

    def members(self) -> list[Member]:
        """All entries in the order of the directory, checked as the module's text says.

        Raises:
            InvalidWheel: the file is no zip file, or an ambiguous one.
        """
        count, size, offset, end = self._find_directory()
        if offset + size != end:
            raise InvalidWheel("the central directory does not end where the end record begins")
        members = list(self._directory(count, offset, end))
        self._check_layout(members, offset)
        return members

    def read(self, member: Member) -> Iterator[bytes]:
        """The unpacked content, in pieces.

        Raises:
            InvalidWheel: it is damaged, or of another size than the directory says.
        """
        packed = memoryview(self._bytes)[member.start : member.start + member.packed_size]
        pieces = _inflate(packed, member) if member.method == _DEFLATED else _slices(packed)
        crc, total = 0, 0
        try:
            for piece in pieces:
                crc, total = zlib.crc32(piece, crc), total + len(piece)
                yield piece
        except zlib.error as error:
            raise InvalidWheel(f"`{member.name}` is damaged: {error}") from error
        finally:
            packed.release()
        if total != member.size or crc != member.crc:
            raise InvalidWheel(f"`{member.name}` is damaged: its size or checksum is not what the archive says")

    def _find_directory(self) -> tuple[int, int, int, int]:
        """Number of entries, size and offset of the directory, and where it must end."""
        at = len(self._bytes) - _END.size
        if at < 0:
            raise InvalidWheel("the file is too short to be a zip file")
        if self._bytes[at : at + 4] != b"PK\x05\x06":
            at = self._bytes.rfind(b"PK\x05\x06", max(0, at - 0xFFFF))
        if at < 0:
            raise InvalidWheel("the file is not a zip file: it has no end record")
        _, disk, directory_disk, here, count, size, offset, comment = _END.unpack_from(self._bytes, at)
        if at + _END.size + comment != len(self._bytes):
            raise InvalidWheel("ZIP file contains trailing contents after the end-of-central-directory record")
        if disk or directory_disk or here != count:
            raise InvalidWheel("the zip file is spread over several files")
        if count == 0xFFFF or 0xFFFFFFFF in (size, offset):
            return self._find_directory64(at)
        return count, size, offset, at

    def _find_directory64(self, end: int) -> tuple[int, int, int, int]:
        locator = end - _LOCATOR.size
        if locator < 0 or self._bytes[locator : locator + 4] != b"PK\x06\x07":
            raise InvalidWheel("the zip file has no zip64 locator")
        _, _, at, _ = _LOCATOR.unpack_from(self._bytes, locator)
        if at + _END64.size > locator or self._bytes[at : at + 4] != b"PK\x06\x06":
            raise InvalidWheel("the zip file has no zip64 end record where its locator says")
        *_, count, size, offset = _END64.unpack_from(self._bytes, at)
        return count, size, offset, at

    def _directory(self, count: int, at: int, end: int) -> Iterator[Member]:
        for _ in range(count):
            if at + _CENTRAL.size > end or self._bytes[at : at + 4] != b"PK\x01\x02":
                raise InvalidWheel("the central directory is damaged")
            fields = _CENTRAL.unpack_from(self._bytes, at)
            made_by, flags, method, crc, packed, size = fields[1], fields[3], fields[4], fields[7], fields[8], fields[9]
            name_length, extra_length, comment_length = fields[10], fields[11], fields[12]
            attributes, offset = fields[15], fields[16]
            at += _CENTRAL.size
            raw_name = self._bytes[at : at + name_length]
            extra = self._bytes[at + name_length : at + name_length + extra_length]
            at += name_length + extra_length + comment_length
            size, packed, offset = _widen(extra, size, packed, offset)
            mode = attributes >> 16 if made_by >> 8 == 3 else 0
            yield Member(_decode(raw_name, flags), method, flags, crc, packed, size, offset, mode)
        if at != end:
            raise InvalidWheel("the central directory has more entries than the end record says")

    def _check_layout(self, members: list[Member], directory: int) -> None:
        """Entries follow each other from the first byte on, without overlap, and local headers say the same as the directory."""
        position, slack = 0, 0
        for member in sorted(members, key=lambda one: one.offset):
            _check_member(member)
            if not position <= member.offset <= position + slack:
                raise InvalidWheel(f"`{member.name}` does not begin where it may: the archive has overlapping or hidden parts")
            member.start = self._data_start(member)
            position = member.start + member.packed_size
            slack = _LONGEST_DESCRIPTOR if member.flags & _HAS_DESCRIPTOR else 0
        if not position <= directory <= position + slack:
            raise InvalidWheel("the central directory does not begin where the last entry ends")

    def _data_start(self, member: Member) -> int:
        at = member.offset
        if at + _LOCAL.size > len(self._bytes) or self._bytes[at : at + 4] != b"PK\x03\x04":
            raise InvalidWheel(f"`{member.name}` has no header where the archive says")
        fields = _LOCAL.unpack_from(self._bytes, at)
        name_length, extra_length = int(fields[9]), int(fields[10])
        at += _LOCAL.size
        if fields[3] != member.method or _decode(self._bytes[at : at + name_length], fields[2]) != member.name:
            raise InvalidWheel(f"`{member.name}` is named or packed differently in its own header")
        claims = (member.crc, member.packed_size, member.size)
        if not fields[2] & _HAS_DESCRIPTOR and any(own not in (claim, 0xFFFFFFFF) for own, claim in zip(fields[6:9], claims, strict=True)):
            raise InvalidWheel(f"`{member.name}` has other sizes in its own header")
        return at + name_length + extra_length


def _check_member(member: Member) -> None:
    if member.flags & 0x1:
        raise InvalidWheel(f"`{member.name}` is encrypted")
    if member.method not in (_STORED, _DEFLATED):
        raise InvalidWheel(f"`{member.name}` is packed with method {member.method}, which wheels may not use")
    if member.method == _STORED and member.packed_size != member.size:
        raise InvalidWheel(f"`{member.name}` is stored, but has two different sizes")
    if member.size > member.packed_size * _MOST_DEFLATE_CAN_SAVE:
        raise InvalidWheel(f"`{member.name}` claims a size that its data cannot unpack to")


def _widen(extra: bytes, size: int, packed: int, offset: int) -> tuple[int, int, int]:
    """Sizes and offset, of which those that do not fit into 32 bits are in the zip64 field."""
    if 0xFFFFFFFF not in (size, packed, offset):
        return size, packed, offset
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind == 1:
            wide = iter(struct.unpack_from(f"<{length // 8}Q", extra, at + 4))
            try:
                size, packed, offset = (next(wide) if value == 0xFFFFFFFF else value for value in (size, packed, offset))
            except RuntimeError as error:
                raise InvalidWheel("a zip64 field of the archive is too short") from error
            return size, packed, offset
        at += 4 + length
    raise InvalidWheel("a zip64 field of the archive is missing")


def _decode(raw: bytes, flags: int) -> str:
    """A name: UTF-8 where the archive says so, and where it merely is (as nearly all tools write it)."""
    if b"\0" in raw:
        raise InvalidWheel(f"Archive contains unacceptable filename: {raw.decode('utf-8', 'replace')!r}")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        if flags & 0x800:
            raise InvalidWheel(f"Archive contains unacceptable filename: {raw!r}") from None
        return raw.decode("cp437")


def _slices(packed: memoryview) -> Iterator[bytes]:
    for start in range(0, len(packed), _CHUNK):
        yield bytes(packed[start : start + _CHUNK])


def _inflate(packed: memoryview, member: Member) -> Iterator[bytes]:
    """Unpack, but never more than one byte beyond the claimed size."""
    machine = zlib.decompressobj(-15)
    left = member.size + 1
    piece: bytes | memoryview = packed
    while left > 0:
        out = machine.decompress(piece, min(left, _CHUNK))
        left -= len(out)
        if out:
            yield out
        piece = machine.unconsumed_tail
        if machine.eof or (not piece and not out):
            break
    if machine.eof and machine.unused_data:
        raise InvalidWheel(f"`{member.name}` has bytes behind its data")
