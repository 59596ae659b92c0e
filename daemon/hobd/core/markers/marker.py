"""`Marker`: the public face of a decision diagram."""

from collections.abc import Callable, Collection, Mapping
from typing import Protocol

from hobd.core.markers import algebra, assumptions, bounds, diagram, evaluate, order, parse, text
from hobd.core.markers.releases import VersionCut


class HasPythonBounds(Protocol):
    """What markers are simplified by: a `RequiresPython` or `PythonBounds`."""

    @property
    def lower(self) -> VersionCut | None:
        """Where the Pythons begin; None for no bound."""

    @property
    def upper(self) -> VersionCut | None:
        """Where the Pythons end; None for no bound."""


class Marker:
    """A condition on environments (PEP 508): immutable, and equal exactly to markers that are the same diagram.

    Two markers that mean the same are equal, except where they were built differently around platforms that
    cannot be (uv-lock.md 3.5).
    """

    __slots__ = ("_node",)

    _node: diagram.Node

    def __init__(self, node: diagram.Node) -> None:
        self._node = node

    @staticmethod
    def parse(text: str) -> "Marker":
        """Read a marker; comparisons that cannot be understood are left out, as uv does.

        Raises:
            InvalidMarker: it does not follow the grammar.
        """
        found = _parsed.get(text)
        return Marker(_parsed.keep(text, parse.parse_node(text)) if found is None else found)

    @property
    def is_true(self) -> bool:
        """Whether it always holds."""
        return self._node is diagram.TRUE

    @property
    def is_false(self) -> bool:
        """Whether it never holds."""
        return self._node is diagram.FALSE

    def __and__(self, other: "Marker") -> "Marker":
        return Marker(algebra.conjunction(self._node, other._node))

    def __or__(self, other: "Marker") -> "Marker":
        return Marker(algebra.disjunction(self._node, other._node))

    def __invert__(self) -> "Marker":
        return Marker(algebra.negation(self._node))

    def is_disjoint(self, other: "Marker") -> bool:
        """Whether no environment satisfies both."""
        return algebra.is_disjoint(self._node, other._node)

    def implies(self, other: "Marker") -> bool:
        """Whether `other` holds wherever this does."""
        return algebra.is_disjoint(self._node, algebra.negation(other._node))

    def restrict(self, assumption: "Marker") -> "Marker":
        """A marker that agrees with this one wherever `assumption` holds, and is free elsewhere (3.7)."""
        return Marker(assumptions.restrict(self._node, assumption._node))

    def simplify(self, requires_python: HasPythonBounds) -> "Marker":
        """Leave out what the bounds of Python imply (2.3)."""
        return Marker(assumptions.simplify(self._node, requires_python.lower, requires_python.upper))

    def complexify(self, requires_python: HasPythonBounds) -> "Marker":
        """Say the bounds of Python too (2.3)."""
        return Marker(assumptions.complexify(self._node, requires_python.lower, requires_python.upper))

    def python_bounds(self) -> bounds.PythonBounds:
        """The interval around every Python for which it can hold (4.6)."""
        return bounds.python_bounds(self._node)

    def without_extras(self) -> "Marker":
        """Where it holds for some choice of extras."""
        return Marker(assumptions.without_extras(self._node))

    def only_extras(self) -> "Marker":
        """What it says of extras, for some environment."""
        return Marker(assumptions.only_extras(self._node))

    def assume_extra(self, name: str, active: bool) -> "Marker":
        """The marker with one extra decided (normalized name)."""
        return self.assume_extras({name: active}.get)

    def assume_extras(self, decide: Callable[[str], bool | None]) -> "Marker":
        """The marker with extras decided; `decide` answers None for those that stay open."""
        return Marker(assumptions.assume_extras(self._node, decide))

    def extra_names(self) -> frozenset[str]:
        """The extras that it asks about."""
        return assumptions.extra_names(self._node)

    def names(self) -> frozenset[str]:
        """The values of the environment that it asks about, by PEP 508 name; extras and groups are none."""
        return assumptions.names(self._node)

    def evaluate(self, environment: Mapping[str, str], extras: Collection[str] = (), groups: Collection[str] = ()) -> bool:
        """Whether it holds in an environment (values by PEP 508 name) with these extras and groups active."""
        return evaluate.evaluate(self._node, environment, extras, groups)

    def sort_key(self) -> order.SortKey:
        """Where it stands among markers in a lock (3.8)."""
        return order.sort_key(self._node)

    def to_text(self) -> str | None:
        """The canonical text; None where it always holds and is not written."""
        return text.render(self._node)

    def __str__(self) -> str:
        return self.to_text() or ""

    def __repr__(self) -> str:
        return f"Marker({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Marker) and self._node is other._node

    def __hash__(self) -> int:
        return hash(self._node)


TRUE = Marker(diagram.TRUE)
FALSE = Marker(diagram.FALSE)

_parsed: diagram.Memo[str, diagram.Node] = diagram.Memo()
