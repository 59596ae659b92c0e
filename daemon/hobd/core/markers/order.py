"""The structural order of markers, in which requirements and dependency entries are sorted (uv-lock.md 3.8)."""

from typing import Any, TypeAlias

from hobd.core.markers.diagram import FALSE, TRUE, Cut, Memo, Node
from hobd.core.markers.variables import Kind

SortKey: TypeAlias = tuple[Any, ...]
"""Nested tuples; comparable with each other."""

_RANKS = {
    Kind.VERSION: 2,
    Kind.RELEASE_VERSION: 3,
    Kind.STRING: 4,
    Kind.IN: 5,
    Kind.CONTAINS: 6,
    Kind.LIST: 7,
    Kind.EXTRA: 8,
}
_keys: Memo[Node, SortKey] = Memo()


def sort_key(marker: Node) -> SortKey:
    """True first, then false, then by kind, name and pieces (range, child) one after the other."""
    if marker is TRUE:
        return (0,)
    if marker is FALSE:
        return (1,)
    found = _keys.get(marker)
    return _keys.keep(marker, _sort_key(marker)) if found is None else found


def _sort_key(marker: Node) -> SortKey:
    variable = marker.variable
    head = (_RANKS[Kind(variable.kind)], variable.order, variable.literal)
    if marker.is_boolean:
        return (*head, *map(sort_key, marker.children))
    return (*head, *((_start_key(start), _end_key(end), sort_key(child)) for start, end, child in marker.pieces()))


def _start_key(start: Cut | None) -> SortKey:
    """No bound first; of one value the inclusive bound first."""
    return (0,) if start is None else (1, *start[:2])


def _end_key(end: Cut | None) -> SortKey:
    """No bound last."""
    return (1,) if end is None else (0, *end[:2])
