"""A diagram as a small sum of products: irredundant cover by Minato and Morreale (uv-lock.md 3.6, step 1).

The cover of an interval (lower, upper) satisfies lower ≤ function ≤ upper. It is a tree of branches: a branch is
a question, the pieces of its partition that are let through (the guard), and the cover behind them.
"""

from collections.abc import Iterator
from typing import TypeAlias

from msgspec import Struct

from hobd.core.markers.algebra import conjunction, conjunction_of, disjunction, negation
from hobd.core.markers.diagram import FALSE, TRUE, Cuts, Memo, Node, aligned, reduced
from hobd.core.markers.variables import TERMINAL, Variable


class Branch(Struct, frozen=True):
    """Some answers to one question, and what else has to hold then."""

    variable: Variable
    cuts: Cuts
    pieces: tuple[int, ...]
    """Indexes of the partition's pieces that are let through, ascending."""
    rest: "Cover"


Cover: TypeAlias = tuple[Branch, ...] | None
"""Branches to be or-ed; empty is false, None is true."""

_Part: TypeAlias = tuple[list[int], Node, Node]
"""Pieces with the same children, and those children of the lower and the upper marker."""

_covers: Memo[tuple[Node, Node], tuple[Node, Cover]] = Memo()


def cover(lower: Node, upper: Node) -> tuple[Node, Cover]:
    """A function between `lower` and `upper`, and a cover of it."""
    if lower is FALSE:
        return FALSE, ()
    if upper is TRUE:
        return TRUE, None
    found = _covers.get((lower, upper))
    return _covers.keep((lower, upper), _cover(lower, upper)) if found is None else found


def _cover(lower: Node, upper: Node) -> tuple[Node, Cover]:
    if lower is upper and all(child.variable is TERMINAL for child in lower.children):
        pieces = tuple(index for index, child in enumerate(lower.children) if child is TRUE)
        return lower, (Branch(lower.variable, lower.cuts, pieces, None),)
    variable, cuts, lower_children, upper_children = _split(lower, upper)
    common = conjunction_of(upper_children)
    branches: dict[Node, tuple[list[int], Cover]] = {}
    left_over = FALSE
    for pieces_of_part, lower_child, upper_child in _parts(lower, upper, lower_children, upper_children):
        function, rest = cover(conjunction(lower_child, negation(common)), upper_child)
        left_over = disjunction(left_over, conjunction(lower_child, negation(function)))
        if function is not FALSE:
            branches.setdefault(function, ([], rest))[0].extend(pieces_of_part)
    function, rest = cover(left_over, common)
    if function is not FALSE:  # it holds whatever the answer: the guard of a branch with this function falls away
        branches[function] = (list(range(len(cuts) + 1)), branches.get(function, ([], rest))[1])
    result = tuple(Branch(variable, cuts, tuple(sorted(pieces)), rest) for pieces, rest in branches.values())
    return lower if lower is upper else _function_of(variable, cuts, branches), result


def _split(lower: Node, upper: Node) -> tuple[Variable, Cuts, list[Node], list[Node]]:
    """The smaller root question, its common partition, and where each marker leads per piece."""
    if lower.variable == upper.variable:
        cuts, lower_children, upper_children = aligned(lower, upper)
        return lower.variable, cuts, lower_children, upper_children
    if lower.variable < upper.variable:
        return lower.variable, lower.cuts, list(lower.children), [upper] * len(lower.children)
    return upper.variable, upper.cuts, [lower] * len(upper.children), list(upper.children)


def _parts(lower: Node, upper: Node, lower_children: list[Node], upper_children: list[Node]) -> Iterator[_Part]:
    """Pieces with equal children together, in order of first appearance; of booleans the false side comes first."""
    root = lower if lower.variable < upper.variable else upper
    if root.is_boolean:
        yield [1], lower_children[1], upper_children[1]
        yield [0], lower_children[0], upper_children[0]
        return
    groups: dict[tuple[Node, Node], list[int]] = {}
    for index, pair in enumerate(zip(lower_children, upper_children, strict=True)):
        groups.setdefault(pair, []).append(index)
    for (lower_child, upper_child), pieces in groups.items():
        yield pieces, lower_child, upper_child


def _function_of(variable: Variable, cuts: Cuts, branches: dict[Node, tuple[list[int], Cover]]) -> Node:
    """The function that branches cover: the disjunction of guard and function."""
    result = FALSE
    for function, (pieces, _) in branches.items():
        guard = reduced(variable, cuts, [TRUE if index in pieces else FALSE for index in range(len(cuts) + 1)])
        result = disjunction(result, conjunction(guard, function))
    return result
