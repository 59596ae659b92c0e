"""Work that nobody waits for: one piece at a time, while no call is told, and put off again when one comes.

    later ──▶ waiting, by key ──no call for a while──▶ at work ──done, or failed──▶ forgotten
                     ▲                                    │
                     └──────────── a call comes ──────────┘     a piece that was put off too often is forgotten too

In one-shot mode nobody takes up what waits: the process ends with its one call.
"""

import traceback
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

import anyio
from msgspec import Struct

from hobd.core.vocab.spawn import Spawner
from hobd.errors import HobError

Chore: TypeAlias = Callable[[Spawner], Awaitable[None]]
"""Gets what starts processes here. May be cancelled anywhere and then begins anew: what it writes is whole or not there."""

QUIET_SECONDS = 1.0
"""Without a call, until a chore begins: commands often come in rows."""

_MOST_WAITING = 1024
_MOST_BEGINNINGS = 4


class _Waiting(Struct):
    chore: Chore
    beginnings: int = 0


class Chores:
    """The chores of one engine. Belongs to one event loop."""

    def __init__(self, log: Callable[[str], None] = lambda _: None, *, quiet_seconds: float = QUIET_SECONDS) -> None:
        """`log`: hears why a chore failed."""
        self._log = log
        self._quiet_seconds = quiet_seconds
        self._waiting: OrderedDict[str, _Waiting] = OrderedDict()
        self._calls = 0
        self._calls_begun = 0
        self._scope: anyio.CancelScope | None = None
        self._changed: anyio.Event | None = None

    def __len__(self) -> int:
        return len(self._waiting)

    def later(self, key: str, chore: Chore) -> None:
        """Have something done once, whoever asks for it how often. Of too many the oldest are forgotten."""
        self._waiting.setdefault(key, _Waiting(chore))
        while len(self._waiting) > _MOST_WAITING:
            self._waiting.popitem(last=False)
        self._tell_change()

    @contextmanager
    def put_off(self) -> Iterator[None]:
        """No chore is done for the length of the block: a call is told in it."""
        self._calls += 1
        self._calls_begun += 1
        if self._scope is not None:
            self._scope.cancel()
        try:
            yield
        finally:
            self._calls -= 1
            self._tell_change()

    async def work(self, spawner: Spawner) -> None:
        """Do what waits, for ever; `spawner` starts children of this process. Costs nothing while nothing waits."""
        while True:
            await self._quiet()
            key, waiting = self._waiting.popitem(last=False)
            waiting.beginnings += 1
            with anyio.CancelScope() as self._scope:
                await self._do(waiting.chore, spawner)
            if self._scope.cancelled_caught and waiting.beginnings < _MOST_BEGINNINGS:
                self._waiting[key] = waiting
            self._scope = None

    async def _do(self, chore: Chore, spawner: Spawner) -> None:
        try:
            await chore(spawner)
        except HobError as error:
            self._log(f"{error.message}: {', '.join(error.causes)}\n")
        except Exception:  # noqa: BLE001 - a bug must end this chore, not the engine
            self._log(traceback.format_exc())

    async def _quiet(self) -> None:
        """Wait until something waits, and no call was told for a while."""
        while True:
            while self._calls or not self._waiting:
                self._changed = anyio.Event()
                await self._changed.wait()
            begun = self._calls_begun
            await anyio.sleep(self._quiet_seconds)
            if self._calls_begun == begun and self._waiting:
                return

    def _tell_change(self) -> None:
        if self._changed is not None:
            self._changed.set()
