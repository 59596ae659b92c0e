"""All that outlives a request, in one place, with its bounds."""

import hashlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hobd.core.lockfile.model import Lock
from hobd.core.lockfile.parse import parse
from hobd.engine.chores import Chores
from hobd.environments.installed_memory import InstalledMemory
from hobd.environments.interpreters import Interpreters
from hobd.sources.http_pools import HttpPools
from hobd.sources.memory import SourcesMemory

if TYPE_CHECKING:  # who finds everything in order needs no solver and no store
    from hobd.environments.link import KnownModes
    from hobd.service.locks.resolutions import Resolutions
    from hobd.store.wheels import WheelStore

_LOCKS_KEPT = 16
_FOLDERS_KEPT = 8


class Memory:
    """What the engine keeps between calls. Everything in it can be dropped at any time and made again."""

    def __init__(self, chores: Chores | None = None) -> None:
        self.calls = 0
        self.chores = Chores() if chores is None else chores
        self.pools = HttpPools()
        self.sources = SourcesMemory()
        self.installed = InstalledMemory()
        self.link_modes: KnownModes = {}
        self._resolutions: Resolutions | None = None
        self._interpreters: OrderedDict[Path | None, Interpreters] = OrderedDict()
        self._stores: OrderedDict[Path, WheelStore] = OrderedDict()
        self._locks: OrderedDict[bytes, Lock] = OrderedDict()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Keep connections for the length of the block."""
        try:
            yield
        finally:
            await self.pools.aclose()

    @property
    def resolutions(self) -> "Resolutions":
        """See `service.memory.Memory.resolutions`."""
        if self._resolutions is None:
            from hobd.service.locks.resolutions import Resolutions

            self._resolutions = Resolutions()
        return self._resolutions

    def interpreters(self, folder: Path | None) -> Interpreters:
        """See `service.memory.Memory.interpreters`."""
        found = self._interpreters.pop(folder, None) or Interpreters(folder)
        self._interpreters[folder] = found
        _trim(self._interpreters, _FOLDERS_KEPT)
        return found

    def store(self, folder: Path) -> "WheelStore":
        """See `service.memory.Memory.store`."""
        from hobd.store.wheels import WheelStore

        found = self._stores.pop(folder, None) or WheelStore(folder)
        self._stores[folder] = found
        _trim(self._stores, _FOLDERS_KEPT)
        return found

    def lock(self, text: str) -> Lock:
        """See `service.memory.Memory.lock`."""
        key = _key_of(text)
        found = self._locks.get(key) or parse(text)
        self._keep_lock(key, found)
        return found

    def keep_lock(self, text: str, lock: Lock) -> None:
        """See `service.memory.Memory.keep_lock`."""
        self._keep_lock(_key_of(text), lock)

    def _keep_lock(self, key: bytes, lock: Lock) -> None:
        self._locks[key] = lock
        self._locks.move_to_end(key)
        _trim(self._locks, _LOCKS_KEPT)

    def forget(self, paths: Sequence[bytes]) -> None:
        """These files changed. Nothing here is keyed by what a file was: texts and states are."""

    def trim(self) -> None:
        """Drop what only saves time."""
        from hobd.core import markers

        self.sources.clear()
        self.installed.clear()
        self._locks.clear()
        self._resolutions = None
        markers.forget()

    def facts(self) -> dict[str, str]:
        """What is kept, for `hob daemon status`."""
        return {
            "locks": str(len(self._locks)),
            "resolutions": str(len(self._resolutions) if self._resolutions is not None else 0),
            "interpreters": str(len(self._interpreters)),
            "chores": str(len(self.chores)),
            "answer_bytes": str(self.sources.answers.size_bytes),
        }


def _key_of(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _trim(kept: "OrderedDict[Any, Any]", most: int) -> None:
    while len(kept) > most:
        kept.popitem(last=False)
