"""Which version is tried next (uv-lock.md 4.4): preferred ones first, then the highest or lowest in range."""

from collections.abc import Iterable
from enum import Enum
from typing import Literal

from msgspec import Struct, field
from packaging.version import Version

from hobd.core.markers import TRUE, Marker
from hobd.core.resolver.candidates import Candidate
from hobd.core.resolver.environment import Environment
from hobd.core.resolver.first_party import Stated, names_prerelease
from hobd.core.resolver.page_versions import Versions
from hobd.core.resolver.problem import Problem
from hobd.core.resolver.versions import Point, VersionSet, point
from hobd.core.vocab.names import Name
from hobd.core.vocab.source import Registry


class Prereleases(Enum):
    """How pre-releases of a name are treated in a fork."""

    ALLOWED = 1
    NEVER = 2
    IF_NECESSARY = 3
    """Only if no stable version is in range."""


class _Preferred(Struct, frozen=True, eq=False):
    """A version that was chosen before."""

    place: Point
    index: str | None
    is_from_lock: bool
    markers: list[Marker] = field(default_factory=list)
    """The forks that it was chosen for, without extras."""

    def has_choice_of(self, other: "_Preferred") -> bool:
        """Whether it is the same version of the same origin."""
        return self.place == other.place and self.index == other.index and self.is_from_lock == other.is_from_lock


