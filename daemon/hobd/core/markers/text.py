"""A diagram as text, in the words that a lockfile uses (uv-lock.md 3.6)."""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from hobd.core.markers.cover import Branch, Cover, cover
from hobd.core.markers.diagram import FALSE, TRUE, Cut, Cuts, Memo, Node
from hobd.core.markers.releases import is_series, spell, spell_series
from hobd.core.markers.variables import STRING_NAMES, VERSION_NAMES, Kind, Variable, name_of

NEVER = "python_version < '0'"
"""How a marker is written that never holds."""

_Rank: TypeAlias = tuple[int, int]
_Interval: TypeAlias = tuple[Cut | None, Cut | None]


class _Term(NamedTuple):
    """A comparison as text, and what it is sorted by."""

    rank: _Rank
    text: str


_Clause: TypeAlias = tuple[_Term, ...]

_STRING_RANKS = {name: rank for rank, name in enumerate(sorted(STRING_NAMES))}
_VERSION_RANKS = {name: rank for rank, name in enumerate(VERSION_NAMES)}
_texts: Memo[Node, str] = Memo()


def render(marker: Node) -> str | None:
    """The marker as text; None where it always holds and is left out."""
    if marker is TRUE:
        return None
    if marker is FALSE:
        return NEVER
    found = _texts.get(marker)
    return _texts.keep(marker, _render(marker)) if found is None else found


def _render(marker: Node) -> str:
    clauses = [tuple(sorted(clause, key=_rank)) for clause in _clauses(cover(marker, marker)[1])]
    clauses.sort(key=lambda clause: [term.rank for term in clause])
    texts = [" and ".join(term.text for term in clause) for clause in clauses]
    if len(texts) == 1:
        return texts[0]
    return " or ".join(f"({text})" if len(clause) > 1 else text for text, clause in zip(texts, clauses, strict=True))


def _rank(term: _Term) -> _Rank:
    """Versions, strings, lists, extras; each by name. Values play no part."""
    return term.rank


def _clauses(branches: Cover) -> Iterator[_Clause]:
    """Every product of the sum, depth first."""
    if branches is None:
        yield ()
        return
    for branch in branches:
        heads = list(_guard_clauses(branch))
        for head in heads:
            for tail in _clauses(branch.rest):
                yield head + tail


def _guard_clauses(branch: Branch) -> Iterator[_Clause]:
    """What the guard of a branch adds to a product: one alternative, or one for each interval."""
    if len(branch.pieces) == len(branch.cuts) + 1:
        yield ()
        return
    variable = branch.variable
    rank, name = _rank_of(variable), name_of(variable)
    if variable.kind > Kind.VERSION:
        yield (_Term(rank, _boolean_text(variable, name, is_true=branch.pieces == (0,))),)
        return
    for texts in _range_texts(variable, name, _intervals(branch.cuts, branch.pieces)):
        yield tuple(_Term(rank, text) for text in texts)


def _rank_of(variable: Variable) -> _Rank:
    name = name_of(variable)
    match variable.kind:
        case Kind.VERSION:
            return 0, _VERSION_RANKS[name]
        case Kind.LIST:
            return 2, variable.order
        case Kind.EXTRA:
            return 3, 0
    return 1, _STRING_RANKS[name]


def _boolean_text(variable: Variable, name: str, *, is_true: bool) -> str:
    negation = "" if is_true else "not "
    match variable.kind:
        case Kind.EXTRA:
            return f"extra {'==' if is_true else '!='} '{variable.literal}'"
        case Kind.IN:
            return f"{name} {negation}in '{variable.literal}'"
    return f"'{variable.literal}' {negation}in {name}"


def _intervals(cuts: Cuts, pieces: tuple[int, ...]) -> list[_Interval]:
    """The pieces as intervals, neighbours joined."""
    joined: list[_Interval] = []
    for index in pieces:
        start = cuts[index - 1] if index else None
        end = cuts[index] if index < len(cuts) else None
        if joined and start is not None and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _range_texts(variable: Variable, name: str, intervals: list[_Interval]) -> list[list[str]]:
    """The alternatives for a union of intervals, each a list of comparisons."""
    if variable.kind != Kind.RELEASE_VERSION and intervals[0][0] is None and intervals[-1][1] is None:
        holes = [(end, start) for (_, end), (start, _) in pairwise(intervals)]
        if all(_is_point(hole) for hole in holes):
            return [[f"{name} != '{_spell(end)}'" for end, _ in holes]]
        if variable.kind == Kind.VERSION and len(holes) == 1 and is_series(*holes[0]):  # type: ignore[arg-type]  # version cuts
            return [[f"{name} != '{spell_series(holes[0][0])}'"]]  # type: ignore[arg-type]  # likewise
    return [_interval_texts(variable, name, interval) for interval in intervals]


def _interval_texts(variable: Variable, name: str, interval: _Interval) -> list[str]:
    start, end = interval
    if _is_point(interval):
        return [f"{name} == '{_spell(start)}'"]
    if variable.kind == Kind.VERSION and start is not None and end is not None and is_series(start, end):  # type: ignore[arg-type]
        return [f"{name} == '{spell_series(start)}'"]  # type: ignore[arg-type]  # a version variable has version cuts
    texts = []
    if start is not None:
        texts.append(f"{name} {'>' if start[1] else '>='} '{_spell(start)}'")
    if end is not None:
        texts.append(f"{name} {'<=' if end[1] else '<'} '{_spell(end)}'")
    return texts


def _is_point(interval: _Interval) -> bool:
    start, end = interval
    return start is not None and end is not None and start[0] == end[0]


def _spell(place: Cut | None) -> str:
    """The value beside a cut."""
    assert place is not None
    return place[0] if isinstance(place[0], str) else spell(place)
