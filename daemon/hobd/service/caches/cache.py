"""`hob cache`: where downloaded and built things are kept, how much they are, and removing them (CAC-1 to CAC-8)."""

import time
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TypeVar

from anyio import to_thread

from hobd.cli.cache import CacheClean, CacheDir, CachePrune, CacheSize
from hobd.cli.quantities import plural, size
from hobd.cli.style import cyan, green, red
from hobd.core.vocab.disk import os_reason
from hobd.core.vocab.names import normalize
from hobd.core.vocab.request import Outcome
from hobd.errors import WorldError
from hobd.service.caches.cached_packages import clean_named
from hobd.service.caches.inventory import read_items, spared_of
from hobd.service.caches.pruning import Pruned, prune_cache
from hobd.service.context import Context
from hobd.service.opening import open_session
from hobd.service.session import Session
from hobd.store.lease import CacheInUse, cleaning
from hobd.store.stamp import Swept, mark_swept
from hobd.store.upkeep import Removal, clean, disk_usage

_FEATURE = "cache-size"
_BUSY = "Cache is currently in-use, waiting for other hob processes to finish (use `--force` to override)\n"


async def tell_folder(command: CacheDir, context: Context) -> Outcome:
    """Say where the cache is."""
    async with open_session(command, context, uses_cache=False) as session:
        context.voice.guide(f"{cyan(session.cache)}\n")
        return Outcome(is_replayable=True)


async def tell_clean(command: CacheClean, context: Context) -> Outcome:
    """Remove everything, or what belongs to some packages."""
    names = frozenset(map(normalize, command.package))
    async with open_session(command, context, uses_cache=False) as session:
        if not _exists(session):
            return Outcome()
        async with _alone(session, force=command.force):
            if not names:
                context.voice.note(f"Clearing cache at: {cyan(session.shown(session.cache))}\n")
            removed = await _do(session, "clear", partial(clean_named, session.cache, names) if names else partial(clean, session.cache))
        _summarize(removed, session, "No cache entries found")
        return Outcome()


async def tell_prune(command: CachePrune, context: Context) -> Outcome:
    """Remove what nobody needs."""
    async with open_session(command, context, uses_cache=False) as session:
        if not _exists(session):
            return Outcome()
        async with _alone(session, force=command.force or command.dry_run):
            context.voice.note(f"{'Would prune' if command.dry_run else 'Pruning'} cache at: {cyan(session.shown(session.cache))}\n")
            work = partial(prune_cache, session.cache, keeps_only_built=command.ci, dry_run=command.dry_run, now=time.time())
            pruned = await _do(session, "prune", partial(work, spared=_running(session.cache) if command.force else ()))
        if command.dry_run:
            _list(pruned, session)
        else:
            mark_swept(session.cache, Swept())  # what the last sweep came to is not true any more
        _summarize(pruned.total, session, "No unused entries found", verb="Would remove" if command.dry_run else "Removed")
        return Outcome()


async def tell_size(command: CacheSize, context: Context) -> Outcome:
    """Say how much of the disk the cache takes up."""
    async with open_session(command, context, uses_cache=False) as session:
        if not session.settings.previews(_FEATURE):
            context.voice.warn(
                "`hob cache size` is experimental and may change without warning. "
                f"Pass `--preview-features {_FEATURE}` to disable this warning."
            )
        count = await to_thread.run_sync(disk_usage, session.cache)
        is_for_people = command.human or command.output_format == "human"
        is_seen = command.output_format == "auto" and context.caller.terminal.stdout_is_tty
        context.voice.listing(f"{size(count) if is_for_people or is_seen else count}\n")
        return Outcome()


def _exists(session: Session) -> bool:
    if not session.cache.exists():
        session.context.voice.note(f"No cache found at: {cyan(session.shown(session.cache))}\n")
        return False
    return True


@asynccontextmanager
async def _alone(session: Session, *, force: bool) -> AsyncIterator[None]:
    """Have the cache alone for the length of the block; with `force` nobody is waited for.

    Raises:
        CacheInUse: others used it for too long.
    """
    timeout_seconds = 0.0 if force else session.settings.cache.lock_timeout_seconds
    waiting = (lambda: None) if force else lambda: session.context.voice.note(_BUSY)
    async with AsyncExitStack() as stack:
        try:
            await stack.enter_async_context(cleaning(session.cache, timeout_seconds=timeout_seconds, waiting=waiting))
        except CacheInUse:
            if not force:
                raise
        yield


Result = TypeVar("Result")


async def _do(session: Session, verb: str, work: Callable[[], Result]) -> Result:
    session.context.memory.sources.clear()
    try:
        return await to_thread.run_sync(work)
    except OSError as error:
        cause = os_reason(error)
        raise WorldError(f"Failed to {verb} cache at: {session.shown(session.cache)}", causes=(cause,)) from error


def _running(cache: Path) -> Collection[Path]:
    """The environments of the cache in which something runs: whoever forces a clean-up does not mean those."""
    return spared_of(cache, read_items(cache, lambda: None)).paths


def _list(pruned: Pruned, session: Session) -> None:
    for path, removal in pruned.paths:
        session.context.voice.note(f" {red('-')} {session.shown(path)} ({size(removal.size_bytes)})\n")


def _summarize(removed: Removal, session: Session, nothing: str, *, verb: str = "Removed") -> None:
    text = f"{verb} {plural(removed.files, 'file')}" if removed.files else nothing
    amount = f" ({green(size(removed.size_bytes))})" if removed.size_bytes else ""
    session.context.voice.note(f"{text}{amount}\n")
