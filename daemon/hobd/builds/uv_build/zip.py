"""Zip archives laid out as uv lays them out, to the byte where nothing is compressed (APPNOTE 6.3).

header, name, bytes ─ header, name, bytes ─ … ─ the directory: a row for each ─ the end, which says where that begins

`zipfile` cannot say that a plain name is UTF-8, nor that a stored file needs an older reader than a packed one.
"""

import struct
import zlib
from typing import BinaryIO

from hobd.builds.uv_build.faults import CannotBuild

_MOST_BYTES = 0xFFFFFFFF
_MOST_MEMBERS = 0xFFFF
_WRITTEN_BY = 0x033F
"""Unix, version 6.3 of the format."""
_NAMES_ARE_UTF8 = 0x0800
_STORED, _PACKED = 0, 8
_TIME, _DATE = 0, 0x0021
"""1980-01-01, the first day there is."""
_FILE, _FOLDER = 0o100000, 0o040755


class ZipWriter:
    """Writes members one after the other: the same members give the same bytes."""

    def __init__(self, stream: BinaryIO, *, packs: bool = True) -> None:
        """`packs`: whether files are compressed."""
        self._stream = stream
        self._packs = packs
        self._place = 0
        self._directory: list[bytes] = []

    def add_folder(self, path: str) -> None:
        """Add a folder; the path ends with a slash."""
        self._add(path, b"", _FOLDER, needs=20, method=_STORED)

    def add_file(self, path: str, content: bytes, mode: int) -> None:
        """Add a file.

        Args:
            mode: permissions.
        """
        self._add(path, content, _FILE | mode, needs=20 if self._packs else 10, method=_PACKED if self._packs else _STORED)

    def finish(self) -> None:
        """Write the directory, and the end.

        Raises:
            CannotBuild: there is more than the format has room for.
        """
        rows = b"".join(self._directory)
        count = len(self._directory)
        if self._place + len(rows) > _MOST_BYTES or count > _MOST_MEMBERS:
            raise CannotBuild("Failed to write wheel zip archive", causes=("It would exceed 4 GiB or 65535 members",))
        self._stream.write(rows)
        self._stream.write(struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(rows), self._place, 0))

    def _add(self, path: str, content: bytes, mode: int, *, needs: int, method: int) -> None:
        name = path.encode("utf-8", "surrogateescape")
        body = _packed(content) if method == _PACKED else content
        if len(content) > _MOST_BYTES or self._place > _MOST_BYTES:
            raise CannotBuild("Failed to write wheel zip archive", causes=(f"`{path}` is too large",))
        common = struct.pack(
            "<5H3L2H", needs, _NAMES_ARE_UTF8, method, _TIME, _DATE, zlib.crc32(content), len(body), len(content), len(name), 0
        )
        self._stream.write(b"PK\3\4" + common + name + body)
        row = struct.pack("<4sH", b"PK\1\2", _WRITTEN_BY) + common + struct.pack("<3H2L", 0, 0, 0, mode << 16, self._place)
        self._directory.append(row + name)
        self._place += 4 + len(common) + len(name) + len(body)


def _packed(content: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()
