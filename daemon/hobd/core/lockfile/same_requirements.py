"""When two lists of requirements mean the same (uv-lock.md section 5).

Not the entries are compared, but what they come to: `a>=1` with `a<3` is `a>=1,<3`, and beside `a>=2` says nothing.
An exact pin is more than a set of versions (it may be yanked), and so is the mention of a pre-release (it permits them).
"""

import posixpath
from collections import deque
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace
from packaging.specifiers import Specifier, SpecifierSet

from hobd.core.formats.urls import without_credentials
from hobd.core.lockfile.model import ScopedRequirement
from hobd.core.markers import FALSE, TRUE, HasPythonBounds, Marker
from hobd.core.resolver.first_party import names_prerelease
from hobd.core.resolver.specifiers import versions_matching
from hobd.core.resolver.versions import VersionSet
from hobd.core.vocab.names import Name
from hobd.core.vocab.requirement import ConflictItem, Requirement
from hobd.core.vocab.source import Directory, Editable, Git, Path, Registry, Source, Url, Virtual


class Demand(Struct, frozen=True):
    """What requirements of one name come to in an environment."""

    versions: VersionSet
    pin: Specifier | None
    """The only specifier, if it is an exact one."""
    permits_prereleases: bool
    extras: frozenset[Name]
    groups: frozenset[Name]


Subject = tuple[Name | None, Name, Source | None, ConflictItem | None]
"""The extra that requires, the name, where it comes from, and the item that an index is for."""
Meaning = Mapping[Subject, Mapping[Demand, Marker]]
"""Of every subject what is demanded, and where; the marker of what is demanded nowhere is false."""


def meaning(requirements: Iterable[Requirement], root: str, bounds: HasPythonBounds) -> Meaning:
    """What requirements come to: equal for lists that mean the same.

    Args:
        requirements: any order.
        root: the absolute path that relative paths start from.
        bounds: the Pythons of the lock: markers need not say them.
    """
    found: dict[Subject, list[tuple[Marker, Requirement]]] = {}
    for requirement in requirements:
        plain = _normalize_requirement(requirement, root, bounds)
        for extra, marker in _shares(plain.marker):
            found.setdefault((extra, plain.name, plain.source, plain.conflict), []).append((marker, plain))
    return {subject: _demands(listed, bounds) for subject, listed in found.items()}


def holding(whole: Meaning) -> Meaning:
    """Only what is demanded somewhere: constraints that never hold constrain nothing."""
    found = {subject: {demand: marker for demand, marker in demands.items() if not marker.is_false} for subject, demands in whole.items()}
    return {subject: demands for subject, demands in found.items() if demands}


def _shares(marker: Marker) -> Iterator[tuple[Name | None, Marker]]:
    """Where a requirement is one of the distribution itself, and of each extra."""
    base = marker.assume_extras(lambda _: False)
    named: list[tuple[Name | None, Marker]] = [
        (Name(extra), marker.assume_extras(partial(str.__eq__, extra))) for extra in sorted(marker.extra_names())
    ]
    return ((extra, share) for extra, share in [(None, base), *named] if not share.is_false or not named)


def _demands(listed: Sequence[tuple[Marker, Requirement]], bounds: HasPythonBounds) -> Mapping[Demand, Marker]:
    """Split the environments of the lock by the requirements that hold there, and join those where they come to the same."""
    regions: list[tuple[Marker, tuple[Requirement, ...]]] = [(TRUE.complexify(bounds), ())]
    for marker, requirement in listed:
        split = [(region & part, (*held, *more)) for region, held in regions for part, more in ((marker, (requirement,)), (~marker, ()))]
        regions = [(region, held) for region, held in split if not region.is_false]
    found: dict[Demand, Marker] = {}
    for region, held in regions:
        if held:
            demand = _demand(held)
            found[demand] = found.get(demand, FALSE) | region
    for marker, requirement in listed:
        if (marker & TRUE.complexify(bounds)).is_false:
            found.setdefault(_demand((requirement,)), FALSE)
    return {demand: marker.simplify(bounds) for demand, marker in found.items()}


def _demand(held: Iterable[Requirement]) -> Demand:
    specifiers = {specifier for each in held for specifier in each.specifier}
    only = next(iter(specifiers)) if len(specifiers) == 1 else None
    joined = SpecifierSet(specifiers)
    return Demand(
        versions=versions_matching(joined),
        pin=only if only is not None and only.operator in ("==", "===") and not only.version.endswith(".*") else None,
        permits_prereleases=names_prerelease(joined),
        extras=frozenset(extra for each in held for extra in each.extras),
        groups=frozenset(group for each in held for group in each.groups),
    )


def _normalize_requirement(requirement: Requirement, root: str, bounds: HasPythonBounds) -> Requirement:
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


def meaning_of_overrides(
    entries: Iterable[Requirement | ScopedRequirement], root: str, bounds: HasPythonBounds
) -> tuple[Meaning, frozenset[ScopedRequirement]]:
    """Overrides, likewise; those of a package are compared one by one."""
    listed = list(entries)
    scoped = frozenset(
        replace(entry, dependencies=tuple(_normalize_requirement(inner, root, bounds) for inner in entry.dependencies))
        for entry in listed
        if isinstance(entry, ScopedRequirement)
    )
    return meaning((entry for entry in listed if isinstance(entry, Requirement)), root, bounds), scoped


EntryT = TypeVar("EntryT")


def relevant(old: Iterable[EntryT], new: Iterable[EntryT], locked: Container[str], name_of: Callable[[EntryT], str]) -> tuple[EntryT, ...]:
    """The new entries but for those that change nothing: they are for packages that are not locked, and the lock has none for them."""
    known = {name_of(entry) for entry in old}
    return tuple(entry for entry in new if name_of(entry) in known or name_of(entry) in locked)


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
