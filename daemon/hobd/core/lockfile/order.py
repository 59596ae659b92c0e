"""The orders of a lock: packages, entries, requirements, specifiers (uv-lock.md 1.8, 1.9)."""

from collections.abc import Iterable
from typing import Any, TypeAlias

from packaging.specifiers import Specifier, SpecifierSet
from packaging.version import Version

from hobd.core.lockfile.model import Edge, LockedPackage
from hobd.core.vocab.requirement import Requirement
from hobd.core.vocab.source import Registry, Source, source_order

SortKey: TypeAlias = tuple[Any, ...]
"""Nested tuples; comparable with keys of the same kind."""

_OPERATORS = ("==", "==*", "===", "!=", "!=*", "~=", "<", "<=", ">", ">=")


def package_order(package: LockedPackage) -> SortKey:
    """Packages: by name, version, source."""
    return package.name, _version_order(package.version), source_order(package.source)


def edge_order(edge: Edge) -> SortKey:
    """Entries: by target (no version and no source first), then extras, then marker."""
    return edge.name, _version_order(edge.version), _source_order(edge.source), edge.extras, edge.marker.sort_key()


def requirement_order(requirement: Requirement) -> SortKey:
    """Requirements: by name, extras, groups, marker; then those of an index by specifiers, then the others by source."""
    source = requirement.source
    head = (requirement.name, requirement.extras, requirement.groups, requirement.marker.sort_key())
    if source is None or isinstance(source, Registry):
        specifiers = tuple(map(_specifier_order, ordered_specifiers(requirement.specifier)))
        return *head, 0, specifiers, () if source is None else (source.url,)
    return *head, 1, source_order(source)


def ordered_specifiers(specifiers: SpecifierSet | Iterable[Specifier]) -> list[Specifier]:
    """Specifiers by version, then operator: as they are written."""
    return sorted(specifiers, key=lambda specifier: _specifier_order(specifier)[::-1])


def _specifier_order(specifier: Specifier) -> tuple[int, Version]:
    """By operator, then version: as lists of specifiers are compared."""
    stem = specifier.version.removesuffix(".*")
    return _OPERATORS.index(specifier.operator + "*" * (stem != specifier.version)), Version(stem)


def _version_order(version: Version | None) -> tuple[Version, ...]:
    return () if version is None else (version,)


def _source_order(source: Source | None) -> SortKey:
    return () if source is None else source_order(source)
