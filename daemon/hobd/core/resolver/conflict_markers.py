"""Encoded items of `conflicts` taken out of markers where they say nothing new (uv-lock.md 4.8, conflicts)."""

from collections.abc import Iterable

from hobd.core.markers import Marker
from hobd.core.resolver.conflict_items import encoded
from hobd.core.resolver.graph import Graph
from hobd.core.resolver.resolution import NodeKey
from hobd.core.vocab.requirement import ConflictItem

_Items = frozenset[ConflictItem]


def imbibe(marker: Marker, allowed: Marker) -> Marker:
    """The marker, given that no two items of a set are ever active.

    Args:
        allowed: holds where at most one item of each set is active.
    """
    if marker.is_false:
        return ~allowed  # what is never reached stays in the lock, as uv has it, wherever there are conflicts
    if marker.without_extras() == marker:
        return marker
    reachable = marker & allowed
    plain = reachable.without_extras()
    return plain if reachable == plain & allowed else ~allowed | marker


def assume_chosen(graph: Graph, conflicts: tuple[tuple[ConflictItem, ...], ...]) -> None:
    """On edges, take for granted the extras and groups through which every path to the parent leads, and what they exclude."""
    paths = _chosen_items(graph)
    for parent in [None, *graph.nodes]:
        children = graph.children(parent)
        names = [child.name for child in children]
        choices = [_Choice.of(items, conflicts) for items in paths.get(parent, [])]
        for child, marker in children.items():
            if choices and names.count(child.name) == 1:
                children[child] = _simplified(marker, choices)


def _chosen_items(graph: Graph) -> dict[NodeKey | None, list[_Items]]:
    """For every node the sets of extras and groups that paths from a start to it lead through."""
    found: dict[NodeKey | None, list[_Items]] = {}
    queue = graph.starts()
    seen: set[NodeKey] = set()
    while queue:
        parent = queue.pop()
        if parent is not None and (parent.extra is not None or parent.group is not None):
            item = ConflictItem(package=parent.name, extra=parent.extra, group=parent.group)
            found[parent] = [items | {item} for items in found.get(parent, [frozenset()])]
        paths: list[_Items] = found.get(parent, [frozenset()])
        for child in reversed(graph.children(parent)):
            known = found.setdefault(child, [])
            new = [items for items in paths if items not in known]
            known.extend(new)
            if new or child not in seen:
                seen.add(child)
                queue.append(child)
    return found


class _Choice:
    """What one set of paths takes for granted, by encoded name: active or not."""

    def __init__(self, active: frozenset[str], inactive: frozenset[str]) -> None:
        self.active = active
        self.inactive = inactive

    @classmethod
    def of(cls, items: _Items, conflicts: Iterable[tuple[ConflictItem, ...]]) -> "_Choice":
        """The items, and all that conflicts with one of them."""
        others = {other for conflict in conflicts for item in items if item in conflict for other in conflict if other != item}
        return cls(frozenset(map(encoded, items)), frozenset(map(encoded, others)))

    def decide(self, name: str) -> bool | None:
        """Whether an encoded item is active, as far as the paths tell."""
        if name in self.inactive:
            return False
        return True if name in self.active else None


def _simplified(marker: Marker, choices: list[_Choice]) -> Marker:
    if all(marker.assume_extras(choice.active.__contains__).is_true for choice in choices):
        for choice in choices:
            marker = marker.assume_extras(choice.decide)
        return marker
    results = {marker.assume_extras(choice.decide) for choice in choices}
    return results.pop() if len(results) == 1 else marker
