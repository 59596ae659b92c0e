"""Distributions on this machine, read once for as long as they are as they were. What is not awaited blocks: call it in a thread."""

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from time import time_ns

import anyio

from hobd.core.resolver.knowledge import Unusable
from hobd.core.vocab.digest import Digest
from hobd.core.vocab.metadata import Metadata
from hobd.core.vocab.names import Name
from hobd.sources.archive import digest_file
from hobd.sources.flat_index import FlatIndex, read_flat_place
from hobd.sources.memory import SourcesMemory
from hobd.sources.threads import in_thread
from hobd.sources.wheel_metadata import read_wheel_metadata

_METADATA_BYTES = 4096
_REQUIREMENT_BYTES = 1024
_DIGEST_BYTES = 512
_FILENAME_BYTES = 1024
_LANES = 4
"""Threads that digest at once: large files keep them all busy, of small ones the first reads most before the others are awake."""


class LocalFiles:
    """What files and folders say, by the memory or by reading them."""

    def __init__(self, memory: SourcesMemory, now_ns: Callable[[], int] = time_ns) -> None:
        self._memory = memory
        self._now_ns = now_ns

    def find_metadata(self, path: Path, name: Name) -> Metadata | Unusable | None:
        """What memory has of a wheel: costs one `stat`."""
        try:
            return self._memory.wheels.get((path, name), os.stat(path))
        except OSError:
            return None

    def read_metadata(self, path: Path, name: Name) -> Metadata | Unusable:
        """The metadata of a wheel.

        Raises:
            SourceError: it cannot be read.
        """
        read_ns, state = self._now_ns(), _state_of(path)
        found = read_wheel_metadata(path, name)
        if state is not None:
            requirements = 0 if isinstance(found, Unusable) else len(found.requires_dist)
            self._memory.wheels.put((path, name), state, read_ns, found, _METADATA_BYTES + _REQUIREMENT_BYTES * requirements)
        return found

    def sha256(self, path: Path) -> Digest:
        """The digest of a file.

        Raises:
            OSError: it cannot be read.
        """
        read_ns, state = self._now_ns(), os.stat(path)
        found = self._memory.digests.get(path, state)
        if found is None:
            found = digest_file(path).sha256
            self._memory.digests.put(path, state, read_ns, found, _DIGEST_BYTES)
        return found

    async def digest_all(self, paths: Iterable[Path]) -> dict[Path, Digest | OSError]:
        """The digests of files, or why they cannot be read: in a few threads for all, as most files are small or known."""
        found: dict[Path, Digest | OSError] = {}
        waiting = iter(dict.fromkeys(paths))
        async with anyio.create_task_group() as tasks:
            for _ in range(_LANES):
                tasks.start_soon(in_thread, self._digest_some, waiting, found)
        return found

    def _digest_some(self, waiting: Iterator[Path], found: dict[Path, Digest | OSError]) -> None:
        for path in waiting:
            anyio.from_thread.check_cancelled()
            try:
                found[path] = self.sha256(path)
            except OSError as error:
                found[path] = error

    def flat_index(self, folder: Path) -> FlatIndex:
        """The distributions in a folder, or in a file of links.

        Raises:
            SourceError: it cannot be listed or read.
        """
        read_ns, state = self._now_ns(), _state_of(folder)
        found = None if state is None else self._memory.folders.get(folder, state)
        if found is None or state is None:
            found = read_flat_place(folder)
            if state is not None:
                self._memory.folders.put(folder, state, read_ns, found, _FILENAME_BYTES * (1 + len(found)))
        return found


def _state_of(path: Path) -> os.stat_result | None:
    try:
        return os.stat(path)
    except OSError:
        return None  # whoever reads it tells why
