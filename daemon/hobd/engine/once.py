"""The same work asked twice at once is done once: the second asker waits for the first one's result."""

from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import anyio

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


@dataclass(slots=True)
class _Work(Generic[Value]):
    done: anyio.Event = field(default_factory=anyio.Event)
    values: list[Value] = field(default_factory=list)
    error: Exception | None = None


class Once(Generic[Key, Value]):
    """Runs one piece of work per key at a time. Nothing is kept once it is done.

    The first asker leads. When it is cancelled, the next one who waits leads in its place, in its own context;
    when it fails, all who wait see the failure.
    """

    def __init__(self) -> None:
        self._running: dict[Key, _Work[Value]] = {}

    async def do(self, key: Key, work: Callable[[], Awaitable[Value]]) -> Value:
        """The result of `work`, or of the same work that is under way already."""
        while (running := self._running.get(key)) is not None:
            await running.done.wait()
            if running.error is not None:
                raise running.error
            if running.values:
                return running.values[0]
        return await self._lead(key, work)

    async def _lead(self, key: Key, work: Callable[[], Awaitable[Value]]) -> Value:
        mine: _Work[Value] = _Work()
        self._running[key] = mine
        try:
            value = await work()
            mine.values.append(value)
        except Exception as error:
            mine.error = error
            raise
        else:
            return value
        finally:
            del self._running[key]
            mine.done.set()
