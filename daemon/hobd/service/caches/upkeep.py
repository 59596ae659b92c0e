"""Keeping a cache within bounds: after commands, when nobody waits, seldom, and a little at a time.

command ends ─→ due? ─→ daemon: a chore, when no call is told       ─→ inventory ─→ choose ─→ remove ─→ note what it came to
                        without: at once, but not for longer than people notice
"""

import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import anyio
from anyio import from_thread, to_thread
from msgspec import Struct

from hobd.core.vocab.settings_layer import CacheBudget
from hobd.core.vocab.spawn import Spawner
from hobd.service.cache_folders import OVERLAYS
from hobd.service.caches.fullness import tell_when_nearly_full
from hobd.service.session import Session
from hobd.store.stamp import Swept, is_due, mark_swept

_ONE_SHOT_SECONDS = 1.0
_ONE_SHOT = "one-shot"
_SLICE_SECONDS = 0.005
"""Of work, before as long a pause."""


async def tidy_afterwards(session: Session) -> None:
    """See to it that the cache is swept, where that is due; the command that was told has let go of the cache."""
    settings, context = session.settings.cache, session.context
    if settings.is_temporary:
        return
    tell_when_nearly_full(session)
    if _has_overlays_for_one_run(session.cache):
        context.memory.chores.later(f"overlays {session.cache}", partial(_sweep_overlays, session.cache))
    if not is_due(session.cache, time.time()):
        return
    if not context.caller.request_id.startswith(_ONE_SHOT):
        context.memory.chores.later(f"sweep {session.cache}", partial(_sweep_as_chore, session.cache, settings.budget))
        return
    with anyio.move_on_after(_ONE_SHOT_SECONDS) as scope:
        await sweep(session.cache, settings.budget, is_hasty=True)
    if scope.cancelled_caught:  # not again with the next command
        mark_swept(session.cache, Swept())


def _has_overlays_for_one_run(cache: Path) -> bool:
    """Whether there is something that goes with the program that it was made for."""
    try:
        return any(name.startswith(".tmp") for name in os.listdir(cache / OVERLAYS))
    except OSError:
        return False


async def _sweep_overlays(cache: Path, _: Spawner) -> None:
    from hobd.service.caches.overlays import sweep_unused

    await to_thread.run_sync(sweep_unused, cache)


async def _sweep_as_chore(cache: Path, budget: CacheBudget, _: Spawner) -> None:
    await sweep(cache, budget)


async def sweep(cache: Path, budget: CacheBudget, *, is_hasty: bool = False) -> Swept:
    """Sweep a cache; what was removed before a cancellation stays removed.

    Args:
        cache: its folder.
        budget: how large it may be.
        is_hasty: whether somebody waits: then no pauses are made.
    """
    return await to_thread.run_sync(partial(sweep_now, cache, budget, time.time(), _Pace(is_hasty=is_hasty).pause))


class _Pace(Struct):
    """Half of the time at most is spent working, so that everybody else goes first."""

    is_hasty: bool
    began: float = 0.0

    def pause(self) -> None:
        """Rest for as long as was worked; raises where the sweep is called off."""
        from_thread.check_cancelled()
        worked = time.monotonic() - self.began if self.began else 0.0
        if worked > _SLICE_SECONDS and not self.is_hasty:
            time.sleep(worked)
        if worked > _SLICE_SECONDS or not self.began:
            self.began = time.monotonic()


def sweep_now(cache: Path, budget: CacheBudget, now: float, pause: Callable[[], None]) -> Swept:
    """Sweep a cache, blocking.

    Args:
        now: seconds since the epoch.
        pause: called every now and then: may wait, or raise.
    """
    from hobd.service.caches.inventory import choose_what_goes, forget_gone_environments
    from hobd.store.sweep import remove_items

    forget_gone_environments(cache, now)
    chosen = choose_what_goes(cache, budget, now, pause)
    gone = [item for item, _ in remove_items(cache, chosen.items, now, pause)]
    swept = Swept(
        size_bytes=chosen.size_bytes - sum(item.size_bytes for item in gone),
        inodes=chosen.inodes - sum(item.inodes for item in gone),
        removed=len(gone),
        freed_bytes=sum(item.own_bytes for item in gone),
        held_bytes=chosen.over.size_bytes or 0,
    )
    mark_swept(cache, swept)
    return swept
