"""The versions of a project, each turned into a candidate when it is looked at: of one index, or of several where none hides the others."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from hobd.core.resolver.candidates import Candidate, FilePolicy
from hobd.core.resolver.knowledge import Page
from hobd.core.resolver.versions import Point, VersionSet, count_before
from hobd.core.vocab.source import Registry

_MOST_POLICIES = 4
"""For so many kinds of projects at once it is remembered what was worked out of a page."""
_MOST_CANDIDATES = 256
"""A resolution looks at a few versions of most pages. One that looked at many, or an explanation, is not worth the memory."""

_HAS_LOCALS = "has locals"


class _Seen(NamedTuple):
    """What was looked at. It knows nothing of the page, which may hold it."""

    candidates: dict[int, Candidate]
    """By place in the list."""
    found: dict[Point, Candidate]
    gaps: dict[Point, VersionSet]


class Versions:
    """The versions of one project on the indexes that serve it."""

    def __init__(self, page: Page, policy: FilePolicy, examined: Callable[[Candidate], None]) -> None:
        self._page = page
        self._examined = examined
        self._policy = policy
        self.places = page.places
        self._candidates, self._found, self._gaps = _seen_before(page, policy)

    @cached_property
    def known(self) -> Sequence[Point]:
        """The versions that exist: those whose files are all cut off by time do not."""
        if self._policy.cutoff is None:
            return self.places
        return tuple(place for index, place in enumerate(self.places) if not self._candidate(index).is_hidden)

    def examine_all(self) -> None:
        """Look at every version, as an explanation does."""
        for index in range(len(self.places)):
            self._examine(index)

    @cached_property
    def index(self) -> Registry | None:
        """The index whose page this is; None where all files come from flat locations."""
        files = (each for release in self._page.releases[:1] for each in release.files)
        return next((each.index for each in files if not each.is_flat), None)

    @cached_property
    def has_locals(self) -> bool:
        """Whether any version is a local one."""
        known = self._page.worked_out.get(_HAS_LOCALS)
        if not isinstance(known, bool):
            known = self._page.worked_out[_HAS_LOCALS] = any(place.is_local for place in self.places)
        return known

    def find(self, place: Point) -> Candidate | None:
        """The candidate at a version; None where there is none."""
        found = self._found.get(place)
        if found is None:
            index = bisect_left(self.places, place)
            if index == len(self.places) or self.places[index] != place:
                return None
            found = self._found[place] = self._examine(index)
        return found

    def find_first(self, place: Point) -> Candidate | None:
        """The candidate at a version on the first index that has it, even if it is cut off by time there."""
        return self.find(place)

    def gap_around(self, place: Point) -> VersionSet:
        """The versions around one among which it is the only one known: what is said of it can be said of all of them."""
        found = self._gaps.get(place)
        if found is None:
            found = self._gaps[place] = self._gap_around(place)
        return found

    def _gap_around(self, place: Point) -> VersionSet:
        known = self.known
        if not known:
            return place.only
        at = bisect_left(known, place)
        if at == len(known) or known[at] != place:  # hidden by the cut-off, and yet the old lock has it
            known = (*known[:at], place, *known[at:])
        return place.only.widened(known)

    def turns(self, versions: VersionSet, *, descending: bool) -> Iterator[Iterator[Candidate]]:
        """The candidates in a set, hidden ones left out: those of one turn are tried before those of the next."""
        yield self._within(versions, descending=descending)

    def within(self, versions: VersionSet, *, descending: bool) -> Iterator[Candidate]:
        """The candidates in a set in the order in which they are tried, whatever turn it is."""
        for turn in self.turns(versions, descending=descending):
            yield from turn

    def _within(self, versions: VersionSet, *, descending: bool) -> Iterator[Candidate]:
        intervals = [(count_before(self.places, low), count_before(self.places, high)) for low, high in versions.intervals()]
        for first, last in reversed(intervals) if descending else intervals:
            for index in range(last - 1, first - 1, -1) if descending else range(first, last):
                candidate = self._examine(index)
                if not candidate.is_hidden:
                    yield candidate

    def locals_of(self, place: Point) -> Iterator[Point]:
        """The local versions of a public version, highest first."""
        for other in reversed(self.places):
            if other <= place:
                return
            if other.is_local and other[:5] == place[:5]:
                yield other

    def _examine(self, index: int) -> Candidate:
        """The candidate, as one that may be chosen: files of it that do not exist for the want of a time are told of."""
        found = self._candidate(index)
        if self._policy.cutoff is not None:
            self._examined(found)
        return found

    def _candidate(self, index: int) -> Candidate:
        found = self._candidates.get(index)
        if found is None:
            found = self._candidates[index] = Candidate(self._page.name, self.places[index], self._page.releases[index], self._policy)
        return found


def _seen_before(page: Page, policy: FilePolicy) -> _Seen:
    """What resolutions before worked out of a page under the same policy. A cut-off moves on, and tags are of one environment."""
    if policy.cutoff is not None or policy.tags is not None:
        return _Seen({}, {}, {})
    found = page.worked_out.get(policy)
    if not isinstance(found, _Seen) or len(found.candidates) > _MOST_CANDIDATES:
        if len(page.worked_out) >= _MOST_POLICIES:
            page.worked_out.clear()
        found = page.worked_out[policy] = _Seen({}, {}, {})
    return found


class SeveralPages(Versions):
    """One index's versions after the other's, or those of all in one list.

    The files of a version are never put together from several indexes: those of the first that has it count.

    Args:
        pages: of the indexes, in order of search.
        are_one_list: whether a higher version of a later index comes before a lower one of an earlier.
    """

    def __init__(self, pages: Sequence[Versions], *, are_one_list: bool) -> None:
        self._pages = pages
        self._are_one_list = are_one_list
        self.places = tuple(sorted({place for page in pages for place in page.places}))
        self._gaps = {}

    @cached_property
    def known(self) -> Sequence[Point]:
        """See `Versions`."""
        return tuple(sorted({place for page in self._pages for place in page.known}))

    def examine_all(self) -> None:
        """See `Versions`."""
        for page in self._pages:
            page.examine_all()

    @cached_property
    def index(self) -> None:
        """No index hides another."""
        return

    @cached_property
    def has_locals(self) -> bool:
        """See `Versions`."""
        return any(page.has_locals for page in self._pages)

    def find(self, place: Point) -> Candidate | None:
        """See `Versions`: what is cut off by time on one index may be there on another."""
        found = [candidate for page in self._pages if (candidate := page.find(place)) is not None]
        return next((each for each in found if not each.is_hidden), found[0] if found else None)

    def find_first(self, place: Point) -> Candidate | None:
        """See `Versions`."""
        return next((candidate for page in self._pages if (candidate := page.find(place)) is not None), None)

    def turns(self, versions: VersionSet, *, descending: bool) -> Iterator[Iterator[Candidate]]:
        """See `Versions`."""
        if self._are_one_list:
            yield self._within_all(versions, descending=descending)
        else:
            for page in self._pages:
                yield from page.turns(versions, descending=descending)

    def _within_all(self, versions: VersionSet, *, descending: bool) -> Iterator[Candidate]:
        for place in reversed(self.places) if descending else self.places:
            candidate = self.find(place) if place in versions else None
            if candidate is not None and not candidate.is_hidden:
                yield candidate
