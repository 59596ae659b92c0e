"""The queue of packages that wait for a decision, the most urgent first."""

from collections.abc import Callable, KeysView
from heapq import heappop, heappush

from hobd.core.resolver.package import Package
from hobd.core.resolver.priorities import Priority


class Waiting:
    """Who waits is for the caller to say: a package that waits no more is passed over when its turn comes."""

    def __init__(self) -> None:
        self._ranks: dict[Package, Priority] = {}
        self._queue: list[tuple[Priority, int, Package]] = []
        self._stale: dict[Package, None] = {}
        self._taken: dict[Package, None] = {}

    def copy(self) -> "Waiting":
        """An independent one that goes on from here."""
        other = Waiting()
        other._ranks, other._queue = dict(self._ranks), list(self._queue)
        other._stale, other._taken = dict(self._stale), dict(self._taken)
        return other

    def touch(self, package: Package) -> None:
        """More or less is known of a package: it is ranked anew."""
        self._stale[package] = None

    def touch_taken(self, waits: Callable[[Package], bool]) -> None:
        """Rank anew all that were taken and wait again: decisions were taken back."""
        for package in self._taken:
            if waits(package):
                self._stale[package] = None
        self._taken.clear()

    def calm(self) -> None:
        """Forget who was touched."""
        self._stale.clear()

    def drop(self, package: Package) -> None:
        """Its rank counts no more."""
        self._ranks.pop(package, None)

    @property
    def touched(self) -> KeysView[Package]:
        """Those of whom more or less is known since the last one was taken, whether they wait or not."""
        return self._stale.keys()

    def changed(self, waits: Callable[[Package], bool]) -> list[Package]:
        """Those who wait and of whom more or less is known since the last one was taken."""
        return [package for package in self._stale if waits(package)]

    def take(self, rank: Callable[[Package], Priority], waits: Callable[[Package], bool]) -> Package | None:
        """Take the most urgent package out of the queue; None when nobody waits.

        Packages are ranked anew only when their own constraints have changed.
        """
        for package in self._stale:
            if waits(package):
                priority = self._ranks[package] = rank(package)
                heappush(self._queue, (priority, package.index, package))
        self._stale.clear()
        while self._queue:
            priority, _, package = heappop(self._queue)
            if self._ranks.get(package) != priority:
                continue  # ranked anew since, or taken
            del self._ranks[package]
            if waits(package):
                self._taken[package] = None
                return package
        return None
