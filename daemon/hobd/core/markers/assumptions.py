"""Markers under an assumption: restricted, simplified by bounds of Python, with extras decided (uv-lock.md 2.3, 3.4, 3.7)."""

from collections.abc import Callable

from hobd.core.markers.algebra import conjunction, disjunction_of, negation
from hobd.core.markers.diagram import FALSE, TRUE, Memo, Node, aligned, ranges, reduced
from hobd.core.markers.releases import VersionCut
from hobd.core.markers.variables import PYTHON_FULL_VERSION, TERMINAL, Kind, Variable, name_of

_restrictions: Memo[tuple[Node, Node], Node] = Memo()
_simplifications: Memo[tuple[Node, VersionCut | None, VersionCut | None], Node] = Memo()
_without_extras: Memo[Node, Node] = Memo()
_extra_names: Memo[Node, frozenset[str]] = Memo()


def restrict(value: Node, assumption: Node) -> Node:
    """A marker that agrees with `value` wherever `assumption` holds and is free elsewhere (3.7).

    Its exact choice is visible in lockfiles: where the assumption fails, the result is that of the first range
    in which it may hold.
    """
    if assumption is TRUE or value.variable is TERMINAL:
        return value
    if assumption is FALSE:
        return FALSE
    if value is assumption:
        return TRUE
    if value is negation(assumption):
        return FALSE
    pair = (value, assumption)
    found = _restrictions.get(pair)
    return _restrictions.keep(pair, _restrict_children(value, assumption)) if found is None else found


def _restrict_children(value: Node, assumption: Node) -> Node:
    if value.variable < assumption.variable:
        return reduced(value.variable, value.cuts, [restrict(child, assumption) for child in value.children])
    if assumption.variable < value.variable:
        return restrict(value, disjunction_of(assumption.children))
    cuts, values, assumptions = aligned(value, assumption)
    results = [None if assumed is FALSE else restrict(child, assumed) for child, assumed in zip(values, assumptions, strict=True)]
    fallback = next(result for result in results if result is not None)
    return reduced(value.variable, cuts, [fallback if result is None else result for result in results])


def simplify(marker: Node, lower: VersionCut | None, upper: VersionCut | None) -> Node:
    """Leave out what the bounds of Python imply (2.3)."""
    if (lower is None and upper is None) or marker.variable > PYTHON_FULL_VERSION:
        return marker
    key = (marker, lower, upper)
    found = _simplifications.get(key)
    if found is None:
        if marker.variable == PYTHON_FULL_VERSION:
            found = _clip(marker, lower, upper)
        else:
            found = reduced(marker.variable, marker.cuts, [simplify(child, lower, upper) for child in marker.children])
        _simplifications.keep(key, found)
    return found


def _clip(marker: Node, lower: VersionCut | None, upper: VersionCut | None) -> Node:
    """Keep the ranges that meet the bounds, and stretch the outermost of them to infinity."""
    first, last = 0, len(marker.cuts)
    cuts: tuple[VersionCut, ...] = marker.cuts  # type: ignore[assignment]  # a version variable's cuts are version cuts
    while first < last and lower is not None and cuts[first][:2] <= lower[:2]:
        first += 1
    while first < last and upper is not None and cuts[last - 1][:2] >= upper[:2]:
        last -= 1
    return reduced(marker.variable, cuts[first:last], list(marker.children[first : last + 1]))


def complexify(marker: Node, lower: VersionCut | None, upper: VersionCut | None) -> Node:
    """The marker, and Python within the bounds."""
    within = TRUE
    if lower is not None:
        within = conjunction(within, ranges(PYTHON_FULL_VERSION, (lower,), starts_inside=False))
    if upper is not None:
        within = conjunction(within, ranges(PYTHON_FULL_VERSION, (upper,), starts_inside=True))
    return conjunction(marker, within)


def without_extras(marker: Node) -> Node:
    """Where the marker holds for some choice of extras."""
    found = _without_extras.get(marker)
    return _without_extras.keep(marker, _replace(marker, lambda kind: kind == Kind.EXTRA, {})) if found is None else found


def only_extras(marker: Node) -> Node:
    """What the marker says of extras, for some environment."""
    return _replace(marker, lambda kind: kind != Kind.EXTRA, {})


def _replace(marker: Node, is_free: Callable[[int], bool], done: dict[Node, Node]) -> Node:
    """Replace the nodes of free kinds by the disjunction of their children."""
    if marker.variable is TERMINAL:
        return marker
    if marker not in done:
        children = [_replace(child, is_free, done) for child in marker.children]
        is_gone = is_free(marker.variable.kind)
        done[marker] = disjunction_of(children) if is_gone else reduced(marker.variable, marker.cuts, children)
    return done[marker]


def assume_extras(marker: Node, decide: Callable[[str], bool | None]) -> Node:
    """Take the extras as decided; `decide` answers None for those that stay open."""
    return _assume(marker, decide, {}) if extra_names(marker) else marker


def _assume(marker: Node, decide: Callable[[str], bool | None], done: dict[Node, Node]) -> Node:
    if marker.variable.kind > Kind.EXTRA:
        return marker
    if marker not in done:
        active = decide(marker.variable.literal) if marker.variable.kind == Kind.EXTRA else None
        if active is None:
            done[marker] = reduced(marker.variable, marker.cuts, [_assume(child, decide, done) for child in marker.children])
        else:
            done[marker] = _assume(marker.children[0 if active else 1], decide, done)
    return done[marker]


def extra_names(marker: Node) -> frozenset[str]:
    """The extras that the diagram asks about."""
    if marker.variable.kind > Kind.EXTRA:
        return frozenset()
    found = _extra_names.get(marker)
    if found is None:
        found = _extra_names.keep(marker, frozenset(each.literal for each in _questions(marker) if each.kind == Kind.EXTRA))
    return found


def names(marker: Node) -> frozenset[str]:
    """The names of the environment that the diagram asks about."""
    others = (Kind.EXTRA, Kind.LIST, Kind.TERMINAL)
    return frozenset(name_of(variable) for variable in _questions(marker) if variable.kind not in others)


def _questions(marker: Node) -> set[Variable]:
    seen: set[Node] = set()
    waiting = [marker]
    while waiting:
        here = waiting.pop()
        if here not in seen:
            seen.add(here)
            waiting.extend(here.children)
    return {node.variable for node in seen}
