"""Where the boxes of a picture stand: layer below layer, with few crossings (the method of Sugiyama, Tagawa and Toda).

    arrows ─without cycles→ layers ─long arrows in steps→ order within layers ─by mean of neighbours→ places

Only the order of boxes and arrows decides: the same picture is laid out the same way everywhere.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TypeAlias

from msgspec import Struct

from hobd.core.why.picture import Box, Picture

CHARACTER_WIDTH, LINE_HEIGHT, PADDING = 7.25, 17, 10
"""In pixels: of the fixed-width font that the picture asks for, with some room for wider ones."""
_GAP, _LAYER_GAP, _MARGIN, _TITLE = 28, 54, 20, 30
_BEND_WIDTH = 16
_SWEEPS = 6

_Place: TypeAlias = tuple[str, int]
"""A box by its key and layer 0, or where a long arrow crosses a layer: the arrow's own key with the layer."""


class Placed(Struct, frozen=True):
    """A box with its upper left corner and its size, in pixels."""

    box: Box
    x: float
    y: float
    width: float
    height: float


class Line(Struct, frozen=True):
    """An arrow as the points that it goes through."""

    points: tuple[tuple[float, float], ...]
    lines: tuple[str, ...]
    label: tuple[float, float]
    """The middle of what is said of it."""


class Layout(Struct, frozen=True):
    """A picture with everything in its place."""

    title: str
    boxes: tuple[Placed, ...]
    lines: tuple[Line, ...]
    width: float
    height: float


def lay_out(picture: Picture) -> Layout:
    """Place everything."""
    return _Layouter(picture).run()


def _width(box: Box) -> float:
    return max(map(len, box.lines)) * CHARACTER_WIDTH + 2 * PADDING


def _height(box: Box) -> float:
    return len(box.lines) * LINE_HEIGHT + 2 * PADDING


class _Layouter:
    """The steps, one after the other."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._boxes = {box.key: box for box in picture.boxes}
        self._arrows = [arrow for arrow in dict.fromkeys(picture.arrows) if arrow.start != arrow.end]

    def run(self) -> Layout:
        forward = _without_cycles(list(self._boxes), [(arrow.start, arrow.end) for arrow in self._arrows])
        layers = _layers(list(self._boxes), forward)
        rows, paths = self._rows(layers)
        neighbours = _neighbours(paths)
        _untangle(rows, neighbours)
        widths = {place: self._place_width(place) for row in rows for place in row} | self._label_widths(paths)
        centres = _spread(rows, widths, neighbours)
        return self._layout(rows, paths, centres, widths)

    def _place_width(self, place: _Place) -> float:
        return _width(self._boxes[place[0]]) if place[1] < 0 else _BEND_WIDTH

    def _label_widths(self, paths: Sequence[Sequence[_Place]]) -> dict[_Place, float]:
        """What is said of a long arrow stands at its first bend, which is made as wide."""
        bent = [(path[1], arrow.lines) for path, arrow in zip(paths, self._arrows, strict=True) if len(path) > 2 and arrow.lines]
        return {bend: max(_BEND_WIDTH, max(map(len, lines)) * CHARACTER_WIDTH) for bend, lines in bent}

    def _rows(self, layers: Mapping[str, int]) -> tuple[list[list[_Place]], list[list[_Place]]]:
        """The boxes of each layer and the bends of long arrows; and each arrow as what it goes through, from above."""
        rows: list[list[_Place]] = [[] for _ in range(max(layers.values(), default=0) + 1)]
        for key in self._boxes:
            rows[layers[key]].append((key, -1))
        paths: list[list[_Place]] = []
        for number, arrow in enumerate(self._arrows):
            upper, lower = sorted((arrow.start, arrow.end), key=lambda key: layers[key])
            bends = [(f"\0{number}", layer) for layer in range(layers[upper] + 1, layers[lower])]
            for bend in bends:
                rows[bend[1]].append(bend)
            paths.append([(upper, -1), *bends, (lower, -1)])
        return rows, paths

    def _layout(
        self, rows: list[list[_Place]], paths: list[list[_Place]], centres: dict[_Place, float], widths: Mapping[_Place, float]
    ) -> Layout:
        left = min((centres[place] - widths[place] / 2 for row in rows for place in row), default=0.0)
        centres = {place: centre - left + _MARGIN for place, centre in centres.items()}
        tops, heights, y = [], [], float(_MARGIN + _TITLE)
        for row in rows:
            height = max((_height(self._boxes[key]) for key, layer in row if layer < 0), default=LINE_HEIGHT)
            tops.append(y)
            heights.append(height)
            y += height + _LAYER_GAP
        placed: dict[str, Placed] = {}
        bends: dict[_Place, tuple[float, float]] = {}
        for row, top, height in zip(rows, tops, heights, strict=True):
            for place in row:
                if place[1] >= 0:
                    bends[place] = (centres[place], top + height / 2)
                    continue
                box = self._boxes[place[0]]
                own = _height(box)
                placed[box.key] = Placed(box, centres[place] - widths[place] / 2, top + (height - own) / 2, widths[place], own)
        lines = tuple(_line(path, arrow.start, arrow.lines, placed, bends) for path, arrow in zip(paths, self._arrows, strict=True))
        width = max((centres[place] + widths[place] / 2 for row in rows for place in row), default=0.0) + _MARGIN
        title_width = len(self._picture.title) * CHARACTER_WIDTH + 2 * _MARGIN
        return Layout(self._picture.title, tuple(placed.values()), lines, max(width, title_width), y - _LAYER_GAP + _MARGIN)


def _line(
    path: list[_Place], start: str, text: tuple[str, ...], placed: Mapping[str, Placed], bends: Mapping[_Place, tuple[float, float]]
) -> Line:
    """An arrow from the lower edge of one box to the upper edge of another; against the layers if it closes a cycle."""
    upper, lower = placed[path[0][0]], placed[path[-1][0]]
    points = [
        (upper.x + upper.width / 2, upper.y + upper.height),
        *(bends[place] for place in path[1:-1]),
        (lower.x + lower.width / 2, lower.y),
    ]
    (x, y), (next_x, next_y) = points[:2]
    label = points[1] if len(points) > 2 else ((x + next_x) / 2, (y + next_y) / 2)
    return Line(tuple(points if path[0][0] == start else reversed(points)), text, label)


def _without_cycles(keys: Sequence[str], edges: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The edges with those turned round that lead back to where a walk came from."""
    following: dict[str, list[str]] = {key: [] for key in keys}
    for start, end in edges:
        following[start].append(end)
    state: dict[str, int] = {}
    turned: set[tuple[str, str]] = set()
    for root in keys:
        stack = [(root, iter(following[root]))] if root not in state else []
        state.setdefault(root, 1)
        while stack:
            key, rest = stack[-1]
            other = next(rest, None)
            if other is None:
                state[key] = 2
                stack.pop()
            elif state.get(other) == 1:
                turned.add((key, other))
            elif other not in state:
                state[other] = 1
                stack.append((other, iter(following[other])))
    return [(end, start) if (start, end) in turned else (start, end) for start, end in edges]


