"""Which package is decided next (uv-lock.md 4.3).

The class of a package belongs to its name: all its extras and proxies share it. Within a class the name that was
discovered first comes first, and among packages of one name the one that was discovered first.
"""

from collections.abc import Set
from enum import IntEnum
from typing import TypeAlias

from hobd.core.resolver.package import Kind, Package
from hobd.core.vocab.names import Name

Priority: TypeAlias = tuple[int, int, int]
"""(class, rank of the name, rank of the package): the smallest is decided first."""


class Urgency(IntEnum):
    """Classes of names, the most urgent first."""

    ROOT = 0
    DIRECT = 1
    """Comes from a direct source: there is but one version."""
    PINNED = 2
    CONFLICT_EARLY = 3
    """Its versions were often discarded because of what was decided before it."""
    CONFLICT_LATE = 4
    """Its decision has often made others impossible."""
    PLAIN = 5


class Priorities:
    """Classes and ranks of everything that was discovered in one fork."""

    def __init__(self) -> None:
        self._names: dict[Name, tuple[Urgency, int]] = {}
        self._packages: dict[Package, int] = {}

    def copy(self) -> "Priorities":
        """An independent one for another fork."""
        other = Priorities()
        other._names, other._packages = dict(self._names), dict(self._packages)
        return other

    def know(self, packages: Set[Package]) -> bool:
        """Whether all of them were discovered before: who registers them without pinning any changes nothing."""
        return packages <= self._packages.keys()

    def register(self, package: Package, *, is_direct: bool, is_pinned: bool) -> None:
        """Take note of a package that something depends on. The class of a name is only ever raised here."""
        if package in self._packages and not is_direct and not is_pinned:
            return
        self._packages.setdefault(package, len(self._packages))
        if package.name is None:
            return
        urgency = Urgency.DIRECT if is_direct else Urgency.PINNED if is_pinned else Urgency.PLAIN
        known, rank = self._names.get(package.name, (Urgency.PLAIN, len(self._names)))
        self._names[package.name] = (min(known, urgency), rank)

    def of(self, package: Package) -> Priority:
        """Where a package stands in the queue."""
        if package.name is None or package.kind is Kind.ROOT:
            return Urgency.ROOT, 0, 0
        urgency, rank = self._names[package.name]
        return urgency, rank, self._packages[package]

    def decide_earlier(self, package: Package) -> None:
        """It suffers from conflicts: decide it before all that is not pinned."""
        self._mark(package, Urgency.CONFLICT_EARLY)

    def decide_later(self, package: Package) -> bool:
        """It causes conflicts: decide it after those that suffer. False if its name was marked before."""
        if package.name is None or self._class(package.name) in (Urgency.CONFLICT_EARLY, Urgency.CONFLICT_LATE):
            return False
        self._mark(package, Urgency.CONFLICT_LATE)
        return True

    def _class(self, name: Name) -> Urgency:
        return self._names.get(name, (Urgency.PLAIN, 0))[0]

    def _mark(self, package: Package, urgency: Urgency) -> None:
        if package.name is not None:
            _, rank = self._names.get(package.name, (urgency, len(self._names)))
            self._names[package.name] = (urgency, rank)
