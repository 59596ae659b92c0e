"""Nodes of decision diagrams: interned, reduced, ordered (uv-lock.md 3.3).

    python_full_version   cuts:     <3.9   <3.11
                          children:  A   │  B   │  A        one more child than cuts

A range variable is partitioned by its cuts. A boolean variable has the one pseudo-cut `BOOLEAN_CUTS`, which
makes its children (if true, if false) go through the same code. Two markers are equal iff they are one node.

Memory: the table of nodes is weak, so a node lives as long as a marker or a memo holds it. Memos hold their
keys and values, are emptied when they reach `MEMO_LIMIT`, and all at once by `forget`.
"""

from collections.abc import Callable, Iterator
from itertools import count, pairwise
from threading import RLock
from typing import Generic, TypeAlias, TypeVar
from weakref import KeyedRef

from hobd.core.markers.releases import ReleaseSet, VersionCut
from hobd.core.markers.variables import TERMINAL, Kind, Variable

StringCut: TypeAlias = tuple[str, int]
Cut: TypeAlias = VersionCut | StringCut
Cuts: TypeAlias = tuple[Cut, ...]
_Structure: TypeAlias = tuple[Variable, Cuts, tuple["Node", ...]]

Key = TypeVar("Key")
Value = TypeVar("Value")

BOOLEAN_CUTS: Cuts = (("", 0),)
MEMO_LIMIT = 1 << 16


class Node:
    """One question and where each answer leads. Compared by identity; made by `node` only."""

    __slots__ = ("__weakref__", "children", "cuts", "serial", "variable")

    def __init__(self, variable: Variable, cuts: Cuts, children: tuple["Node", ...], serial: int) -> None:
        self.variable = variable
        self.cuts = cuts
        self.children = children
        self.serial = serial
        """Grows with every node: puts unordered pairs in one order."""

    @property
    def is_boolean(self) -> bool:
        """Whether the children are (if true, if false)."""
        return self.variable.kind > Kind.VERSION

    def pieces(self) -> Iterator[tuple[Cut | None, Cut | None, "Node"]]:
        """The ranges and where they lead: (from, to, child); None is no bound."""
        for index, child in enumerate(self.children):
            yield self.cuts[index - 1] if index else None, self.cuts[index] if index < len(self.cuts) else None, child


FALSE = Node(TERMINAL, (), (), 0)
TRUE = Node(TERMINAL, (), (), 1)

_serials = count(2)
_lock = RLock()
_table: dict[_Structure, KeyedRef[_Structure, Node]] = {}


def _drop(reference: KeyedRef[_Structure, Node]) -> None:
    with _lock:
        if _table.get(reference.key) is reference:
            del _table[reference.key]


def node(variable: Variable, cuts: Cuts, children: tuple[Node, ...]) -> Node:
    """The one node of this structure. Neighbours with the same child must have been joined: see `reduced`."""
    structure = (variable, cuts, children)
    reference = _table.get(structure)
    found = None if reference is None else reference()
    if found is not None:
        return found
    with _lock:  # two threads must not make two nodes of one structure
        reference = _table.get(structure)
        found = None if reference is None else reference()
        if found is None:
            found = Node(variable, cuts, children, next(_serials))
            _table[structure] = KeyedRef(found, _drop, structure)
    return found


def reduced(variable: Variable, cuts: Cuts, children: list[Node]) -> Node:
    """The node of a partition, neighbours with the same child joined; the child itself if only one is left."""
    if len(children) > 1 and all(left is not right for left, right in pairwise(children)):
        return node(variable, cuts, tuple(children))
    kept = [children[0]]
    kept_cuts: list[Cut] = []
    for place, child in zip(cuts, children[1:], strict=True):
        if child is not kept[-1]:
            kept.append(child)
            kept_cuts.append(place)
    return kept[0] if len(kept) == 1 else node(variable, tuple(kept_cuts), tuple(kept))


def boolean(variable: Variable, *, positive: bool = True) -> Node:
    """The node that asks a boolean question and answers yes (or, not `positive`, no)."""
    return node(variable, BOOLEAN_CUTS, (TRUE, FALSE) if positive else (FALSE, TRUE))


def ranges(variable: Variable, cuts: Cuts, *, starts_inside: bool) -> Node:
    """The node that is true inside alternating ranges."""
    return reduced(variable, cuts, [TRUE if (index % 2 == 0) == starts_inside else FALSE for index in range(len(cuts) + 1)])


def releases(variable: Variable, accepted: ReleaseSet) -> Node:
    """The node that is true for a set of releases."""
    return ranges(variable, accepted.cuts, starts_inside=accepted.starts_inside)


def aligned(left: Node, right: Node) -> tuple[Cuts, list[Node], list[Node]]:
    """Cut two nodes of one variable into their common ranges: the cuts, and the child of each node per range."""
    left_cuts, right_cuts = left.cuts, right.cuts
    if left_cuts == right_cuts:
        return left_cuts, list(left.children), list(right.children)
    cuts: list[Cut] = []
    left_index = right_index = 0
    left_children, right_children = [left.children[0]], [right.children[0]]
    while left_index < len(left_cuts) or right_index < len(right_cuts):
        if right_index == len(right_cuts):
            place, takes_left, takes_right = left_cuts[left_index], True, False
        elif left_index == len(left_cuts):
            place, takes_left, takes_right = right_cuts[right_index], False, True
        else:
            place, takes_left, takes_right = _nearer(left_cuts[left_index], right_cuts[right_index])
        cuts.append(place)
        left_index += takes_left
        right_index += takes_right
        left_children.append(left.children[left_index])
        right_children.append(right.children[right_index])
    return tuple(cuts), left_children, right_children


def _nearer(left: Cut, right: Cut) -> tuple[Cut, bool, bool]:
    """The smaller of two cuts and from which side it came. Of two spellings of one place the shorter is kept."""
    if left[0] == right[0] and left[1] == right[1]:
        return min(left, right), True, True
    return (left, True, False) if left < right else (right, False, True)  # type: ignore[operator]  # likewise


class Memo(dict[Key, Value], Generic[Key, Value]):
    """Results of an operation by its operands, emptied when full."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__()
        _memos.append(self.clear)

    def keep(self, key: Key, value: Value) -> Value:
        """Remember and return a result."""
        if len(self) >= MEMO_LIMIT:
            self.clear()
        self[key] = value
        return value


_memos: list[Callable[[], None]] = []


def forget() -> None:
    """Drop all remembered results, and so every node that no marker holds. Safe at any time, in any thread."""
    for clear in _memos:
        clear()


def count_nodes() -> int:
    """How many nodes are alive."""
    return len(_table)
