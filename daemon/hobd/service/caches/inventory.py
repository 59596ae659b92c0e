"""What lies in a cache and who has a use for it: the inventory of the disk, the register of environments, the processes that run."""

from collections.abc import Callable, Iterable
from pathlib import Path

from msgspec.structs import replace

from hobd.core.vocab.cache_item import CacheItem, CacheKind
from hobd.core.vocab.settings_layer import CacheBudget
from hobd.environments.processes import read_processes, running_in
from hobd.environments.register import KnownEnvironment, Register
from hobd.service.caches.buckets import BUCKETS
from hobd.store.choose import Chosen, Spared, choose
from hobd.store.inventory import Frame, take_inventory

_REMEMBERED_SECONDS = 180 * 86400.0
"""How long an environment is remembered that is on a disk which is away."""


def read_items(cache: Path, pause: Callable[[], None], frame: Frame | None = None) -> tuple[CacheItem, ...]:
    """Everything in a cache; blocking.

    Args:
        pause: called between things: may wait, or raise.
        frame: is told of what is none of the things.
    """
    register = Register(cache)
    return tuple(_as_noted(item, register) for item in take_inventory(cache, BUCKETS, pause, frame))


def _as_noted(item: CacheItem, register: Register) -> CacheItem:
    """The register knows better than the disk when an environment was used."""
    noted = register.last_noted(item.path) if item.kind is CacheKind.ENVIRONMENT else None
    return item if noted is None else replace(item, used=max(item.used, noted))


def choose_what_goes(cache: Path, budget: CacheBudget, now: float, pause: Callable[[], None]) -> Chosen:
    """What a sweep would remove; blocking.

    Args:
        now: seconds since the epoch.
        pause: called between things: may wait, or raise.
    """
    items = read_items(cache, pause)
    return choose(items, budget, now, spared_of(cache, items))


def spared_of(cache: Path, items: Iterable[CacheItem]) -> Spared:
    """What is in use: wheels that environments lead into, and environments of the cache in which something runs."""
    known = [each for each in Register(cache).every() if each.rests_on_store and (each.is_there or each.may_come_back)]
    places = [item.path for item in items if item.kind in (CacheKind.ENVIRONMENT, CacheKind.OVERLAY)]
    processes = read_processes() if places else ()
    return Spared(
        digests=frozenset(digest for each in known for _, digest in each.wheels),
        paths=frozenset(place for place in places if running_in(processes, place)),
    )


def users_of(cache: Path) -> dict[str, list[KnownEnvironment]]:
    """The environments that hold each wheel of the store, by the wheel's sha256, in order of path."""
    users: dict[str, list[KnownEnvironment]] = {}
    for known in Register(cache).every():
        if known.is_there:
            for _, digest in known.wheels:
                users.setdefault(digest, []).append(known)
    return users


def forget_gone_environments(cache: Path, now: float) -> None:
    """Forget environments that are not there any more. `now`: seconds since the epoch."""
    register = Register(cache)
    for known in register.every():
        may_come_back = known.may_come_back and now - known.used < _REMEMBERED_SECONDS
        if not (known.is_there or may_come_back):
            register.forget(known.path)
