"""Filling a rectangle with rectangles of given areas, none of them much longer than wide.

After Bruls, Huizing and van Wijk, "Squarified treemaps" (2000): rows along the shorter side, each closed as soon as one more
rectangle would make its worst shape worse.
"""

from collections.abc import Sequence

from msgspec import Struct


class Rectangle(Struct, frozen=True):
    """A place in a picture, in its units."""

    x: float
    y: float
    width: float
    height: float

    def inset(self, margin: float, top: float) -> "Rectangle":
        """What is left within a margin, and below what stands at the top; never less than nothing."""
        width, height = max(self.width - 2 * margin, 0.0), max(self.height - margin - top, 0.0)
        return Rectangle(self.x + margin, self.y + top, width, height)


def squarify(sizes: Sequence[float], place: Rectangle) -> list[Rectangle]:
    """A rectangle for each size, in their order, which together fill the place.

    Args:
        sizes: the largest first; none below zero.
        place: where they go.
    """
    total = sum(sizes)
    if not total or not place.width or not place.height:
        return [Rectangle(place.x, place.y, 0.0, 0.0) for _ in sizes]
    scale = place.width * place.height / total
    areas = [size * scale for size in sizes]
    placed: list[Rectangle] = []
    rest = place
    while len(placed) < len(areas):
        row = _row(areas[len(placed) :], min(rest.width, rest.height))
        done, rest = _lay(row, rest)
        placed += done
    return placed


def _row(areas: Sequence[float], side: float) -> Sequence[float]:
    """As many areas as make a row whose worst shape is best."""
    count, worst = 1, _worst(areas[:1], side)
    while count < len(areas) and (next_worst := _worst(areas[: count + 1], side)) <= worst:
        count, worst = count + 1, next_worst
    return areas[:count]


def _worst(row: Sequence[float], side: float) -> float:
    """The ratio of the longer to the shorter side of the worst rectangle of a row."""
    total = sum(row)
    if not total or not side:
        return 1.0
    return max(max(side * side * area / total**2, total**2 / (side * side * area)) if area else 1.0 for area in row)


def _lay(row: Sequence[float], place: Rectangle) -> tuple[list[Rectangle], Rectangle]:
    """The rectangles of a row along the shorter side, and what is left of the place."""
    total = sum(row)
    is_column = place.width >= place.height
    side = place.height if is_column else place.width
    depth = total / side if side else 0.0
    placed, offset = [], 0.0
    for area in row:
        length = area / depth if depth else 0.0
        if is_column:
            placed.append(Rectangle(place.x, place.y + offset, depth, length))
        else:
            placed.append(Rectangle(place.x + offset, place.y, length, depth))
        offset += length
    if is_column:
        return placed, Rectangle(place.x + depth, place.y, max(place.width - depth, 0.0), place.height)
    return placed, Rectangle(place.x, place.y + depth, place.width, max(place.height - depth, 0.0))
