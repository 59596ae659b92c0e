"""Files of the store in columns: thousands are read, told to `hob-files` and written into RECORD without an object for each."""

import struct
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from msgspec import Struct


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


class StoredFiles(Struct, frozen=True, array_like=True):
    """Files of one kind, each at the same place of every column. See `StoredFile` for what a column says."""

    kind: str
    joined_paths: str
    """NUL between them, as no path has one."""
    joined_sources: str
    """Likewise; empty where each is its path."""
    sizes: bytes
    """Eight bytes each, the lowest first."""
    times: bytes
    """Likewise."""
    executables: bytes
    """One byte each."""
    joined_digests: str
    joined_recorded_sizes: str
    crcs: bytes
    """Four bytes each, the lowest first."""

    def __post_init__(self) -> None:
        """Whoever reads it from a disk finds damage at once.

        Raises:
            ValueError: columns are not of one length.
        """
        count = len(self.executables)
        numbers = (len(self.sizes), len(self.times), 2 * len(self.crcs))
        texts = (self.joined_paths, self.joined_sources or self.joined_paths, self.joined_digests, self.joined_recorded_sizes)
        if set(numbers) != {8 * count} or {text.count("\0") for text in texts} != {count - 1}:
            raise ValueError("columns are not of one length")

    @classmethod
    def of(cls, files: Sequence[StoredFile]) -> "StoredFiles":
        """The columns of files, which are of one kind; there must be some.

        Raises:
            ValueError: a path has a NUL inside.
        """
        kinds, paths, sources, sizes, times, executables, digests, recorded_sizes, crcs = zip(*files, strict=True)
        if any("\0" in path for path in (*paths, *sources)):
            raise ValueError("embedded null byte")  # as the system's calls say it
        count = len(files)
        return cls(
            kind=kinds[0],
            joined_paths="\0".join(paths),
            joined_sources="" if sources == paths else "\0".join(sources),
            sizes=struct.pack(f"<{count}q", *sizes),
            times=struct.pack(f"<{count}q", *times),
            executables=bytes(executables),
            joined_digests="\0".join(digests),
            joined_recorded_sizes="\0".join(recorded_sizes),
            crcs=struct.pack(f"<{count}I", *crcs),
        )

    @property
    def paths(self) -> list[str]:
        """Where they go."""
        return self.joined_paths.split("\0")

    @property
    def sources(self) -> list[str]:
        """Where they are."""
        return self.joined_sources.split("\0") if self.joined_sources else self.paths

    @property
    def rows(self) -> Iterator[tuple[str, str, str]]:
        """What RECORD says of them: path, digest, size."""
        return zip(self.paths, self.joined_digests.split("\0"), self.joined_recorded_sizes.split("\0"), strict=True)

    def __len__(self) -> int:
        return len(self.executables)

    def __iter__(self) -> Iterator[StoredFile]:
        count = len(self)
        sizes, times = struct.unpack(f"<{count}q", self.sizes), struct.unpack(f"<{count}q", self.times)
        crcs, executables = struct.unpack(f"<{count}I", self.crcs), map(bool, self.executables)
        columns = zip(self.sources, sizes, times, executables, self.rows, crcs, strict=True)
        for source, size, time, is_executable, (path, digest, recorded_size), crc in columns:
            yield StoredFile(self.kind, path, source, size, time, is_executable, digest, recorded_size, crc)


def in_columns(files: Iterable[StoredFile]) -> tuple[StoredFiles, ...]:
    """Files by kind, sorted by kind and path."""
    return tuple(StoredFiles.of(list(same)) for _, same in groupby(sorted(files), attrgetter("kind")))
