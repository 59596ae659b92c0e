"""What the user asked for: the requirements of members, groups and scripts, and of direct sources that these lead to.

Such requirements decide more than ordinary ones: they may name sources and indexes, permit pre-releases and yanked
versions, and count as direct for `lowest-direct` (uv-lock.md 4.1, 4.4).
"""

from collections import deque
from collections.abc import Callable, Iterator

from msgspec import Struct
from packaging.specifiers import Specifier, SpecifierSet
from packaging.version import Version

from hobd.core.markers import Marker
from hobd.core.resolver.amendments import Amendments
from hobd.core.resolver.conflict_items import marker_of
from hobd.core.resolver.environment import Environment
from hobd.core.resolver.problem import Problem
from hobd.core.vocab.metadata import Metadata
from hobd.core.vocab.names import Name
from hobd.core.vocab.requirement import ConflictItem, Requirement
from hobd.core.vocab.source import Directory, Editable, Registry, Source, Virtual


class Stated(Struct, frozen=True):
    """A first-party requirement, and in which forks it counts."""

    requirement: Requirement
    is_direct: bool
    """Stated by the project itself or by a local tree: what `lowest-direct` keeps low."""
    group: ConflictItem | None = None
    """The dependency group that states it."""

    def counts_in(self, environment: Environment) -> bool:
        """Whether it concerns a fork."""
        item = self.requirement.conflict or self.group
        return environment.admits(self._scope(item)) and environment.admits_item(item)

    def _scope(self, item: ConflictItem | None) -> Marker:
        if item is None or item.group is None:
            return self.requirement.marker
        return self.requirement.marker.without_extras() & marker_of(item)


def root_requirements(problem: Problem) -> tuple[Requirement, ...]:
    """What the root of the search depends on: every member with all its extras, all groups, and what is asked for directly."""
    members = [Requirement(name=root.name, extras=tuple(sorted(root.provides_extras)), source=root.source) for root in problem.roots]
    groups = [
        Requirement(name=root.name, groups=tuple(name for name, _ in root.groups), source=root.source)
        for root in problem.roots
        if root.groups
    ]
    own_groups = [requirement for _, requirements in problem.dependency_groups for requirement in requirements]
    return (*members, *groups, *problem.requirements, *own_groups)


def collect(problem: Problem, amendments: Amendments, metadata_of: Callable[[Name, Source], Metadata | None]) -> tuple[Stated, ...]:
    """All first-party requirements: those found by following direct sources first, then the root's, constraints and overrides.

    Args:
        metadata_of: the metadata of a direct source; None where it cannot be used.
    """
    root = [each for each in amendments.overridden(None, root_requirements(problem)) if not amendments.excludes(None, each.name)]
    constraints = [Stated(each, is_direct=False) for each in amendments.constraints()]
    followed = list(_follow([*root, *(each.requirement for each in constraints)], amendments, metadata_of))
    overrides = [Stated(each, is_direct=False) for each in amendments.overrides()]
    return (*followed, *(Stated(each, is_direct=True) for each in root), *constraints, *overrides)


def _follow(
    requirements: list[Requirement], amendments: Amendments, metadata_of: Callable[[Name, Source], Metadata | None]
) -> Iterator[Stated]:
    """Walk from direct source to direct source, breadth first."""
    queue = deque(requirements)
    seen: set[tuple[Name, Source, tuple[Name, ...], tuple[Name, ...]]] = set()
    while queue:
        requirement = queue.popleft()
        source = requirement.source
        if source is None or isinstance(source, Registry):
            continue
        key = (requirement.name, source, requirement.extras, requirement.groups)
        metadata = None if key in seen else metadata_of(requirement.name, source)
        seen.add(key)
        if metadata is None:
            continue
        for found in _required_by(requirement, metadata, isinstance(source, Directory | Editable | Virtual), amendments):
            queue.append(found.requirement)
            yield found


def _required_by(requirement: Requirement, metadata: Metadata, is_tree: bool, amendments: Amendments) -> Iterator[Stated]:
    """What a direct source requires under the extras and groups that were asked of it."""
    parent = (metadata.name, metadata.version)
    asked = [(requirements, name) for name, requirements in metadata.groups if name in requirement.groups]
    for requirements, name in [(metadata.requires_dist, None), *asked]:
        group = None if name is None else ConflictItem(package=metadata.name, group=name)
        for each in amendments.overridden(parent, requirements):
            if amendments.excludes(parent, each.name):
                continue
            if not each.marker.assume_extras(lambda name: name in requirement.extras).is_false:
                yield Stated(each, is_direct=is_tree, group=group)


def pinned_versions(stated: tuple[Stated, ...], amendments: Amendments) -> dict[Name, set[Version]]:
    """Versions that a first-party requirement names exactly: they may be yanked (4.4)."""
    allowed: dict[Name, set[Version]] = {}
    for requirement in (*(each.requirement for each in stated), *amendments.scoped_overrides()):
        specifiers = list(requirement.specifier)
        if len(specifiers) == 1 and specifiers[0].operator in ("==", "===") and not specifiers[0].version.endswith(".*"):
            allowed.setdefault(requirement.name, set()).add(Version(specifiers[0].version))
    return allowed


def names_prerelease(specifiers: SpecifierSet) -> bool:
    """Whether a specifier other than `!=` mentions a pre-release."""
    return any(specifier.operator != "!=" and _version_of(specifier).is_prerelease for specifier in specifiers)


def _version_of(specifier: Specifier) -> Version:
    return Version(specifier.version.removesuffix(".*"))
