"""What lies in the cache, as a table, as data, and as a picture."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hobd.cli.columns import aligned
from hobd.cli.quantities import plural, size
from hobd.cli.style import bold, cyan, green
from hobd.core.treemap.svg import Branch, Leaf, render_treemap
from hobd.core.vocab.cache_item import CacheItem, CacheKind, CacheListing

_DAY_SECONDS = 86400.0
_TOGETHER = {
    CacheKind.BYTECODE: "bytecode",
    CacheKind.BUILD: "records of builds",
    CacheKind.ANSWER: "answers of indexes",
    CacheKind.RECORD: "records of interpreters, locks and environments",
    CacheKind.TEMPORARY: "unfinished work",
    CacheKind.OTHER: "other things",
}
"""Kinds of which there are many, each of little interest alone."""

SORTING: dict[str, Callable[[CacheItem], Any]] = {
    "size": lambda item: (-item.size_bytes, item.title),
    "age": lambda item: (item.used, item.title),
    "use": lambda item: (-item.used, item.title),
}


def render_listing(listing: CacheListing, sort: str, now: float, shown: Callable[[Path], str]) -> str:
    """A table for people: what takes how much, when it was last used, and for whom it is there.

    Args:
        sort: a key of `SORTING`.
        now: seconds since the epoch.
        shown: how paths are shown.
    """
    rows = [["Size", "Free", "Used", "What"]]
    for item in sorted(_with_sums(listing.items), key=SORTING[sort]):
        users = _users([shown(path) for path in listing.used_by(item)])
        named = f"{_named(item)}  {cyan(users)}" if users else _named(item)
        rows.append([size(item.size_bytes), size(item.own_bytes), _age(now - item.used), named])
    head, *lines = aligned(rows, right=(0, 1)).splitlines()
    return "".join(f"{line}\n" for line in [bold(head), *lines, "", *_summary(listing)])


def _summary(listing: CacheListing) -> Iterable[str]:
    yield f"{green(size(listing.size_bytes))} in {listing.inodes} files and folders"
    yield f"`hob cache prune` would free {size(_own(listing.pruned))}, `hob cache clean` {size(listing.own_bytes)}"
    if listing.swept:
        yield f"The next sweep takes {plural(len(listing.swept), 'thing')} and frees {size(_own(listing.swept))}"
    budget = listing.budget
    if budget.size_bytes is not None:
        yield f"{listing.size_bytes / budget.size_bytes:.0%} of the budget of {size(budget.size_bytes)}"
    if budget.inodes is not None:
        yield f"{listing.inodes / budget.inodes:.0%} of the budget of {budget.inodes} files and folders"


def _with_sums(items: Iterable[CacheItem]) -> Iterable[CacheItem]:
    """The things, those of little interest added up."""
    sums: dict[CacheKind, list[CacheItem]] = {}
    for item in items:
        if item.kind in _TOGETHER:
            sums.setdefault(item.kind, []).append(item)
        else:
            yield item
    for kind, together in sums.items():
        yield CacheItem(
            kind=kind,
            path=together[0].path.parent,
            title=f"{_TOGETHER[kind]} ({len(together)})",
            size_bytes=sum(item.size_bytes for item in together),
            own_bytes=sum(item.own_bytes for item in together),
            inodes=sum(item.inodes for item in together),
            used=max(item.used for item in together),
        )


def _named(item: CacheItem) -> str:
    named = item.title if item.kind in _TOGETHER else f"{item.kind.value} {item.title}"
    return named if item.is_usable else f"{named} (of no use to this hob)"


def _users(paths: Sequence[str]) -> str:
    return "" if not paths else paths[0] if len(paths) == 1 else f"{paths[0]} and {len(paths) - 1} more"


def _age(seconds: float) -> str:
    days = int(max(seconds, 0.0) // _DAY_SECONDS)
    if days < 60:
        return ("today", "yesterday")[days] if days < 2 else f"{days} days ago"
    return f"{days // 30} months ago" if days < 730 else f"{days // 365} years ago"


def _own(items: Iterable[CacheItem]) -> int:
    return sum(item.own_bytes for item in items)


def listing_as_data(listing: CacheListing, sort: str) -> dict[str, Any]:
    """The same for programs, thing by thing."""
    return {
        "schema": {"version": "preview"},
        "path": str(listing.path),
        "size_bytes": listing.size_bytes,
        "inodes": listing.inodes,
        "budget": {"size_bytes": listing.budget.size_bytes, "inodes": listing.budget.inodes},
        "freed_bytes": {"sweep": _own(listing.swept), "prune": _own(listing.pruned), "clean": listing.own_bytes},
        "items": [_as_data(item, listing) for item in sorted(listing.items, key=SORTING[sort])],
    }


def _as_data(item: CacheItem, listing: CacheListing) -> dict[str, Any]:
    return {
        "kind": item.kind.value,
        "name": item.title,
        "path": str(item.path),
        "sha256": item.digest,
        "size_bytes": item.size_bytes,
        "own_bytes": item.own_bytes,
        "inodes": item.inodes,
        "last_used": datetime.fromtimestamp(item.used, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "is_linked": item.is_linked,
        "environments": [str(path) for path in listing.used_by(item)],
        "is_swept_next": item in listing.swept,
    }


def draw_listing(listing: CacheListing, now: float) -> str:
    """The same as a picture, in SVG."""
    branches = []
    for kind in CacheKind:
        leaves = tuple(_leaf(item, listing, now) for item in listing.items if item.kind is kind)
        total = sum(item.size_bytes for item in listing.items if item.kind is kind)
        branches.append(Branch(label=f"{kind.value} ({len(leaves)}), {size(total)}", leaves=leaves))
    subtitle = (
        f"{size(listing.size_bytes)} in {listing.inodes} files and folders; framed in dashes: not linked by any environment, "
        f"{size(listing.own_bytes)} in all"
    )
    return render_treemap(f"Cache at {listing.path}", subtitle, branches)


def _leaf(item: CacheItem, listing: CacheListing, now: float) -> Leaf:
    users = listing.used_by(item)
    used_by = f", used by {', '.join(map(str, users))}" if users else ""
    return Leaf(
        label=f"{item.title} {size(item.size_bytes)}",
        explanation=f"{item.kind.value} {item.title}: {size(item.size_bytes)}, last used {_age(now - item.used)}{used_by}",
        size=item.size_bytes,
        is_marked=item.kind is CacheKind.WHEEL and not item.is_linked,
    )
