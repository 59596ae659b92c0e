"""What is in one unpacked wheel, kept beside it: linking needs no walk, and RECORD is half written already."""

import hashlib
from collections.abc import Iterator
from typing import Literal

from msgspec import DecodeError, Struct, msgpack

from hobd.core.formats.entry_points import ScriptEntry
from hobd.core.formats.stored_files import StoredFile, StoredFiles

FILE_NAME = "manifest.msgpack"
"""Beside the tree."""


class Manifest(Struct, frozen=True, kw_only=True):
    """One unpacked wheel."""

    name: str
    """As `.dist-info` spells it."""
    version: str
    """Likewise."""
    is_purelib: bool
    tags: tuple[str, ...]
    groups: tuple[StoredFiles, ...]
    """All files but RECORD, sorted by kind and path."""
    scripts: tuple[ScriptEntry, ...]
    is_built: bool = False
    """Made here from source, not downloaded."""
    created: float = 0.0
    """Seconds since the epoch."""
    oddities: tuple[str, ...] = ()
    """What is not as a wheel has to be, in words; it can be installed nevertheless."""
    own_row: tuple[str, str] = ("", "")
    """Digest and size that the row of RECORD itself has: none, as a rule."""
    is_record_executable: bool = False
    """Some archives say that of every file."""

    @property
    def dist_info(self) -> str:
        """The folder of its metadata."""
        return f"{self.name}-{self.version}.dist-info"

    @property
    def root_kind(self) -> str:
        """Where the wheel's root goes."""
        return "purelib" if self.is_purelib else "platlib"

    @property
    def files(self) -> Iterator[StoredFile]:
        """All files but RECORD, one by one."""
        return (file for group in self.groups for file in group)

    @property
    def count(self) -> int:
        """How many files these are."""
        return sum(map(len, self.groups))

    @property
    def unpacking(self) -> bytes:
        """Tells one unpacking of the wheel from another: made of the times of its files."""
        return hashlib.blake2b(b"".join([group.times for group in self.groups]), digest_size=16).digest()


_Kept = tuple[Literal[3], Manifest]
"""The schema, and what it describes."""


def encode_manifest(manifest: Manifest) -> bytes:
    """As bytes for the disk: msgpack."""
    kept: _Kept = (3, manifest)
    return msgpack.encode(kept)


def decode_manifest(data: bytes) -> Manifest | None:
    """Back from the disk; None where it is damaged or of another schema."""
    try:
        kept: _Kept = msgpack.decode(data, type=_Kept)
    except DecodeError:  # or ValidationError, which is one
        return None
    return kept[1]
