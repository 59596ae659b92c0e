"""What decided each version: kept while the resolution goes on, for those who ask why later.

Only the first fork that chooses a version looks closer; forks after it take the version because it was chosen before.
So the cost grows with the versions that were chosen, not with the forks.
"""

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from msgspec.structs import replace
from packaging.version import Version

from hobd.core.resolver.candidates import Candidate, no_wheels_for
from hobd.core.resolver.choice import Prereleases
from hobd.core.resolver.incompatibility import Dependency, Incompatibility, Rejected
from hobd.core.resolver.package import Kind, Package
from hobd.core.resolver.page_versions import Versions
from hobd.core.resolver.proof import Missing, Unusable, facts, read_proof
from hobd.core.resolver.rejection import requires_python
from hobd.core.resolver.resolution import Decided, PassedOver
from hobd.core.resolver.search import Search
from hobd.core.resolver.sentences import spell
from hobd.core.resolver.state import ForkState
from hobd.core.resolver.term import Relation
from hobd.core.resolver.versions import EVERY_VERSION, Point, VersionSet
from hobd.core.resolver.world import World
from hobd.core.vocab.names import Name
from hobd.core.vocab.source import Source

_MOST_TOLD = 5
_MOST_COUNTED = 100
UNTRIED = ""
"""Why a version was passed over that nothing stands against: another one was chosen before."""
_Key: TypeAlias = tuple[Name, Point, Source | None]
"""A version, from a direct source or a pinned index if the name comes from one."""


