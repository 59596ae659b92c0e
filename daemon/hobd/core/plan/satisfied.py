"""Whether what is installed already does what is required, with all that it requires in turn (RUN-6, SCR-7)."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct, field
from msgspec.structs import replace
from packaging.version import InvalidVersion, Version

from hobd.core.plan.model import Installed
from hobd.core.vocab.metadata import Metadata
from hobd.core.vocab.names import Name
from hobd.core.vocab.requirement import Requirement
from hobd.core.vocab.source import Registry


class Demands(Struct, frozen=True, kw_only=True):
    """What is required."""

    requirements: tuple[Requirement, ...]
    constraints: tuple[Requirement, ...] = ()
    overrides: tuple[Requirement, ...] = ()
    """In place of whatever else is required of their packages."""
    excludes: frozenset[Name] = frozenset()
    """Packages that nobody is to have, whoever requires them."""


class Present(Struct, frozen=True, kw_only=True):
    """What is there."""

    installed: Iterable[Installed]
    metadata: Callable[[Installed], Metadata | None]
    environment: Mapping[str, str]
    """Marker values by PEP 508 name."""
    comes_from: Callable[[Requirement, Installed], bool] = lambda requirement, installed: False
    """Whether an installed distribution is what a requirement on a folder, a repository or an address asks for."""


def is_enough(demands: Demands, present: Present) -> bool:
    """Whether nothing has to be resolved or installed.

    What comes from a folder, a repository or an address only counts as there where somebody can tell that it is still the same.
    """
    return _Walk(demands, present).run()


class _Walk(Struct):
    demands: Demands
    present: Present
    _waiting: deque[tuple[Requirement, tuple[Name, ...]]] = field(default_factory=deque)
    """Requirements, with the extras under which they were stated."""
    _seen: set[tuple[Name, tuple[Name, ...]]] = field(default_factory=set)

    def run(self) -> bool:
        by_name: dict[Name, list[Installed]] = {}
        for one in self.present.installed:
            by_name.setdefault(one.name, []).append(one)
        self._waiting.extend((requirement, ()) for requirement in self._replaced(self.demands.requirements))
        while self._waiting:
            requirement, extras = self._waiting.popleft()
            if requirement.marker.evaluate(self.present.environment, extras) and not self._is_met(requirement, by_name):
                return False
        return True

    def _is_met(self, requirement: Requirement, by_name: Mapping[Name, list[Installed]]) -> bool:
        found = by_name.get(requirement.name, [])
        if len(found) != 1:
            return False
        one = found[0]
        asked = (requirement, *self._constraints(requirement.name))
        if not all(self.present.comes_from(each, one) for each in asked if _is_direct(each)):
            return False
        if one.is_broken or not all(_contains(each, one.version) for each in asked):
            return False
        key = (one.name, requirement.extras)
        if key in self._seen:
            return True
        self._seen.add(key)
        said = self.present.metadata(one)
        if said is None:
            return False
        self._waiting.extend((each, requirement.extras) for each in self._replaced(said.requires_dist))
        return True

    def _constraints(self, name: Name) -> Iterable[Requirement]:
        return (each for each in self.demands.constraints if each.name == name and each.marker.evaluate(self.present.environment))

    def _replaced(self, requirements: Iterable[Requirement]) -> Iterable[Requirement]:
        for requirement in requirements:
            if requirement.name in self.demands.excludes:
                continue
            instead = [each for each in self.demands.overrides if each.name == requirement.name]
            if instead:
                yield from (replace(each, marker=each.marker & requirement.marker) for each in instead)
            else:
                yield requirement


def _is_direct(requirement: Requirement) -> bool:
    return requirement.source is not None and not isinstance(requirement.source, Registry)


def _contains(requirement: Requirement, version: str) -> bool:
    try:
        return requirement.specifier.contains(Version(version), prereleases=True)
    except InvalidVersion:
        return False
