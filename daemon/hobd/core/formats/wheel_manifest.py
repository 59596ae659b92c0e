"""What is in one unpacked wheel, kept beside it: linking needs no walk, and RECORD is half written already."""

from typing import NamedTuple

from msgspec import Struct

from hobd.core.formats.entry_points import ScriptEntry

SCHEMA = 2


class StoredFile(NamedTuple):
    """One file of the tree."""

    kind: str
    """Where it goes: `purelib`, `platlib`, `scripts`, `headers` or `data`; the wheel's root is one of the first two."""
    path: str
    """Below that place, with `/`."""
    source: str
    """Below the tree."""
    size: int
    mtime_ns: int
    """As it was written. A file of another time or size was changed by somebody."""
    is_executable: bool
    digest: str
    """Its cell in the wheel's RECORD, as it stands there; empty where RECORD does not list it."""
    recorded_size: str
    """Likewise; the true size where RECORD does not list it."""
    crc: int = 0
    """The CRC-32 of its content, as the archive has it: tells damage that size and time do not show. 0 where nobody knows it."""

    def is_of(self, size: int, mtime_ns: int) -> bool:
        """Whether a file of this size and time is as it was unpacked, as far as these tell."""
        return size == self.size and mtime_ns == self.mtime_ns


class Manifest(Struct, frozen=True, kw_only=True):
    """One unpacked wheel."""

    name: str
    """As `.dist-info` spells it."""
    version: str
    """Likewise."""
    is_purelib: bool
    tags: tuple[str, ...]
    files: tuple[StoredFile, ...]
    """Sorted by kind and path, without RECORD."""
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


class _Kept(NamedTuple):
    schema: int
    name: str
    version: str
    is_purelib: bool
    tags: tuple[str, ...]
    files: tuple[StoredFile, ...]
    scripts: tuple[tuple[str, str, str, bool], ...]
    is_built: bool
    created: float
    oddities: tuple[str, ...]
    own_row: tuple[str, str]
    is_record_executable: bool


def encode_manifest(manifest: Manifest) -> bytes:
    """As bytes for the disk: JSON arrays."""
    import msgspec

    scripts = tuple((script.name, script.module, script.function, script.is_gui) for script in manifest.scripts)
    kept = _Kept(
        SCHEMA,
        manifest.name,
        manifest.version,
        manifest.is_purelib,
        manifest.tags,
        manifest.files,
        scripts,
        manifest.is_built,
        manifest.created,
        manifest.oddities,
        manifest.own_row,
        manifest.is_record_executable,
    )
    return msgspec.json.encode(kept)


def decode_manifest(data: bytes) -> Manifest | None:
    """Back from the disk; None where it is damaged or of another schema."""
    import msgspec

    try:
        kept = msgspec.json.decode(data, type=_Kept)
    except (msgspec.DecodeError, msgspec.ValidationError):
        return None
    if kept.schema != SCHEMA:
        return None
    return Manifest(
        name=kept.name,
        version=kept.version,
        is_purelib=kept.is_purelib,
        tags=kept.tags,
        files=kept.files,
        scripts=tuple(ScriptEntry(*script) for script in kept.scripts),
        is_built=kept.is_built,
        created=kept.created,
        oddities=kept.oddities,
        own_row=kept.own_row,
        is_record_executable=kept.is_record_executable,
    )
