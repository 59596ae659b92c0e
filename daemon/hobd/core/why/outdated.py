"""What of a lock is behind: what an upgrade would lock now, and which requirements keep the newest version away.

locked 1.0 ─ lock --upgrade → 1.4 ─ held back by `fig v1 requires hazel<2` → newest 2.1
"""

from collections.abc import Collection, Iterable, Iterator, Mapping

from msgspec import Struct
from packaging.version import Version

from hobd.core.formats.source_text import render_requirement_text
from hobd.core.lockfile.model import Lock
from hobd.core.resolver.problem import Problem
from hobd.core.resolver.resolution import Resolution
from hobd.core.vocab.names import Name
from hobd.core.vocab.requirement import Requirement
from hobd.core.vocab.source import Registry


class Holder(Struct, frozen=True, kw_only=True):
    """Who asks for something older than the newest version."""

    name: Name | None
    """None for what is asked for without a project: of a script, or as a constraint."""
    version: str | None
    """None for projects of the workspace."""
    requirement: str


class Behind(Struct, frozen=True, kw_only=True):
    """A package of which there is something newer."""

    name: Name
    locked: tuple[str, ...]
    """Ascending; several where forks differ."""
    upgraded: tuple[str, ...]
    """What `lock --upgrade` would lock; empty if it would drop the package."""
    newest: str
    """Of the stable versions for the lock's Pythons; at least what is locked."""
    holders: tuple[Holder, ...]
    """Empty where an upgrade reaches the newest, or where no requirement alone stands against it."""


def find_behind(lock: Lock, new: Lock, question: tuple[Problem, Resolution], latest: Mapping[Name, str]) -> tuple[Behind, ...]:
    """The packages that are behind, by name.

    Args:
        lock: as it is.
        new: as it would be after an upgrade.
        question: of that upgrade, and its answer.
        latest: the newest version of each package that is not at it.
    """
    before, after = _versions(lock), _versions(new)
    found: list[Behind] = []
    for name, versions in sorted(before.items()):
        newest = Version(latest[name]) if name in latest else versions[-1]
        upgraded = after.get(name, ())
        if upgraded == versions and newest <= versions[0]:
            continue
        holders = tuple(_holders(name, newest, new, question)) if newest not in upgraded and upgraded else ()
        found.append(
            Behind(name=name, locked=tuple(map(str, versions)), upgraded=tuple(map(str, upgraded)), newest=str(newest), holders=holders)
        )
    return tuple(found)


def _versions(lock: Lock) -> dict[Name, tuple[Version, ...]]:
    found: dict[Name, set[Version]] = {}
    for package in lock.packages:
        if package.version is not None and isinstance(package.source, Registry):
            found.setdefault(package.name, set()).add(package.version)
    return {name: tuple(sorted(versions)) for name, versions in found.items()}


def _holders(name: Name, newest: Version, new: Lock, question: tuple[Problem, Resolution]) -> Iterable[Holder]:
    problem, resolution = question
    stated = (*_of_projects(problem), *_of_packages(resolution, new, {root.name for root in problem.roots}))
    against = (
        Holder(name=who, version=version, requirement=render_requirement_text(each))
        for who, version, each in stated
        if each.name == name and not each.specifier.contains(newest, prereleases=True)
    )
    return dict.fromkeys(against)


def _of_projects(problem: Problem) -> Iterator[tuple[Name | None, str | None, Requirement]]:
    for root in problem.roots:
        for each in (*root.requires_dist, *(one for _, group in root.groups for one in group)):
            yield root.name, None, each
    for each in (*problem.requirements, *(one for _, group in problem.dependency_groups for one in group), *problem.constraints):
        yield None, None, each


def _of_packages(resolution: Resolution, new: Lock, roots: Collection[Name]) -> Iterator[tuple[Name | None, str | None, Requirement]]:
    """The requirements of what would be locked that count: those of its extras only where these are asked for."""
    wanted = {(package.name, package.version): {extra for extra, _ in package.optional_dependencies} for package in new.packages}
    for node, chosen in resolution.distributions.items():
        if node.name in roots:
            continue
        extras = wanted.get((node.name, node.version), set())
        for each in chosen.metadata.requires_dist:
            if not each.marker.assume_extras(lambda extra, extras=extras: extra in extras).is_false:  # type: ignore[misc] # a default binds it
                yield node.name, str(node.version), each
