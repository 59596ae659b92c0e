"""Conjunction, disjunction, negation and disjointness of diagrams (uv-lock.md 3.4, 3.5)."""

from collections.abc import Iterable
from functools import reduce

from hobd.core.markers.diagram import FALSE, TRUE, Memo, Node, aligned, node, ranges, reduced
from hobd.core.markers.variables import LAST_PLATFORM, STRINGS

_negations: Memo[Node, Node] = Memo()
_conjunctions: Memo[tuple[Node, Node], Node] = Memo()
_overlaps: Memo[tuple[Node, Node], bool] = Memo()


def negation(marker: Node) -> Node:
    """Not the marker."""
    if marker is TRUE:
        return FALSE
    if marker is FALSE:
        return TRUE
    found = _negations.get(marker)
    if found is None:
        found = node(marker.variable, marker.cuts, tuple(map(negation, marker.children)))
        _negations.keep(marker, found)
        _negations.keep(found, marker)
    return found


def conjunction(left: Node, right: Node) -> Node:
    """Both. A result that only impossible platforms satisfy becomes false, if both operands ask about platforms first (3.5)."""
    if left is right or right is TRUE:
        return left
    if left is TRUE:
        return right
    if left is FALSE or right is FALSE:
        return FALSE
    pair = (left, right) if left.serial < right.serial else (right, left)
    found = _conjunctions.get(pair)
    if found is not None:
        return found
    result = _expand(left, right)
    if _may_be_impossible(left, right) and not _overlap(result, _possible_platforms):
        result = FALSE
    return _conjunctions.keep(pair, result)


def _expand(left: Node, right: Node) -> Node:
    """Conjunction by the cases of the smaller variable (Shannon)."""
    if left.variable == right.variable:
        cuts, left_children, right_children = aligned(left, right)
        return reduced(left.variable, cuts, list(map(conjunction, left_children, right_children)))
    if right.variable < left.variable:
        left, right = right, left
    return reduced(left.variable, left.cuts, [conjunction(child, right) for child in left.children])


def disjunction(left: Node, right: Node) -> Node:
    """Either. By way of the conjunction of the negations, so that the rule of 3.5 acts here too."""
    if left is right or left is TRUE or right is FALSE:
        return left
    if right is TRUE or left is FALSE:
        return right
    return negation(conjunction(negation(left), negation(right)))


def disjunction_of(markers: Iterable[Node]) -> Node:
    """Any of them, folded from the left."""
    return reduce(disjunction, markers, FALSE)


def conjunction_of(markers: Iterable[Node]) -> Node:
    """All of them, folded from the left."""
    return reduce(conjunction, markers, TRUE)


def is_disjoint(left: Node, right: Node) -> bool:
    """Whether no environment satisfies both; impossible platforms count only where both ask about platforms first (3.4)."""
    if left.variable <= LAST_PLATFORM and right.variable <= LAST_PLATFORM:
        return conjunction(left, right) is FALSE
    return not _overlap(left, right)


def _overlap(left: Node, right: Node) -> bool:
    """Whether the conjunction can be satisfied, without the rule of 3.5 and without building it."""
    if left is FALSE or right is FALSE:
        return False
    if left is right or left is TRUE or right is TRUE:
        return True
    pair = (left, right) if left.serial < right.serial else (right, left)
    found = _overlaps.get(pair)
    if found is not None:
        return found
    if left.variable == right.variable:
        _, left_children, right_children = aligned(left, right)
        result = any(map(_overlap, left_children, right_children))
    else:
        upper, lower = (left, right) if left.variable < right.variable else (right, left)
        result = any(_overlap(child, lower) for child in upper.children)
    return _overlaps.keep(pair, result)


def _may_be_impossible(left: Node, right: Node) -> bool:
    return left.variable <= LAST_PLATFORM and right.variable <= LAST_PLATFORM


def _is(name: str, value: str) -> Node:
    return ranges(STRINGS[name], ((value, 0), (value, 1)), starts_inside=False)


def _impossible_platforms() -> Iterable[Node]:
    """The pairs of names that never hold together (3.5)."""
    for platform in ("linux", "darwin", "ios"):
        yield conjunction(_is("os_name", "nt"), _is("sys_platform", platform))
    yield conjunction(_is("os_name", "posix"), _is("sys_platform", "win32"))
    for system in ("FreeBSD", "NetBSD", "OpenBSD", "SunOS", "iOS", "iPadOS"):
        for platform in ("aix", "android", "emscripten", "ios", "linux", "darwin", "win32", "cygwin", "wasi"):
            if not (system in ("iOS", "iPadOS") and platform == "ios"):
                yield conjunction(_is("platform_system", system), _is("sys_platform", platform))


_possible_platforms = TRUE  # the pairs themselves are joined without the rule: TRUE overlaps whatever can be satisfied
_possible_platforms = negation(disjunction_of(_impossible_platforms()))
for _results in (_conjunctions, _negations, _overlaps):
    _results.clear()  # they were found without the rule