class Chooser:
    """Picks candidates. What completed forks have chosen is added as the resolution goes on."""

    def __init__(self, problem: Problem, stated: tuple[Stated, ...]) -> None:
        self._mode = problem.resolution_mode
        self._prerelease_mode = problem.prerelease_mode
        self._prerelease_package = dict(problem.prerelease_package)
        self._stated: dict[Name, list[Stated]] = {}
        for each in stated:
            self._stated.setdefault(each.requirement.name, []).append(each)
        self._preferred: dict[Name, list[_Preferred]] = {}
        self._latest: dict[Name, _Preferred] = {}
        """What the last fork has chosen."""
        self._settled: dict[Name, Point | None] = {}
        for name, preferences in problem.preferences:
            for preference in preferences:
                place = point(preference.version)
                for marker in preference.markers or (TRUE,):
                    entered = self._prefer(name, _Preferred(place, preference.index, is_from_lock=True))
                    entered.markers.append(marker.without_extras())

    def prefer(self, name: Name, place: Point, index: Registry | None, marker: Marker) -> None:
        """A completed fork has chosen this; later forks take it too where it fits.

        Args:
            marker: of the fork, without extras.
        """
        if self._mode == "lowest-direct":
            return
        url, latest = None if index is None else index.url, self._latest.get(name)
        if latest is None or latest.place is not place or latest.index != url:
            latest = self._latest[name] = self._prefer(name, _Preferred(place, url, is_from_lock=False))
        latest.markers.append(marker)

    def _prefer(self, name: Name, preferred: _Preferred) -> _Preferred:
        """Enter the same version of the same origin once, whatever the number of forks that took it."""
        known = self._preferred.setdefault(name, [])
        same = next((each for each in known if each.has_choice_of(preferred)), None)
        if same is not None:
            return same
        known.append(preferred)
        self._settled.pop(name, None)
        return preferred

    def settled(self, name: Name) -> Point | None:
        """The version that all who chose one took, if no mode of choosing passes over it; None otherwise."""
        if name not in self._settled:
            self._settled[name] = self._find_settled(name)
        return self._settled[name]

    def _find_settled(self, name: Name) -> Point | None:
        entries = self._preferred.get(name, ())
        places = {each.place for each in entries}
        if len(places) != 1:
            return None
        place = places.pop()
        mode = self._prerelease_package.get(name, self._prerelease_mode)
        is_kept = mode == "allow" or (mode not in ("disallow", "explicit") and any(each.is_from_lock for each in entries))
        return place if is_kept or not place.version.is_prerelease else None

    def origin(self, name: Name, place: Point) -> Literal["lock", "fork"] | None:
        """Who has chosen a version before: the old lock, or a fork that is complete; None: nobody."""
        found = {each.is_from_lock for each in self._preferred.get(name, ()) if each.place == place}
        return None if not found else "lock" if True in found else "fork"

    def choose(
        self, name: Name, versions: Versions, wanted: VersionSet, index: Registry | None, environment: Environment
    ) -> Candidate | None:
        """The next candidate to try; it may turn out to be unusable. None where nothing is in range.

        Args:
            index: the one that the name is pinned to in this fork.
        """
        prereleases = self.prereleases(name, environment)
        preferred = self._choose_preferred(name, versions, wanted, index, environment, prereleases)
        return preferred or self.choose_fresh(name, versions, wanted, environment)

    def choose_fresh(self, name: Name, versions: Versions, wanted: VersionSet, environment: Environment) -> Candidate | None:
        """The same, whatever was chosen before."""
        descending = self.prefers_high(name, environment)
        prereleases = self.prereleases(name, environment)
        turns = versions.turns(wanted, descending=descending)
        return next((found for turn in turns if (found := _first_of(turn, prereleases)) is not None), None)

    def _choose_preferred(
        self,
        name: Name,
        versions: Versions,
        wanted: VersionSet,
        index: Registry | None,
        environment: Environment,
        prereleases: Prereleases,
    ) -> Candidate | None:
        entries = [each for each in self._preferred.get(name, ()) if index is None or each.index == index.url]
        if len(entries) > 1 and any(each.place != entries[0].place for each in entries):
            entries.sort(key=lambda each: each.place, reverse=self.prefers_high(name, environment))
            entries.sort(key=lambda each: not any(map(environment.admits, each.markers)))
        for each in entries:
            if each.place not in wanted or not _may_be_taken(each, prereleases):
                continue
            candidate = versions.find_first(each.place)
            if candidate is not None:
                return self._local_variant(versions, wanted, each.place) or candidate
        return None

    def _local_variant(self, versions: Versions, wanted: VersionSet, place: Point) -> Candidate | None:
        """The highest local version of a preferred public one."""
        if not versions.has_locals or place.version.local is not None:
            return None
        local = next((each for each in versions.locals_of(place) if each in wanted), None)
        return None if local is None else versions.find(local)

    def prefers_high(self, name: Name, environment: Environment) -> bool:
        """Whether higher versions of a name come first in a fork."""
        if self._mode == "lowest-direct":
            return not any(each.is_direct and each.counts_in(environment) for each in self._stated.get(name, ()))
        return self._mode != "lowest"

    def prereleases(self, name: Name, environment: Environment) -> Prereleases:
        """How pre-releases of a name are treated in a fork."""
        mode = self._prerelease_package.get(name, self._prerelease_mode)
        if mode == "allow":
            return Prereleases.ALLOWED
        if mode == "disallow":
            return Prereleases.NEVER
        if mode == "explicit":
            stated = self._stated.get(name, ())
            is_named = any(names_prerelease(each.requirement.specifier) and each.counts_in(environment) for each in stated)
            return Prereleases.IF_NECESSARY if is_named else Prereleases.NEVER
        return Prereleases.IF_NECESSARY


def _first_of(candidates: Iterable[Candidate], prereleases: Prereleases) -> Candidate | None:
    fallback: Candidate | None = None
    for candidate in candidates:
        if prereleases is Prereleases.ALLOWED or not candidate.place.version.is_prerelease:
            return candidate
        fallback = fallback or candidate
    return fallback if prereleases is Prereleases.IF_NECESSARY else None


def _may_be_taken(preferred: _Preferred, prereleases: Prereleases) -> bool:
    """A pre-release of the old lock is taken again unless they are forbidden; one of another fork only where they are allowed."""
    if not preferred.place.version.is_prerelease or prereleases is Prereleases.ALLOWED:
        return True
    return preferred.is_from_lock and prereleases is Prereleases.IF_NECESSARY


def allowed_yanks(problem: Problem, pinned: dict[Name, set[Version]]) -> dict[Name, set[Version]]:
    """Versions that may be chosen although they were yanked: pinned by the user, or in the old lock."""
    allowed = {name: set(versions) for name, versions in pinned.items()}
    for name, preferences in problem.preferences:
        allowed.setdefault(name, set()).update(each.version for each in preferences)
    return allowed
