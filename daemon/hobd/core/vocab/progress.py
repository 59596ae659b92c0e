"""How rooms tell how far long work has come, without knowing who listens."""

from typing import Protocol


class ProgressSink(Protocol):
    """Hears of long pieces of work. Calls are cheap, come from any thread, and may be dropped."""

    def update(self, key: str, label: str, done: int, total: int, unit: str = "bytes") -> None:
        """The piece of work `key` has come to `done` of `total` (0: unknown) in `unit`."""

    def finish(self, key: str) -> None:
        """The piece of work is over."""


class NoProgress:
    """For callers whom nobody watches."""

    def update(self, key: str, label: str, done: int, total: int, unit: str = "bytes") -> None:
        """Say nothing."""

    def finish(self, key: str) -> None:
        """Say nothing."""
