"""Items of `conflicts` as markers: an extra that is encoded with the package it belongs to (uv-lock.md 3.9)."""

from collections.abc import Iterable
from itertools import combinations

from hobd.core.markers import TRUE, Marker, decode, encode_extra, encode_group, encode_project
from hobd.core.vocab.names import Name
from hobd.core.vocab.requirement import ConflictItem


def encoded(item: ConflictItem) -> str:
    """The name that an item has as an extra in markers."""
    if item.extra is not None:
        return encode_extra(item.package, item.extra)
    return encode_group(item.package, item.group) if item.group is not None else encode_project(item.package)


def decoded(name: str) -> ConflictItem | None:
    """The item that an extra in a marker stands for; None for a plain extra."""
    found = decode(name)
    if found is None:
        return None
    part = None if found.name is None else Name(found.name)
    is_extra, is_group = found.kind == "extra", found.kind == "group"
    return ConflictItem(package=Name(found.package), extra=part if is_extra else None, group=part if is_group else None)


def marker_of(item: ConflictItem) -> Marker:
    """The marker that holds where the item is active."""
    return Marker.parse(f"extra == '{encoded(item)}'")


def at_most_one_each(conflicts: Iterable[tuple[ConflictItem, ...]]) -> Marker:
    """The marker that holds where no two items of a set are active."""
    marker = TRUE
    for items in conflicts:
        for first, second in combinations(items, 2):
            marker &= ~marker_of(first) | ~marker_of(second)
    return marker


def item_order(item: ConflictItem) -> tuple[str, int, str]:
    """Sort key: by package, then extras before groups before whole projects (1.3)."""
    if item.extra is not None:
        return item.package, 0, item.extra
    return (item.package, 1, item.group) if item.group is not None else (item.package, 2, "")


def label(item: ConflictItem) -> str:
    """The item as messages name it: `p[x]`, `p[group:g]`, `p`."""
    if item.extra is not None:
        return f"{item.package}[{item.extra}]"
    return f"{item.package}[group:{item.group}]" if item.group is not None else item.package
