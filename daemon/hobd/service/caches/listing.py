"""`hob cache list`: what takes the space, for whom, and what a clean-up would free."""

import json
import time
from collections.abc import Iterator
from functools import partial

from anyio import to_thread

from hobd.cli.cache import CacheList
from hobd.cli.cache_report import draw_listing, listing_as_data, render_listing
from hobd.core.vocab.cache_item import CacheItem, CacheKind, CacheListing
from hobd.core.vocab.request import Outcome
from hobd.service.caches.inventory import read_items, spared_of, users_of
from hobd.service.context import Context
from hobd.service.drawing import draw
from hobd.service.opening import open_session
from hobd.service.session import Session
from hobd.store.choose import choose
from hobd.store.inventory import Frame

_PRUNED = {CacheKind.ENVIRONMENT, CacheKind.OVERLAY, CacheKind.SCRIPT, CacheKind.TEMPORARY}


async def tell_list(command: CacheList, context: Context) -> Outcome:
    """Tell what lies in the cache; nobody is kept from using it meanwhile."""
    async with open_session(command, context, uses_cache=False) as session:
        now = time.time()
        listing = await to_thread.run_sync(partial(read_listing, session, now))
        if command.svg is not None:
            await draw(session, command.svg, draw_listing(listing, now))
        elif command.output_format == "json":
            context.voice.data(json.dumps(listing_as_data(listing, command.sort), indent=2) + "\n")
        else:
            context.voice.data(render_listing(listing, command.sort, now, session.shown))
        return Outcome()


def read_listing(session: Session, now: float) -> CacheListing:
    """What lies in the cache of a session; blocking. `now`: seconds since the epoch."""
    cache, budget = session.cache, session.settings.cache.budget
    frame = Frame()
    items = read_items(cache, lambda: None, frame)
    chosen = choose(items, budget, now, spared_of(cache, items))
    users = {digest: tuple(known.path for known in each) for digest, each in users_of(cache).items()}
    return CacheListing(
        path=cache,
        items=items,
        users=users,
        budget=budget,
        swept=tuple(item for item, _ in chosen.items),
        pruned=tuple(_pruned(items)),
        frame_bytes=frame.size_bytes,
        frame_inodes=len(frame.paths),
    )


def _pruned(items: tuple[CacheItem, ...]) -> Iterator[CacheItem]:
    """What `pruning.prune_cache` takes."""
    wheels = {item.digest for item in items if item.kind is CacheKind.WHEEL and item.is_usable}
    for item in items:
        if item.kind in _PRUNED or not item.is_usable or (item.kind is CacheKind.BYTECODE and item.digest not in wheels):
            yield item
