"""Bounds of Python versions, and those that a marker implies (uv-lock.md 2.2, 4.6)."""

from typing import TypeAlias

from msgspec import Struct

from hobd.core.markers.diagram import FALSE, TRUE, Memo, Node
from hobd.core.markers.releases import BEFORE, Release, VersionCut, trim
from hobd.core.markers.variables import PYTHON_FULL_VERSION

BoundOrder: TypeAlias = tuple[int, Release, int]
"""Sort key of a bound: unbounded ones lie outermost; spelling does not count."""


class PythonBounds(Struct, frozen=True):
    """An interval of releases: from `lower` (a cut before or after a release) to `upper`; None is no bound."""

    lower: VersionCut | None = None
    upper: VersionCut | None = None

    @property
    def lower_order(self) -> BoundOrder:
        """Sort key of the lower bound; no bound comes first."""
        return (0, (), 0) if self.lower is None else (1, self.lower[0], self.lower[1])

    @property
    def upper_order(self) -> BoundOrder:
        """Sort key of the upper bound; no bound comes last."""
        return (2, (), 0) if self.upper is None else (1, self.upper[0], self.upper[1])

    @property
    def is_empty(self) -> bool:
        """Whether no release lies between the bounds."""
        return self.lower_order >= self.upper_order

    def intersect(self, other: "PythonBounds") -> "PythonBounds":
        """The part within both."""
        lower = self if self.lower_order >= other.lower_order else other
        upper = self if self.upper_order <= other.upper_order else other
        return PythonBounds(lower.lower, upper.upper)

    def unite(self, other: "PythonBounds") -> "PythonBounds":
        """The smallest interval around both."""
        lower = self if self.lower_order <= other.lower_order else other
        upper = self if self.upper_order >= other.upper_order else other
        return PythonBounds(lower.lower, upper.upper)

    def __contains__(self, release: Release) -> bool:
        place = (1, trim(release), BEFORE)
        return self.lower_order <= place < self.upper_order


UNBOUNDED = PythonBounds()

_bounds: Memo[Node, PythonBounds] = Memo()


def python_bounds(marker: Node) -> PythonBounds:
    """The interval around every Python for which the marker can hold; unbounded for a marker that never holds."""
    return (_bounds_of(marker) or UNBOUNDED) if marker is not FALSE else UNBOUNDED


def _bounds_of(marker: Node) -> PythonBounds | None:
    """None where no path leads to true."""
    if marker is FALSE:
        return None
    if marker is TRUE or marker.variable > PYTHON_FULL_VERSION:
        return UNBOUNDED
    found = _bounds.get(marker)
    if found is not None:
        return found
    if marker.variable == PYTHON_FULL_VERSION:
        parts = [PythonBounds(lower, upper) for lower, upper, child in marker.pieces() if child is not FALSE]  # type: ignore[arg-type]
    else:
        parts = [part for child in marker.children if (part := _bounds_of(child)) is not None]
    result = parts[0]
    for part in parts[1:]:
        result = result.unite(part)
    return _bounds.keep(marker, result)
