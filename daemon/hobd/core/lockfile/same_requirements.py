"""When two lists of requirements mean the same (uv-lock.md section 5)."""

import posixpath
from collections import deque
from collections.abc import Iterable
from dataclasses import replace

from hobd.core.formats.urls import without_credentials
from hobd.core.lockfile.model import ScopedRequirement
from hobd.core.markers import HasPythonBounds, Marker
from hobd.core.vocab.names import Name
from hobd.core.vocab.requirement import Requirement
from hobd.core.vocab.source import Directory, Editable, Git, Path, Registry, Source, Url, Virtual


def normalized(requirements: Iterable[Requirement], root: str, bounds: HasPythonBounds) -> frozenset[Requirement]:
    """Requirements so that those of one meaning are equal.

    Args:
        requirements: any order.
        root: the absolute path that relative paths start from.
        bounds: the Pythons of the lock: markers need not say them.
    """
    return frozenset(normalize_requirement(requirement, root, bounds) for requirement in requirements)


def normalize_requirement(requirement: Requirement, root: str, bounds: HasPythonBounds) -> Requirement:
    """Extras and groups sorted, marker simplified, path absolute, URL without credentials and fragment."""
    return replace(
        requirement,
        extras=tuple(sorted(requirement.extras)),
        groups=tuple(sorted(requirement.groups)),
        marker=requirement.marker.simplify(bounds),
        source=None if requirement.source is None else _normalize_source(requirement.source, root),
    )


def _normalize_source(source: Source, root: str) -> Source:
    match source:
        case Registry() | Git():
            return replace(source, url=without_credentials(source.url))
        case Url():
            return replace(source, url=without_credentials(source.url).partition("#")[0])
        case Path() | Directory() | Editable() | Virtual():
            return replace(source, path=posixpath.normpath(posixpath.join(root, source.path)))


def normalized_overrides(
    entries: Iterable[Requirement | ScopedRequirement], root: str, bounds: HasPythonBounds
) -> frozenset[Requirement | ScopedRequirement]:
    """Overrides, likewise; those of a package keep their order."""
    return frozenset(
        normalize_requirement(entry, root, bounds)
        if isinstance(entry, Requirement)
        else replace(entry, dependencies=tuple(normalize_requirement(inner, root, bounds) for inner in entry.dependencies))
        for entry in entries
    )


def flattened(requirements: tuple[Requirement, ...], name: Name) -> tuple[Requirement, ...]:
    """Requirements of a distribution on its own extras, replaced by what these extras require: as some backends do."""
    if all(requirement.name != name for requirement in requirements):
        return requirements
    found = list(requirements)
    queue = deque((extra, each.marker) for each in requirements if each.name == name for extra in each.extras)
    seen: set[tuple[Name, Marker]] = set()
    while queue:
        included, marker = queue.popleft()
        if (included, marker) in seen:
            continue
        seen.add((included, marker))
        for requirement in requirements:
            share = marker & _share_of_extra(requirement.marker, included)
            if share.is_false:
                continue
            nested = replace(requirement, marker=share)
            if nested.name == name:
                queue.extend((extra, share) for extra in nested.extras)
            found.append(nested)
    own = [replace(each, extras=()) for each in found if each.name == name and each.specifier]
    return (*(each for each in found if each.name != name), *own)


def _share_of_extra(marker: Marker, extra: Name) -> Marker:
    """Where a requirement is active under an extra, and would not be without it."""
    base = marker.assume_extras(lambda _: False)
    return marker.assume_extras(lambda candidate: candidate == extra) & ~base
