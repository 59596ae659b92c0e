"""A word in time: a disk or a budget that is nearly used up is told once a day, with what would help."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from hobd.cli.quantities import size
from hobd.core.vocab.settings_layer import CacheBudget
from hobd.service.session import Session
from hobd.store.stamp import Swept, last_sweep, mark_warned, may_warn

_LITTLE_SHARE = 0.05
_MUCH_BYTES = 20 << 30
"""Of a large disk the twentieth part is no reason to worry yet."""
_MUCH_INODES = 1_000_000
_NEARLY = 0.9
_WAYS_OUT = (
    "`hob cache list` shows what takes the space, `hob cache prune` removes what nobody needs; "
    "`HOB_CACHE_BUDGET` bounds the cache, `HOB_CACHE_DIR` moves it"
)


class Space(Struct, frozen=True):
    """What there is on a disk, and what of it this user may still take."""

    size_bytes: int
    free_bytes: int
    inodes: int
    """0 where the file system has no fixed number of them."""
    free_inodes: int

    @classmethod
    def of(cls, path: Path) -> "Space":
        """The space of the disk that a path is on; raises OSError where that cannot be told."""
        found = os.statvfs(path)
        unit = found.f_frsize
        return cls(found.f_blocks * unit, found.f_bavail * unit, found.f_files, found.f_favail)


def tell_when_nearly_full(session: Session) -> None:
    """Warn, where there is reason to, and nothing was said today. Of disks only people are told: they can do something about it."""
    cache, context = session.cache, session.context
    is_seen, budget = context.caller.terminal.stderr_is_tty, session.settings.cache.budget
    if not (is_seen or budget != CacheBudget()) or not may_warn(cache, time.time()):
        return
    words = [*words_of_budget(budget, last_sweep(cache)), *(_words_of_disk(cache) if is_seen else ())]
    if words and mark_warned(cache):
        context.evidence.spoil("a warning that is given once a day")
        context.voice.warn(f"{'; '.join(words)}. {_WAYS_OUT}")


def words_of_budget(budget: CacheBudget, swept: Swept | None) -> Iterator[str]:
    """What is to be said of a budget, after the last sweep."""
    if swept is None:
        return
    if budget.size_bytes is not None and swept.size_bytes > _NEARLY * budget.size_bytes:
        yield f"The cache takes {size(swept.size_bytes)} of its budget of {size(budget.size_bytes)}, and what is left in it is in use"
    if budget.inodes is not None and swept.inodes > _NEARLY * budget.inodes:
        yield f"The cache has {swept.inodes} files and folders of the {budget.inodes} in its budget, and what is left in it is in use"


def words_of_space(space: Space) -> Iterator[str]:
    """What is to be said of a disk."""
    if space.free_bytes < min(_LITTLE_SHARE * space.size_bytes, _MUCH_BYTES):
        yield f"Only {size(space.free_bytes)} of {size(space.size_bytes)} are left on the disk of the cache"
    if space.free_inodes < min(_LITTLE_SHARE * space.inodes, _MUCH_INODES):
        yield f"Only {space.free_inodes} of {space.inodes} files are left on the disk of the cache"


def _words_of_disk(cache: Path) -> tuple[str, ...]:
    try:
        return tuple(words_of_space(Space.of(cache)))
    except OSError:
        return ()
