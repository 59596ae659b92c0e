"""Which links to leave out of a graph so that it has no cycles, and so has roots to draw it from.

The heuristic of Eades, Lin and Smyth ("A fast and effective heuristic for the feedback arc set problem", 1993): put nodes in a row,
sinks at its end, sources at its beginning, else the one with the most links out over those in; links that lead back along the row are
left out. Of equals the one that was put aside last comes first, as in uv, whose trees therefore begin in the same places.
"""

from collections.abc import Sequence
from typing import TypeAlias

Link: TypeAlias = tuple[int, int]


def find_feedback(links: Sequence[Link]) -> frozenset[int]:
    """The places of the links, each from a node to a node, that make cycles. Takes time in proportion to the links."""
    position = {node: place for place, node in enumerate(_Row(links).nodes())}
    return frozenset(place for place, (start, end) in enumerate(links) if position[start] >= position[end])


class _Row:
    """Puts the nodes of a graph in a row."""

    def __init__(self, links: Sequence[Link]) -> None:
        self._out: dict[int, list[int]] = {}
        self._in: dict[int, list[int]] = {}
        for start, end in links:
            for node in (start, end):
                self._out.setdefault(node, [])
                self._in.setdefault(node, [])
            self._out[start].append(end)
            self._in[end].append(start)
        self._out_degree = {node: len(ends) for node, ends in self._out.items()}
        self._in_degree = {node: len(starts) for node, starts in self._in.items()}
        self._buckets: dict[int | str, dict[int, None]] = {"sinks": {}, "sources": {}}
        """By surplus of links out over links in; the last of a bucket comes first."""
        self._bucket_of: dict[int, int | str] = {}
        for node in self._out:
            self._put_aside(node)

    def nodes(self) -> list[int]:
        """All of them, in order."""
        first: list[int] = []
        last: list[int] = []
        while self._bucket_of:
            while self._buckets["sinks"]:
                last.append(self._take("sinks"))
            while self._buckets["sources"]:
                first.append(self._take("sources"))
            surpluses = [key for key, bucket in self._buckets.items() if bucket and isinstance(key, int)]
            if surpluses:
                first.append(self._take(max(surpluses)))
        return first + last[::-1]

    def _put_aside(self, node: int) -> None:
        out_degree, in_degree = self._out_degree[node], self._in_degree[node]
        key = "sinks" if not out_degree else "sources" if not in_degree else out_degree - in_degree
        self._buckets.setdefault(key, {})[node] = None
        self._bucket_of[node] = key

    def _take(self, key: int | str) -> int:
        node, _ = self._buckets[key].popitem()
        del self._bucket_of[node]
        for neighbours, degree in ((self._out[node], self._in_degree), (self._in[node], self._out_degree)):
            for other in neighbours:
                if other in self._bucket_of:
                    del self._buckets[self._bucket_of[other]][other]
                    degree[other] -= 1
                    self._put_aside(other)
        return node