def _layers(keys: Sequence[str], edges: Sequence[tuple[str, str]]) -> dict[str, int]:
    """The layer of each box: one below the lowest of those that point to it."""
    waiting = dict.fromkeys(keys, 0)
    for _, end in edges:
        waiting[end] += 1
    layers = dict.fromkeys(keys, 0)
    ready = [key for key in keys if not waiting[key]]
    while ready:
        key = ready.pop(0)
        for start, end in edges:
            if start == key:
                layers[end] = max(layers[end], layers[key] + 1)
                waiting[end] -= 1
                if not waiting[end]:
                    ready.append(end)
    return layers


def _neighbours(paths: Sequence[Sequence[_Place]]) -> dict[_Place, tuple[list[_Place], list[_Place]]]:
    """What stands directly above and below."""
    found: dict[_Place, tuple[list[_Place], list[_Place]]] = {}
    for path in paths:
        for upper, lower in pairwise(path):
            found.setdefault(lower, ([], []))[0].append(upper)
            found.setdefault(upper, ([], []))[1].append(lower)
    return found


def _untangle(rows: list[list[_Place]], neighbours: Mapping[_Place, tuple[list[_Place], list[_Place]]]) -> None:
    """Order each row by the mean place of what stands above, then below, a few times."""
    ranks = {place: float(rank) for row in rows for rank, place in enumerate(row)}
    for sweep in range(_SWEEPS):
        side = sweep % 2
        for row in rows if side == 0 else reversed(rows):
            means = {place: _mean([ranks[each] for each in neighbours.get(place, ([], []))[side]], ranks[place]) for place in row}
            row.sort(key=lambda place: means[place])
            ranks.update((place, float(rank)) for rank, place in enumerate(row))


def _spread(
    rows: Sequence[Sequence[_Place]], widths: Mapping[_Place, float], neighbours: Mapping[_Place, tuple[list[_Place], list[_Place]]]
) -> dict[_Place, float]:
    """The middle of everything: below the mean of what stands above it, as far as the row has room."""
    centres: dict[_Place, float] = {}
    for row in rows:
        wanted = [_mean([centres[each] for each in neighbours.get(place, ([], []))[0]], 0.0) for place in row]
        places: list[float] = []
        for number, place in enumerate(row):
            least = places[-1] + (widths[row[number - 1]] + widths[place]) / 2 + _GAP if places else wanted[number]
            places.append(max(wanted[number], least))
        shift = _mean([want - place for want, place in zip(wanted, places, strict=True)], 0.0)
        centres.update((place, where + shift) for place, where in zip(row, places, strict=True))
    return centres


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise
