"""Who wants to hear of changes of which project."""

import time
from collections.abc import Iterable

import anyio


class Subscription:
    """One listener. It looks again when it is woken; it is never told what changed."""

    __slots__ = ("_wake", "root")

    def __init__(self, root: bytes) -> None:
        self.root = root
        self._wake = anyio.Event()

    def wake(self) -> None:
        """Have it look again."""
        self._wake.set()

    async def wait_for_wake(self) -> None:
        """Wait until there may be something new. What came since the last wait counts."""
        await self._wake.wait()
        self._wake = anyio.Event()


class Subscriptions:
    """All listeners of this daemon."""

    def __init__(self) -> None:
        self.is_going_away = False
        self._all: set[Subscription] = set()
        self._clock = 0
        self._seen: dict[bytes, tuple[str, int]] = {}

    def __len__(self) -> int:
        return len(self._all)

    def add(self, root: bytes) -> Subscription:
        """Begin to listen to the project at `root`."""
        subscription = Subscription(root)
        self._all.add(subscription)
        return subscription

    def remove(self, subscription: Subscription) -> None:
        """Stop listening. What was known of a project that nobody listens to any more is forgotten."""
        self._all.discard(subscription)
        if not any(other.root == subscription.root for other in self._all) and len(self._seen) > 64:
            self._seen.pop(subscription.root, None)

    def clock_of(self, root: bytes, fingerprint: str) -> int:
        """The clock at which the project came into this state: it grows with every change, also across daemons."""
        seen = self._seen.get(root)
        if seen is None or seen[0] != fingerprint:
            self._clock = max(self._clock + 1, time.time_ns())
            seen = self._seen[root] = (fingerprint, self._clock)
        return seen[1]

    def touch(self, paths: Iterable[bytes]) -> None:
        """Wake whoever listens to a project that one of these paths is in, or that lies below the path's folder."""
        changed = tuple(paths)
        for subscription in self._all:
            below = subscription.root.rstrip(b"/") + b"/"
            if any((path + b"/").startswith(below) or below.startswith(path.rpartition(b"/")[0] + b"/") for path in changed):
                subscription.wake()

    def go_away(self) -> None:
        """Tell all listeners that the daemon ends."""
        self.is_going_away = True
        for subscription in self._all:
            subscription.wake()
