"""What `hob cache prune` takes: what nobody needs, and what was made for runs that have ended (CAC-6)."""

from collections.abc import Callable, Collection
from pathlib import Path

from msgspec import Struct, field

from hobd.service.cache_folders import ENVIRONMENTS, OVERLAYS, SCRIPTS
from hobd.service.caches.cached_packages import clean_downloaded
from hobd.store.upkeep import Removal, measure, prune, remove_whole

_FOR_RUNS = (ENVIRONMENTS, OVERLAYS, SCRIPTS)
"""Folders of what a run makes for itself, and makes again."""


class Pruned(Struct):
    """What was removed, or would be."""

    paths: list[tuple[Path, Removal]] = field(default_factory=list)

    @property
    def total(self) -> Removal:
        """All of it."""
        return sum((removal for _, removal in self.paths), Removal())


def prune_cache(cache: Path, *, keeps_only_built: bool, dry_run: bool, now: float, spared: Collection[Path] = ()) -> Pruned:
    """Take what nobody needs out of a cache that nobody uses; blocking.

    Args:
        keeps_only_built: also take what can be downloaded again.
        dry_run: only say what would be taken.
        now: seconds since the epoch.
        spared: environments in which something runs nevertheless.
    """
    pruned = Pruned()
    take = _noting(pruned, measure if dry_run else remove_whole)
    prune(cache, keeps_only_built=keeps_only_built, now=now, take=take)
    for folder in _FOR_RUNS:
        for path in sorted(cache.joinpath(folder).glob("*")):
            if path not in spared:
                take(path)
    if keeps_only_built:
        clean_downloaded(cache, take)
    return pruned


def _noting(pruned: Pruned, take: Callable[[Path], Removal]) -> Callable[[Path], Removal]:
    def taken(path: Path) -> Removal:
        removal = take(path)
        pruned.paths.append((path, removal))
        return removal

    return taken
