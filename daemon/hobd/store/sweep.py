"""Removing things from a cache that is in use, without anybody having to wait for it.

choose ─→ [nobody uses the cache?] rename aside, some 20 ms long ─→ [let others in] remove for good, slowly ─→ the next few

A thing is in its place whole, or not at all. Where the cache is never left alone, nothing goes; the next sweep tries again.
"""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from hobd.core.vocab.cache_item import CacheItem, CacheKind
from hobd.faults import crash_point
from hobd.store.choose import Why
from hobd.store.lease import Solitude, alone
from hobd.store.temporary import TemporaryFolder, is_abandoned

_HOLD_SECONDS = 0.02


def remove_items(
    cache: Path, chosen: Sequence[tuple[CacheItem, Why]], now: float, pause: Callable[[], None]
) -> Iterator[tuple[CacheItem, Why]]:
    """Remove what was chosen, as far as nobody uses it; gives what is gone.

    Args:
        cache: its folder.
        chosen: as `choose` gives it.
        now: seconds since the epoch.
        pause: called after each piece of work: may wait, or raise.
    """
    rest = list(reversed(chosen))
    while rest:
        aside = TemporaryFolder(cache / "wheels")
        try:
            gone = _take_aside(cache, rest, aside.path, now)
            crash_point("sweep.aside")
        finally:
            aside.remove()
        if gone is None:
            return
        yield from gone
        pause()


def _take_aside(cache: Path, rest: list[tuple[CacheItem, Why]], aside: Path, now: float) -> list[tuple[CacheItem, Why]] | None:
    """Move some things out of everybody's sight; None where somebody uses the cache."""
    gone: list[tuple[CacheItem, Why]] = []
    with alone(cache) as solitude:
        if solitude is None:
            return None
        until = time.monotonic() + _HOLD_SECONDS
        while rest and time.monotonic() < until:
            item, why = rest.pop()
            if _may_go(item, solitude, now) and _rename(item.path, aside / f"{len(gone)}"):
                gone.append((item, why))
    return gone


def _may_go(item: CacheItem, solitude: Solitude, now: float) -> bool:
    """Whether a thing may go now that nobody can begin to use it."""
    if item.kind is CacheKind.TEMPORARY:
        return is_abandoned(item.path, now)
    is_environment = item.kind in (CacheKind.ENVIRONMENT, CacheKind.OVERLAY)
    return not (is_environment and solitude.is_run_in(item.path))


def _rename(path: Path, aside: Path) -> bool:
    try:
        os.rename(path, aside)
    except OSError:
        return False  # gone, or on another file system
    return True
