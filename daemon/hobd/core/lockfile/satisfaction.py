"""Whether a lock says of a project what the project says of itself (uv-lock.md section 5, "satisfies").

members, manifest ─→ packages reachable from them ─→ of each local one: version, extras, requirements, groups
"""

from collections import deque
from collections.abc import Iterator, Mapping

from msgspec import Struct
from packaging.version import Version

from hobd.core.lockfile.consistency import edges_of, is_target
from hobd.core.lockfile.model import Lock, LockedPackage, PackageMetadata, ScopedRequirement
from hobd.core.lockfile.same_requirements import Meaning, flattened, holding, meaning, meaning_of_overrides, relevant
from hobd.core.resolver.problem import Problem, RootProject
from hobd.core.vocab.names import Name
from hobd.core.vocab.requirement import Requirement
from hobd.core.vocab.source import Git, Registry, Source

GROUPS_REVISION = 5
"""The first that records the default groups of members and the Pythons of groups."""

EXTRAS_REVISION = 1
"""The first that records the extras that a package provides, and groups that are empty."""


class LocalFacts(Struct, frozen=True, kw_only=True):
    """What a local tree or a direct archive says of itself now."""

    version: Version | None
    """None where it is made by the build."""
    requires_dist: tuple[Requirement, ...]
    provides_extras: tuple[Name, ...] = ()
    groups: tuple[tuple[Name, tuple[Requirement, ...]], ...] = ()


def find_mismatch(
    lock: Lock, problem: Problem, *, root: str, local: Mapping[Source, LocalFacts], indexes: frozenset[Registry] | None
) -> str | None:
    """The first thing that the lock says otherwise, as a clause for the log; None if there is none.

    Args:
        lock: the old lock.
        problem: what is to be locked now.
        root: the absolute path of the lock's folder.
        local: what the packages of `packages_to_read` say now; one that is left out is trusted.
        indexes: those that may be used; None: any.
    """
    comparison = _Comparison(lock, problem, root, local, indexes)
    return next(comparison.mismatches(), None)


def packages_to_read(lock: Lock, problem: Problem) -> tuple[LockedPackage, ...]:
    """The packages that are no members and may have changed without a new version: their metadata has to be read again."""
    members = {project.name for project in problem.roots}
    return tuple(package for package in _reachable(lock, problem) if _may_change(package.source) and package.name not in members)


def _may_change(source: Source) -> bool:
    return not isinstance(source, Registry | Git)


def _reachable(lock: Lock, problem: Problem) -> Iterator[LockedPackage]:
    """Packages in reach of members and manifest, breadth first; what lies behind registry and git packages is trusted."""
    by_name: dict[Name, list[LockedPackage]] = {}
    for package in lock.packages:
        by_name.setdefault(package.name, []).append(package)
    queue = deque(package for project in problem.roots for package in by_name.get(project.name, ()))
    for requirement in (*problem.requirements, *(each for _, group in problem.dependency_groups for each in group)):
        queue.extend(package for package in by_name.get(requirement.name, ()) if _may_change(package.source))
    seen: set[int] = set()
    while queue:
        package = queue.popleft()
        if id(package) in seen:
            continue
        seen.add(id(package))
        yield package
        if _may_change(package.source):
            queue.extend(target for edge in edges_of(package) for target in by_name.get(edge.name, ()) if is_target(edge, target))


