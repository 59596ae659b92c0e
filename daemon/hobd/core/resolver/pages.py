"""What the indexes know, ready for choosing: a project's versions in order, each turned into a candidate when it is looked at."""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache

from packaging.version import Version

from hobd.core.markers import InvalidRequiresPython, PythonBounds, RequiresPython, VersionCut
from hobd.core.resolver.candidates import Candidate, FilePolicy, moment
from hobd.core.resolver.knowledge import Knowledge, NoPage, Page
from hobd.core.resolver.page_versions import SeveralPages, Versions
from hobd.core.resolver.problem import Problem
from hobd.core.resolver.rejection import Rejection, absent
from hobd.core.resolver.versions import Point
from hobd.core.vocab.names import Name
from hobd.core.vocab.source import Registry


class Pages:
    """All pages of one resolution. Forks share them: what they hold does not depend on the fork."""

    def __init__(
        self, problem: Problem, knowledge: Knowledge, allowed_yanks: dict[Name, set[Version]], warn: Callable[[str], None]
    ) -> None:
        self._problem = problem
        self._warn = warn
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
                found = self._versions_on(page)
            self._versions[key] = found
        return found

    def _versions_on(self, page: Page) -> Versions:
        policy, pages, turn = self.policy(page.name), [], page
        while True:
            pages.append(Versions(turn, policy, self._warn_of_undated))
            if turn.later is None:
                return pages[0] if len(pages) == 1 else SeveralPages(pages, are_one_list=page.is_one_list)
            turn = turn.later

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

    def is_announced(self, key: tuple[Name, Registry | None]) -> bool:
        """Whether it has been said that this page will be looked at."""
        return key in self._requested

    def announce(self, names: list[tuple[Name, Registry | None]]) -> None:
        """These will be looked at soon."""
        new = [key for key in dict.fromkeys(names) if not self.is_announced(key)]
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

    def policy(self, name: Name) -> FilePolicy:
        """Which files of a name may be used."""
        problem = self._problem
        return FilePolicy(
            cutoff=self._cutoff(name),
            allows_wheels=not problem.no_binary.has(name),
            allows_builds=not problem.no_build.has(name),
            allowed_yanks=frozenset(self._allowed_yanks.get(name, ())),
            python=problem.requires_python.bounds,
            tags=None if problem.target is None else problem.target.tags,
        )

    def _warn_of_undated(self, candidate: Candidate) -> None:
        for filename in candidate.undated:
            before = self._cutoffs.get(candidate.name, self._problem.cutoff).before
            self._warn(f"`{filename}` is missing an upload date, but user provided: {before}")

    def _cutoff(self, name: Name) -> datetime | None:
        before = self._cutoffs.get(name, self._problem.cutoff).before
        return None if before is None else moment(before)


@lru_cache(maxsize=4096)
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
