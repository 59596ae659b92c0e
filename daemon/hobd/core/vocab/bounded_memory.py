"""What is kept as long as there is room for it, bounded in bytes; dropping any of it costs time only."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class BoundedMemory(Generic[Key, Value]):
    """A dictionary that forgets what was not used for longest once it has grown too large. For several threads."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._lock = Lock()
        self._items: OrderedDict[Key, tuple[Value, int]] = OrderedDict()
        self.size_bytes = 0

    def get(self, key: Key) -> Value | None:
        """What is kept under a key, which counts as a use."""
        with self._lock:
            found = self._items.get(key)
            if found is None:
                return None
            self._items.move_to_end(key)
            return found[0]

    def put(self, key: Key, value: Value, size_bytes: int) -> None:
        """Keep a value of about this size; what is larger than the whole memory is not kept."""
        with self._lock:
            self._discard(key)
            if size_bytes > self._limit:
                return
            self._items[key] = value, size_bytes
            self.size_bytes += size_bytes
            while self.size_bytes > self._limit:
                _, (_, freed) = self._items.popitem(last=False)
                self.size_bytes -= freed

    def replace(self, key: Key, value: Value) -> None:
        """Keep another value of the same size, if the key is there."""
        with self._lock:
            found = self._items.get(key)
            if found is not None:
                self._items[key] = value, found[1]

    def discard(self, key: Key) -> None:
        """Forget a key, if it is there."""
        with self._lock:
            self._discard(key)

    def _discard(self, key: Key) -> None:
        _, size = self._items.pop(key, (None, 0))
        self.size_bytes -= size

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._items.clear()
            self.size_bytes = 0
