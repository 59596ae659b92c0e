"""What the indexes know, ready for choosing: a project's versions in order, each turned into a candidate when it is looked at."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cached_property

from packaging.version import Version

from hobd.core.markers import InvalidRequiresPython, PythonBounds, RequiresPython, VersionCut
from hobd.core.resolver.candidates import Candidate, FilePolicy, moment
from hobd.core.resolver.knowledge import Knowledge, NoPage, Page
from hobd.core.resolver.problem import Problem
from hobd.core.resolver.rejection import Rejection, absent
from hobd.core.resolver.versions import Point, VersionSet, count_before
from hobd.core.vocab.names import Name
from hobd.core.vocab.source import Registry


class Versions:
    """The versions of one project on the indexes that serve it."""

    def __init__(self, page: Page, policy: FilePolicy) -> None:
        self._page = page
        self._policy = policy
        self.places = page.places
        self._candidates: dict[int, Candidate] = {}

    @cached_property
    def known(self) -> Sequence[Point]:
        """The versions that exist: those whose files are all cut off by time do not."""
        if self._policy.cutoff is None:
            return self.places
        return tuple(place for index, place in enumerate(self.places) if not self._candidate(index).is_hidden)

    @cached_property
    def index(self) -> Registry | None:
        """The index whose page this is; None where all files come from flat locations."""
        files = (each for release in self._page.releases[:1] for each in release.files)
        return next((each.index for each in files if not each.is_flat), None)

    @cached_property
    def has_locals(self) -> bool:
        """Whether any version is a local one."""
        return any(place.is_local for place in self.places)

    def find(self, place: Point) -> Candidate | None:
        """The candidate at a version; None where there is none."""
        index = bisect_left(self.places, place)
        return self._candidate(index) if index < len(self.places) and self.places[index] == place else None

    def within(self, versions: VersionSet, *, descending: bool) -> Iterator[Candidate]:
        """The candidates in a set, hidden ones left out."""
        intervals = [(count_before(self.places, low), count_before(self.places, high)) for low, high in versions.intervals()]
        for first, last in reversed(intervals) if descending else intervals:
            for index in range(last - 1, first - 1, -1) if descending else range(first, last):
                candidate = self._candidate(index)
                if not candidate.is_hidden:
                    yield candidate

    def locals_of(self, place: Point) -> Iterator[Point]:
        """The local versions of a public version, highest first."""
        for other in reversed(self.places):
            if other <= place:
                return
            if other.is_local and other[:5] == place[:5]:
                yield other

    def _candidate(self, index: int) -> Candidate:
        found = self._candidates.get(index)
        if found is None:
            found = self._candidates[index] = Candidate(self._page.name, self.places[index], self._page.releases[index], self._policy)
        return found


class Pages:
    """All pages of one resolution. Forks share them: what they hold does not depend on the fork."""

    def __init__(self, problem: Problem, knowledge: Knowledge, allowed_yanks: dict[Name, set[Version]]) -> None:
        self._problem = problem
        self._knowledge = knowledge
        self._allowed_yanks = allowed_yanks
        self._versions: dict[tuple[Name, Registry | None], Versions | Rejection] = {}
        self._hints: dict[Name, str] = {}
        self._requested: set[tuple[Name, Registry | None]] = set()
        self._cutoffs = dict(problem.cutoff_package)
        self._lower_bounds: dict[str, tuple[int, tuple[int, ...], int]] = {}

    def of(self, name: Name, index: Registry | None) -> Versions | Rejection:
        """The versions of a name; or why there are none."""
        key = (name, index)
        found = self._versions.get(key)
        if found is None:
            page = self._knowledge.page(name, index)
            if isinstance(page, NoPage):
                found = absent(page.reason)
                if page.hint is not None:
                    self._hints[name] = page.hint
            else:
                found = Versions(page, self._policy(name))
            self._versions[key] = found
        return found

    def seen(self, name: Name, index: Registry | None) -> Versions | None:
        """The versions of a name if they were looked at before."""
        found = self._versions.get((name, index))
        return found if isinstance(found, Versions) else None

    def candidate(self, name: Name, index: Registry, place: Point) -> Candidate:
        """A version that was chosen from an index, whether the name was pinned to it or not."""
        for found in (found for (each, _), found in self._versions.items() if each == name):
            candidate = found.find(place) if isinstance(found, Versions) else None
            if candidate is not None and candidate.rejection is None and candidate.installed_from.index == index:
                return candidate
        raise KeyError((name, place))

    def hint(self, name: Name) -> str | None:
        """What the index room has to say of a name that no index serves."""
        return self._hints.get(name)

    def announce(self, names: list[tuple[Name, Registry | None]]) -> None:
        """These will be looked at soon."""
        new = [key for key in dict.fromkeys(names) if key not in self._requested]
        if new:
            self._requested.update(new)
            self._knowledge.prefetch_pages(new)

    def announce_candidate(self, candidate: Candidate) -> None:
        """The metadata of this one will be needed soon."""
        self._knowledge.prefetch_metadata(candidate.name, candidate.release, candidate.resolved_by)

    def lower_python(self, requires_python: str) -> tuple[int, tuple[int, ...], int]:
        """Sort key of the lower bound of a `Requires-Python`; the text of old distributions is read leniently."""
        found = self._lower_bounds.get(requires_python)
        if found is None:
            found = self._lower_bounds[requires_python] = bounds_of(requires_python).lower_order
        return found

    def _policy(self, name: Name) -> FilePolicy:
        problem = self._problem
        return FilePolicy(
            cutoff=self._cutoff(name),
            allows_wheels=not (problem.no_binary or name in problem.no_binary_package),
            allows_builds=not (problem.no_build or name in problem.no_build_package),
            allowed_yanks=frozenset(self._allowed_yanks.get(name, ())),
            python=problem.requires_python.bounds,
            tags=None if problem.target is None else problem.target.tags,
        )

    def _cutoff(self, name: Name) -> datetime | None:
        before = self._cutoffs.get(name, self._problem.cutoff).before
        return None if before is None else moment(before)


def bounds_of(requires_python: str) -> PythonBounds:
    """The bounds of a distribution's `Requires-Python`, zeros at the end dropped; parts that mean nothing are left out."""
    parts = []
    for part in requires_python.split(","):
        text = part.strip().replace(" ", "").strip("'\"")
        if text.startswith((">", "<", "~")):
            text = text.replace(".*", "")
        try:
            RequiresPython.parse(text)
        except InvalidRequiresPython:
            continue
        parts.append(text)
    bounds = RequiresPython.parse(",".join(parts)).bounds
    return PythonBounds(_trimmed(bounds.lower), _trimmed(bounds.upper))


def _trimmed(cut: VersionCut | None) -> VersionCut | None:
    return None if cut is None else (cut[0], cut[1], 0)