class Decisions:
    """Everything that was decided in the forks that are complete."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._forks = 0
        self._decided: dict[_Key, tuple[Decided, list[int]]] = {}
        """With the forks in which it was chosen, by order of completion."""
        self._latest: dict[Package, tuple[Point, Source | None, list[int]]] = {}
        """The same of the fork before: most forks choose what that one did."""

    def enter(self, state: ForkState) -> None:
        """Take note of a fork in which everything is decided, before its choices become preferences."""
        decisions, members = state.search.decisions(), self._world.members
        shared: dict[Name, list[Package]] = {}
        for package, place in decisions.items():
            name = package.name
            if name is None or name in members or not package.is_distribution:
                continue
            source = state.direct.get(name) or state.indexes.get(name)
            latest = self._latest.get(package)
            if latest is None or latest[0] is not place or latest[1] is not source:
                key = (name, place, source)
                known = self._decided.get(key)
                if known is None:
                    shared = shared or _by_name(decisions)
                    known = self._decided[key] = (self._look_closer(state, name, place, shared[name]), [])
                latest = self._latest[package] = place, source, known[1]
            latest[2].append(self._forks)
        self._forks += 1

    def all(self) -> tuple[Decided, ...]:
        """What was decided, by name and version."""
        ordered = sorted(self._decided.items(), key=lambda item: item[0][:2])
        return tuple(replace(decided, forks=tuple(forks)) for _, (decided, forks) in ordered)

    def _look_closer(self, state: ForkState, name: Name, place: Point, packages: list[Package]) -> Decided:
        if name in state.direct:
            return Decided(name=name, version=place.version, is_direct=True)
        versions = self._world.pages.seen(name, state.indexes.get(name))
        if versions is None:  # it is installed: no index was asked
            return Decided(name=name, version=place.version, is_kept=True)
        prefers_high = self._world.chooser.prefers_high(name, state.environment)
        allowed = _allowed(state, name, packages)
        better = list(self._better(versions, allowed, place, prefers_high=prefers_high))
        told = better[:_MOST_TOLD]
        passed = tuple(PassedOver(each.place.version, self._reason(state, name, each, packages)) for each in told)
        is_kept = self._world.chooser.origin(name, place) is not None
        return Decided(
            name=name,
            version=place.version,
            is_kept=is_kept,
            prefers_high=prefers_high,
            passed=passed,
            passed_count=len(better),
            outside=_newest_outside(versions, allowed, place),
        )

    @staticmethod
    def _better(versions: Versions, allowed: VersionSet, place: Point, *, prefers_high: bool) -> Iterator[Candidate]:
        """The versions that all requirements allow and that would have come first, the most wanted first."""
        count = 0
        for other in reversed(versions.places) if prefers_high else versions.places:
            if other == place or count == _MOST_COUNTED:
                return
            candidate = versions.find(other) if other in allowed else None
            if candidate is not None:
                count += 1
                yield candidate

    def _reason(self, state: ForkState, name: Name, candidate: Candidate, packages: list[Package]) -> str:
        """Why a version was not taken, as it follows the version in a sentence."""
        if candidate.rejection is not None:
            return candidate.rejection.sentence(is_plural=False)
        environment = state.environment
        if candidate.place.version.is_prerelease and self._world.chooser.prereleases(name, environment) is not Prereleases.ALLOWED:
            return "is a pre-release"
        text = candidate.requires_python
        if text is not None and self._world.pages.lower_python(text) > environment.python.lower_order:
            return requires_python(text).sentence(is_plural=False)
        if not candidate.has_file_below(environment.python.upper):
            return no_wheels_for(environment.python).sentence(is_plural=False)
        if state.search.is_smooth:
            return UNTRIED
        search = state.search.rough()
        found = (_clash(search, package, each, candidate.place) for package in packages for each in search.incompatibilities(package))
        return next((reason for reason in found if reason is not None), UNTRIED)


def _by_name(decisions: Iterable[Package]) -> dict[Name, list[Package]]:
    """Everything that was decided, extras and proxies too, by name."""
    found: dict[Name, list[Package]] = {}
    for package in decisions:
        if package.name is not None:
            found.setdefault(package.name, []).append(package)
    return found


def _allowed(state: ForkState, name: Name, packages: list[Package]) -> VersionSet:
    """The versions that all who depend on a name allow."""
    decisions, allowed = state.search.decisions(), EVERY_VERSION
    for package in packages:
        for dependent, versions, _, wanted in state.search.demands(package):
            place = decisions.get(dependent)
            if dependent.name != name and place is not None and place in versions and not wanted.is_empty:
                allowed &= wanted
    return allowed


def _newest_outside(versions: Versions, allowed: VersionSet, place: Point) -> Version | None:
    """The newest version, if it is newer than the chosen one and not allowed; pre-releases do not count."""
    newest = next((each for each in reversed(versions.places) if not each.is_prerelease), None)
    return None if newest is None or newest <= place or newest in allowed else newest.version


def _clash(search: Search, package: Package, incompatibility: Incompatibility, place: Point) -> str | None:
    """Why an incompatibility rules a version out beside all that was decided; None where it does not."""
    term = incompatibility.terms.get(package)
    if term is None or not term.is_positive or place not in term.versions:
        return None
    others = {other: needed for other, needed in incompatibility.terms.items() if other is not package}
    for other, needed in others.items():
        known = search.partial.known(other)
        if other.kind is not Kind.PYTHON and (known is None or needed.relation_to(known) is not Relation.SATISFIED):
            return None
    cause = incompatibility.cause
    if isinstance(cause, Rejected):
        return cause.rejection.sentence(is_plural=False)
    if isinstance(cause, Dependency):
        return _unmet(search, incompatibility, cause, package)
    decisions = search.partial.decisions()
    clashing = [other for other in others if other.name not in (None, package.name) and other in decisions]
    named = sorted({f"{other.name} {decisions[other]}" for other in clashing})
    return f"does not go with {' and '.join(named)}" if named else _dead_end(incompatibility)


def _unmet(search: Search, incompatibility: Incompatibility, cause: Dependency, package: Package) -> str | None:
    """What a version depends on, and what is there instead."""
    needed = incompatibility.terms.get(cause.dependency)
    if cause.dependent is not package or needed is None or cause.dependency.name == package.name:
        return None
    on, allowed = cause.dependency, needed.excluded
    if on.kind is Kind.PYTHON:
        return f"requires Python {_spelled(allowed)}"
    place = search.partial.decisions().get(on)
    return f"depends on {on.name}{_spelled(allowed)}" + ("" if place is None else f", which excludes {on.name} {place}")


def _dead_end(incompatibility: Incompatibility) -> str:
    """What a version leads to that is not to be had."""
    for fact in facts(read_proof(incompatibility)):
        match fact:
            case Missing(package, versions) if package.kind is not Kind.PYTHON:
                return f"leads to {package.name}{_spelled(versions)}, which does not exist"
            case Unusable(package, versions, rejection):
                sentence = rejection.sentence(is_plural=False)
                return f"leads to {package.name}{'' if rejection.is_whole_package else _spelled(versions)}, which {sentence}"
    return "does not go with what is required"


def _spelled(versions: VersionSet) -> str:
    return "|".join(spell(low, high) for low, high in versions.intervals())
