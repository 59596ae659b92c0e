"""What files said, remembered for as long as they are as they were."""

from collections.abc import Hashable
from typing import Generic, Protocol, TypeVar

from hobd.core.vocab.bounded_memory import BoundedMemory

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

_SETTLED_NS = 2_000_000_000
"""How long a file has to be left alone for its times to prove its content: ticks of disks and clocks of servers, the coarsest ones."""


class State(Protocol):
    """What a `stat` says of a file or folder."""

    @property
    def st_dev(self) -> int:
        """Device."""

    @property
    def st_ino(self) -> int:
        """Which one it is on the device."""

    @property
    def st_size(self) -> int:
        """Bytes."""

    @property
    def st_mtime_ns(self) -> int:
        """When its content was changed."""

    @property
    def st_ctime_ns(self) -> int:
        """When anything about it was changed."""


class FileMemory(Generic[Key, Value]):
    """What was read from files and folders, by whatever tells one such reading from another. It counts while they are as they were."""

    def __init__(self, limit_bytes: int) -> None:
        self._kept: BoundedMemory[Key, tuple[tuple[int, ...], Value]] = BoundedMemory(limit_bytes)

    @property
    def size_bytes(self) -> int:
        """Of all that is kept, about."""
        return self._kept.size_bytes

    def get(self, key: Key, state: State) -> Value | None:
        """What was read when the file was in this state."""
        found = self._kept.get(key)
        return found[1] if found is not None and found[0] == _identity(state) else None

    def put(self, key: Key, state: State, read_ns: int, value: Value, size_bytes: int) -> None:
        """Keep what was read, unless the file was changed so late that its times would not show another change.

        Args:
            state: from before it was read.
            read_ns: when reading began, since the epoch.
            size_bytes: of the value in memory, about.
        """
        if max(state.st_mtime_ns, state.st_ctime_ns) <= read_ns - _SETTLED_NS:
            self._kept.put(key, (_identity(state), value), size_bytes)

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()


def _identity(state: State) -> tuple[int, ...]:
    return state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns
