"""Files get the modes that the caller's umask gives, although the umask is the whole process's.

Calls with one umask run side by side; a call with another waits until they are done. A user has one umask, so
nobody waits in practice.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio


class UmaskGate:
    """Lets calls in whose umask is the process's."""

    def __init__(self) -> None:
        self._inside = 0
        self._mask = -1
        self._changed = anyio.Condition()

    @asynccontextmanager
    async def under(self, mask: int) -> AsyncIterator[None]:
        """Hold the process's umask at `mask` for the length of the block."""
        async with self._changed:
            while self._inside and self._mask != mask:
                await self._changed.wait()
            if self._mask != mask:
                os.umask(mask)  # noqa: TID251 - the one place, and only while no call of another umask runs
                self._mask = mask
            self._inside += 1
        try:
            yield
        finally:
            with anyio.CancelScope(shield=True):
                async with self._changed:
                    self._inside -= 1
                    self._changed.notify_all()
