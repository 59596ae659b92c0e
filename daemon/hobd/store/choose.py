"""Which things of the cache go: what was left behind, what nobody used for long, and what is over the budget.

Pure. What is removed can be had again, so all that is decided here is how much waiting it costs whom.
"""

from collections.abc import Collection, Iterable, Mapping
from enum import Enum
from pathlib import Path

from msgspec import Struct, field

from hobd.core.vocab.cache_item import CacheItem, CacheKind
from hobd.core.vocab.settings_layer import CacheBudget

_DAY = 86400.0
_KEPT_SECONDS: Mapping[CacheKind, float] = {
    CacheKind.OVERLAY: _DAY,
    CacheKind.ENVIRONMENT: 90 * _DAY,
    CacheKind.SCRIPT: 90 * _DAY,
    CacheKind.ANSWER: 90 * _DAY,
    CacheKind.RECORD: 180 * _DAY,
    CacheKind.OTHER: 180 * _DAY,
}
"""How long something is kept that nobody uses. Wheels, builds, archives and repositories are dear: only a budget takes them."""
_YOUNG_SECONDS = 3600.0
"""Environments are started in a moment after they were made: a budget does not take those that were used just now."""
_DOWN_TO = 0.9
"""A budget that was exceeded is left some air, so that the next command does not exceed it again."""


class Why(Enum):
    """Why something goes, in words."""

    ABANDONED = "left behind by a command that did not end"
    ORPHANED = "its wheel is gone"
    UNUSED = "not used for long"
    BUDGET = "used longest ago, and the cache is over its budget"


class Spared(Struct, frozen=True, kw_only=True):
    """What is in use, and so does not go."""

    digests: Collection[str] = frozenset()
    """Wheels that environments lead into by symbolic links."""
    paths: Collection[Path] = frozenset()
    """Environments in which something runs."""

    def has(self, item: CacheItem) -> bool:
        """Whether a thing is among it."""
        return item.digest in self.digests or item.path in self.paths


class Chosen(Struct, frozen=True, kw_only=True):
    """What goes, and what the cache is like before and after."""

    items: tuple[tuple[CacheItem, Why], ...] = ()
    size_bytes: int = 0
    """Of the cache before."""
    inodes: int = 0
    """Likewise."""
    over: CacheBudget = field(default_factory=CacheBudget)
    """By how much the budget is still exceeded afterwards, since all that is left is in use; None where it is not."""

    @property
    def own_bytes(self) -> int:
        """What is free afterwards."""
        return sum(item.own_bytes for item, _ in self.items)


def choose(items: Iterable[CacheItem], budget: CacheBudget, now: float, spared: Spared) -> Chosen:
    """What is to go.

    Args:
        items: all of the cache.
        budget: how large it may be.
        now: seconds since the epoch.
        spared: what is in use.
    """
    present = tuple(items)
    wheels = {item.digest for item in present if item.kind is CacheKind.WHEEL}
    going: list[tuple[CacheItem, Why]] = []
    staying: list[CacheItem] = []
    for item in present:
        why = None if spared.has(item) else _why(item, wheels, now)
        if why is None:
            staying.append(item)
        else:
            going.append((item, why))
    size, inodes = sum(item.size_bytes for item in staying), sum(item.inodes for item in staying)
    if _exceeds(size, inodes, budget):
        for item in sorted((item for item in staying if _may_go(item, now, spared)), key=lambda item: item.used):
            if not _exceeds(size / _DOWN_TO, inodes / _DOWN_TO, budget):
                break
            size, inodes = size - item.size_bytes, inodes - item.inodes
            going.append((item, Why.BUDGET))
    return Chosen(
        items=tuple(going),
        size_bytes=sum(item.size_bytes for item in present),
        inodes=sum(item.inodes for item in present),
        over=CacheBudget(size_bytes=_excess(size, budget.size_bytes), inodes=_excess(inodes, budget.inodes)),
    )


def _why(item: CacheItem, wheels: Collection[str | None], now: float) -> Why | None:
    if item.kind is CacheKind.TEMPORARY:
        return Why.ABANDONED
    if item.kind is CacheKind.BYTECODE and item.digest not in wheels:
        return Why.ORPHANED
    return Why.UNUSED if now - item.used > _KEPT_SECONDS.get(item.kind, float("inf")) else None


def _may_go(item: CacheItem, now: float, spared: Spared) -> bool:
    """Whether removing a thing frees anything, and hurts nobody who works with it."""
    if spared.has(item) or item.is_linked or not item.own_bytes:
        return False
    return item.kind not in (CacheKind.ENVIRONMENT, CacheKind.OVERLAY) or now - item.used > _YOUNG_SECONDS


def _exceeds(size: float, inodes: float, budget: CacheBudget) -> bool:
    return (budget.size_bytes is not None and size > budget.size_bytes) or (budget.inodes is not None and inodes > budget.inodes)


def _excess(amount: int, most: int | None) -> int | None:
    return amount - most if most is not None and amount > most else None