class _Comparison:
    """One lock against one problem."""

    def __init__(
        self, lock: Lock, problem: Problem, root: str, local: Mapping[Source, LocalFacts], indexes: frozenset[Registry] | None
    ) -> None:
        self._lock = lock
        self._problem = problem
        self._root = root
        self._local = local
        self._indexes = None if indexes is None else set(indexes)
        self._roots = {project.name: project for project in problem.roots}

    def mismatches(self) -> Iterator[str]:
        """Everything that differs, in uv's order."""
        yield from self._members()
        yield from self._manifest()
        self._allow_indexes((*self._problem.requirements, *(each for _, group in self._problem.dependency_groups for each in group)))
        for package in _reachable(self._lock, self._problem):
            yield from self._package(package)

    def _members(self) -> Iterator[str]:
        was, wanted = self._lock.manifest, self._problem.manifest
        if set(was.members) != set(wanted.members):
            yield "the members changed"
        if self._lock.revision >= GROUPS_REVISION:
            if _as_set(was.default_groups) != _as_set(wanted.default_groups):
                yield "the default groups changed"
            if dict(was.group_requires_python) != dict(wanted.group_requires_python):
                yield "the Pythons of a group changed"
        for project in self._problem.roots:
            yield from self._member(project)

    def _member(self, project: RootProject) -> Iterator[str]:
        locked = [package for package in self._lock.packages if package.name == project.name]
        if len(locked) != 1 or locked[0].source != project.source:
            yield f"the member `{project.name}` is not locked as {type(project.source).__name__.lower()}"
            return
        if self._lock.revision >= GROUPS_REVISION:
            if _as_set(locked[0].default_groups) != _as_set(project.default_groups):
                yield f"the default groups of `{project.name}` changed"
            if dict(locked[0].group_requires_python) != dict(project.group_requires_python):
                yield f"the Pythons of a group of `{project.name}` changed"

    def _manifest(self) -> Iterator[str]:
        was, wanted = self._lock.manifest, self._problem.manifest
        locked = {package.name for package in self._lock.packages}
        for name, old, new in (
            ("requirements", was.requirements, wanted.requirements),
            ("build constraints", was.build_constraints, wanted.build_constraints),
        ):
            if self._meaning(old) != self._meaning(new):
                yield f"the {name} changed"
        constraints = relevant(was.constraints, wanted.constraints, locked, _name_of)
        if holding(self._meaning(was.constraints)) != holding(self._meaning(constraints)):
            yield "the constraints changed"
        bounds = self._lock.requires_python
        overrides = relevant(was.overrides, wanted.overrides, locked, _name_of)
        if meaning_of_overrides(was.overrides, self._root, bounds) != meaning_of_overrides(overrides, self._root, bounds):
            yield "the overrides changed"
        if set(was.excludes) != set(relevant(was.excludes, wanted.excludes, locked, _name_of)):
            yield "the exclusions changed"
        if self._groups(was.dependency_groups, keeps_empty=False) != self._groups(wanted.dependency_groups, keeps_empty=False):
            yield "the dependency groups changed"
        given = relevant(was.dependency_metadata, wanted.dependency_metadata, locked, lambda entry: entry.name)
        if set(was.dependency_metadata) != set(given):
            yield "the given metadata changed"

    def _package(self, package: LockedPackage) -> Iterator[str]:
        source = package.source
        if isinstance(source, Registry):
            if self._indexes is not None and source not in self._indexes:
                yield f"`{package.name}` is locked from `{source.url}`, which is not configured"
            return
        facts = self._facts(package)
        if facts is None or isinstance(source, Git):
            return
        if package.version != facts.version:
            yield f"the version of `{package.name}` changed"
        yield from self._metadata(package.name, package.metadata or PackageMetadata(), facts)
        self._allow_indexes((*facts.requires_dist, *(each for _, group in facts.groups for each in group)))

    def _facts(self, package: LockedPackage) -> LocalFacts | None:
        project = self._roots.get(package.name)
        if project is None:
            return self._local.get(package.source)
        return LocalFacts(
            version=project.version,
            requires_dist=project.requires_dist,
            provides_extras=project.provides_extras,
            groups=project.groups,
        )

    def _metadata(self, name: Name, was: PackageMetadata, now: LocalFacts) -> Iterator[str]:
        has_extras = self._lock.revision >= EXTRAS_REVISION
        if has_extras and set(was.provides_extras) != set(now.provides_extras):
            yield f"the extras of `{name}` changed"
        locked = self._meaning(was.requires_dist)
        if locked != self._meaning(now.requires_dist):
            is_flattened = now.version is None and holding(locked) == holding(self._meaning(flattened(now.requires_dist, name)))
            if not is_flattened:
                yield f"the requirements of `{name}` changed"
        if self._groups(was.requires_dev, keeps_empty=has_extras) != self._groups(now.groups, keeps_empty=has_extras):
            yield f"the dependency groups of `{name}` changed"

    def _meaning(self, requirements: tuple[Requirement, ...]) -> Meaning:
        return meaning(requirements, self._root, self._lock.requires_python)

    def _groups(self, groups: tuple[tuple[Name, tuple[Requirement, ...]], ...], *, keeps_empty: bool) -> dict[Name, Meaning]:
        return {name: self._meaning(requirements) for name, requirements in groups if requirements or keeps_empty}

    def _allow_indexes(self, requirements: tuple[Requirement, ...]) -> None:
        """Indexes that a checked requirement names are fine, though they may be explicit or a member's own."""
        if self._indexes is not None:
            self._indexes.update(each.source for each in requirements if isinstance(each.source, Registry))


def _name_of(entry: Requirement | ScopedRequirement | Name) -> Name:
    """The package that an entry is about."""
    if isinstance(entry, ScopedRequirement):
        return entry.package
    return entry.name if isinstance(entry, Requirement) else entry


def _as_set(groups: tuple[str, ...] | str | None) -> frozenset[str] | str:
    """Default groups, whatever their order; nothing said means `dev`."""
    if groups is None:
        return frozenset({"dev"})
    return groups if isinstance(groups, str) else frozenset(groups)
