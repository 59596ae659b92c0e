"""What the user changes in the requirements of others: overrides, exclusions and constraints (uv-lock.md 4.1)."""

from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from msgspec import Struct
from msgspec.structs import replace
from packaging.version import InvalidVersion, Version

from hobd.core.lockfile.model import ScopedRequirement
from hobd.core.markers import Marker
from hobd.core.resolver.problem import Problem
from hobd.core.vocab.names import Name
from hobd.core.vocab.requirement import Requirement

Value = TypeVar("Value")

Parent = tuple[Name, Version]
"""The package whose requirements are amended."""


class _Scope(Struct, Generic[Value], frozen=True):
    """What holds for one package, in one version of it or in all."""

    version: Version | None
    values: dict[Name, Value]


class Amendments:
    """Overrides, exclusions and constraints, by name."""

    def __init__(self, problem: Problem) -> None:
        self._overrides: dict[Name, list[Requirement]] = {}
        self._scoped_overrides: dict[Name, list[_Scope[list[Requirement]]]] = {}
        self._excluded: set[Name] = set()
        self._scoped_exclusions: dict[Name, list[_Scope[None]]] = {}
        self._constraints: dict[Name, list[Requirement]] = {}
        for override in problem.overrides:
            self._add_override(override)
        for exclusion in problem.excludes:
            self._add_exclusion(exclusion)
        for constraint in problem.constraints:
            if constraint.specifier or constraint.source is not None:
                self._constraints.setdefault(constraint.name, []).append(replace(constraint, extras=()))

    def _add_override(self, override: Requirement | ScopedRequirement) -> None:
        if isinstance(override, Requirement):
            self._overrides.setdefault(override.name, []).append(override)
            return
        values = _scope_for(self._scoped_overrides, override).values
        for requirement in override.dependencies:
            values.setdefault(requirement.name, []).append(requirement)

    def _add_exclusion(self, exclusion: Name | ScopedRequirement) -> None:
        if isinstance(exclusion, ScopedRequirement):
            _scope_for(self._scoped_exclusions, exclusion).values.update((each.name, None) for each in exclusion.dependencies)
        else:
            self._excluded.add(exclusion)

    def overrides(self) -> Iterator[Requirement]:
        """Those that hold everywhere and are not excluded."""
        for requirements in self._overrides.values():
            yield from (each for each in requirements if each.name not in self._excluded)

    def scoped_overrides(self) -> Iterator[Requirement]:
        """Those that hold for the requirements of one package."""
        for scopes in self._scoped_overrides.values():
            for scope in scopes:
                for requirements in scope.values.values():
                    yield from requirements

    def constraints(self) -> Iterator[Requirement]:
        """All that are not excluded."""
        for requirements in self._constraints.values():
            yield from (each for each in requirements if each.name not in self._excluded)

    def constraints_on(self, name: Name) -> list[Requirement]:
        """What is asked of a name wherever it is required."""
        return self._constraints.get(name, [])

    def excludes(self, parent: Parent | None, name: Name) -> bool:
        """Whether a requirement on a name is dropped."""
        if name in self._excluded:
            return True
        scope = _scope_of(self._scoped_exclusions, parent)
        return scope is not None and name in scope.values

    def overridden(self, parent: Parent | None, requirements: Iterable[Requirement]) -> Iterator[Requirement]:
        """Requirements with overrides in place of those that they replace; a scoped override may also add some."""
        scope = _scope_of(self._scoped_overrides, parent)
        scoped = {} if scope is None else scope.values
        if not scoped and not self._overrides:
            yield from requirements
            return
        names = set()
        for requirement in requirements:
            names.add(requirement.name)
            replacements = scoped.get(requirement.name) or self._overrides.get(requirement.name)
            if replacements is None:
                yield requirement
            else:
                yield from (_with_extra_of(requirement, each) for each in replacements)
        for name in sorted(scoped.keys() - names):
            yield from scoped[name]


def _with_extra_of(requirement: Requirement, replacement: Requirement) -> Requirement:
    """The replacement of an extra's requirement belongs to the same extra."""
    extra = sole_extra(requirement.marker)
    return replacement if extra is None else replacement.under(Marker.parse(f"extra == '{extra}'"))


def sole_extra(marker: Marker) -> str | None:
    """The extra without which a marker never holds; None if there is none."""
    return next((name for name in sorted(marker.extra_names()) if marker.assume_extra(name, active=False).is_false), None)


def _scope_for(scopes: dict[Name, list[_Scope[Value]]], entry: ScopedRequirement) -> _Scope[Value]:
    version = _version_of(entry)
    known = scopes.setdefault(entry.package, [])
    found = next((each for each in known if each.version == version), None)
    if found is None:
        found = _Scope(version, {})
        known.append(found)
    return found


def _version_of(entry: ScopedRequirement) -> Version | None:
    if entry.version is None:
        return None
    try:
        return Version(entry.version.removeprefix("=="))
    except InvalidVersion:
        return None


def _scope_of(scopes: dict[Name, list[_Scope[Value]]], parent: Parent | None) -> _Scope[Value] | None:
    """What holds for a parent: the entry of its version before the entry for all versions."""
    if parent is None or not scopes:
        return None
    entries = scopes.get(parent[0], [])
    exact = next((each for each in entries if each.version == parent[1]), None)
    return exact if exact is not None else next((each for each in entries if each.version is None), None)
