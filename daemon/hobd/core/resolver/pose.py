"""From a workspace or a script, its settings and the old lock to the problem that `solve` answers (uv-lock.md 4.1)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace
from packaging.version import Version

from hobd.core.formats.exclude_newer import cutoff
from hobd.core.formats.group_table import FlatGroup, flatten
from hobd.core.formats.requirement import parse_requirement
from hobd.core.formats.urls import without_credentials
from hobd.core.lockfile.model import Lock, Manifest, ScopedRequirement
from hobd.core.markers import TRUE, Marker, RequiresPython
from hobd.core.resolver.declared_conflicts import conflicts_of
from hobd.core.resolver.lower import Stating, lower_all, lower_member, lower_texts, stating_root, stating_script
from hobd.core.resolver.old_versions import Keep, preferences_of
from hobd.core.resolver.problem import Cutoff, Problem, RootProject, SearchedIndex
from hobd.core.resolver.recorded import manifest_of, options_of
from hobd.core.resolver.source_lowering import Ground, InvalidSource
from hobd.core.vocab.metadata import Metadata
from hobd.core.vocab.names import Name
from hobd.core.vocab.project import Member, ScopedTable, Script, ToolUv, Workspace
from hobd.core.vocab.requirement import Requirement
from hobd.core.vocab.settings import Settings
from hobd.errors import RequestError

_NOT_A_BUILD = 2
"""Exit code for a bad source where no package is being built: of constraints, overrides, and groups of a root without a project."""


class OverlappingEnvironments(RequestError):
    """Two entries of `environments` hold at once, or one never does."""


class Posing(Struct, frozen=True, kw_only=True):
    """What posing needs beside the workspace."""

    settings: Settings
    requires_python: RequiresPython
    """Of the workspace (`find_requires_python`), or of the interpreter where nobody says."""
    now: datetime
    """The moment of resolving: spans of `exclude-newer` end here."""
    cwd_text: Callable[[Member], str]
    """A member's folder as errors show it."""
    metadata: Mapping[Name, Metadata] = field(default_factory=dict)
    """From the build backends of members whose requirements are dynamic."""
    versions: Mapping[Name, Version] = field(default_factory=dict)
    """From those of the other members whose version is dynamic; left out where nothing is solved."""
    previous: Lock | None = None
    keep: Keep = "nothing"
    installed_python: Version | None = None


def pose_workspace(workspace: Workspace, posing: Posing) -> Problem:
    """The problem of a workspace.

    Raises:
        InvalidSource: a source does not fit.
        MalformedGroups: groups do not hold together.
        OverlappingEnvironments: the environments contradict each other or the Pythons.
    """
    ground = ground_of(workspace, posing.settings)
    stating = stating_root(ground)
    roots = tuple(
        lower_member(each, ground, posing.cwd_text(each), posing.metadata.get(each.name), posing.versions.get(each.name))
        for each in workspace.members
    )
    return _problem(posing, stating, workspace.pyproject.tool_uv, workspace=workspace, roots=roots, groups=root_groups(workspace, stating))


def pose_script(script: Script, workspace: Workspace, posing: Posing) -> Problem:
    """The problem of a script.

    Args:
        script: its metadata.
        workspace: a workspace without members, whose root is the script's folder.
        posing: as for a workspace.
    Raises:
        InvalidSource: a source does not fit.
    """
    stating = stating_script(script, ground_of(workspace, posing.settings))
    requirements = tuple(lower_texts(script.dependencies or (), stating))
    return _problem(posing, stating, script.tool_uv, requirements=requirements)


class Demands(Struct, frozen=True, kw_only=True):
    """What is asked for without a project: lowered already."""

    requirements: tuple[Requirement, ...]
    constraints: tuple[Requirement, ...] = ()
    overrides: tuple[Requirement | ScopedRequirement, ...] = ()
    excludes: tuple[Name | ScopedRequirement, ...] = ()


def pose_demands(demands: Demands, posing: Posing, folder: Path) -> Problem:
    """The problem of requirements that belong to no project.

    Args:
        folder: absolute; relative paths of sources start there.
    """
    constraints = (*demands.constraints, *posing.settings.resolver.upgrade.constraints)
    manifest = Manifest(requirements=demands.requirements, constraints=constraints)
    return replace(
        _settled(posing),
        requirements=demands.requirements,
        constraints=constraints,
        overrides=demands.overrides,
        excludes=demands.excludes,
        folder=str(folder),
        manifest=manifest,
    )


def ground_of(workspace: Workspace, settings: Settings, lock_root: Path | None = None, *, editable: bool = True) -> Ground:
    """What the requirements of a workspace are lowered against.

    Args:
        workspace: the projects that state them.
        settings: of the request.
        lock_root: the folder of the lock, where that is not the workspace's own: for a local folder that is depended on.
        editable: whether its members are, where no source says.
    """
    return Ground(
        workspace=workspace,
        lock_root=lock_root or workspace.root,
        indexes=settings.index.indexes,
        no_sources=settings.resolver.no_sources,
        git_lfs=settings.build.git_lfs,
        editable=editable,
        facts=dict(workspace.local_facts),
    )


def root_groups(workspace: Workspace, stating: Stating) -> tuple[tuple[Name, tuple[Requirement, ...]], ...]:
    """The groups of a root that is no project; a project's groups are its own."""
    if workspace.has_root_project:
        return ()
    found = flatten(workspace.pyproject, "", parse_requirement)
    try:
        return tuple((name, tuple(lower_all(_group_requirements(group), stating))) for name, group in found)
    except InvalidSource as error:
        error.code = _NOT_A_BUILD
        raise


def _group_requirements(group: FlatGroup) -> list[Requirement]:
    found = []
    for text, bounds in group.requirements:
        requirement = parse_requirement(text)
        for bound in bounds:
            requirement = requirement.under(TRUE.complexify(RequiresPython.parse(bound)))
        found.append(requirement)
    return found


def checked_environments(tool_uv: ToolUv, requires_python: RequiresPython) -> tuple[Marker, ...]:
    """`environments`, which have to be disjoint and within the Pythons.

    Raises:
        OverlappingEnvironments: they are not.
    """
    for markers in (tool_uv.environments, tool_uv.required_environments):
        for left, right in pairwise(markers):
            if not left.is_disjoint(right):
                better = (~left & right).to_text() or "true"
                raise OverlappingEnvironments(
                    "Supported environments must be disjoint, but the following markers overlap: "
                    f"`{left.to_text() or 'true'}` and `{right.to_text() or 'true'}`",
                    hint=f"replace `{right.to_text() or 'true'}` with `{better}`",
                )
    allowed = TRUE.complexify(requires_python)
    for marker in tool_uv.environments:
        if allowed.is_disjoint(marker):
            text = marker.to_text()
            raise OverlappingEnvironments(
                f"Environment markers `{text}` don't overlap with Python requirement `{requires_python}`"
                if text
                else "Environment marker is empty"
            )
    return tool_uv.environments


def _problem(
    posing: Posing,
    stating: Stating,
    tool_uv: ToolUv,
    *,
    workspace: Workspace | None = None,
    roots: tuple[RootProject, ...] = (),
    requirements: tuple[Requirement, ...] = (),
    groups: tuple[tuple[Name, tuple[Requirement, ...]], ...] = (),
) -> Problem:
    resolver = posing.settings.resolver
    constraints = _at_root(tool_uv.constraints, stating)
    overrides, excludes = lower_overrides(tool_uv, stating), lower_excludes(tool_uv)
    return replace(
        _settled(posing, roots),
        requirements=requirements,
        dependency_groups=groups,
        constraints=(*constraints, *resolver.upgrade.constraints),
        overrides=overrides,
        excludes=excludes,
        conflicts=conflicts_of(workspace) if workspace is not None else (),
        environments=checked_environments(tool_uv, posing.requires_python) if workspace is not None else (),
        required_environments=tool_uv.required_environments if workspace is not None else (),
        folder=str(workspace.root) if workspace is not None else "",
        options=options_of(resolver, tool_uv),
        manifest=manifest_of(
            workspace,
            requirements=requirements,
            constraints=constraints,
            overrides=overrides,
            excludes=excludes,
            build_constraints=_at_root(tool_uv.build_constraints, stating),
            groups=groups,
            resolver=resolver,
        ),
    )


def _settled(posing: Posing, roots: tuple[RootProject, ...] = ()) -> Problem:
    """What the settings and the old lock decide."""
    resolver, build = posing.settings.resolver, posing.settings.build
    return Problem(
        roots=roots,
        requires_python=posing.requires_python,
        dependency_metadata=resolver.dependency_metadata,
        resolution_mode=resolver.resolution_mode,
        prerelease_mode=resolver.prerelease_mode,
        prerelease_package=resolver.prerelease_package,
        fork_strategy=resolver.fork_strategy,
        cutoff=Cutoff(before=cutoff(resolver.exclude_newer, posing.now)),
        cutoff_package=tuple((name, Cutoff(before=cutoff(value, posing.now))) for name, value in resolver.exclude_newer_package),
        no_build=build.no_build,
        no_binary=build.no_binary,
        preferences=preferences_of(posing.previous, resolver.upgrade, roots, posing.keep),
        initial_forks=posing.previous.resolution_markers if posing.previous and posing.keep == "versions and forks" else None,
        previous=posing.previous,
        installed_python=posing.installed_python,
        searched_indexes=_searched_indexes(posing.settings),
    )


def _searched_indexes(settings: Settings) -> tuple[SearchedIndex, ...]:
    """The indexes, where only the first that knows a name counts."""
    index = settings.index
    if index.no_index or index.strategy != "first-index":
        return ()
    shown = ((each, without_credentials(each.url)) for each in index.indexes if not each.is_explicit)
    return tuple(SearchedIndex(each.relative_to or url, url) for each, url in shown)


def lower_overrides(tool_uv: ToolUv, stating: Stating) -> tuple[Requirement | ScopedRequirement, ...]:
    """`override-dependencies`, plain and scoped."""
    found: list[Requirement | ScopedRequirement] = []
    for entry in tool_uv.overrides:
        if isinstance(entry, ScopedTable):
            found.append(_scoped(entry, _at_root(entry.dependencies, stating)))
        else:
            found.extend(_at_root((entry,), stating))
    return tuple(found)


def lower_excludes(tool_uv: ToolUv) -> tuple[Name | ScopedRequirement, ...]:
    """`exclude-dependencies`, plain and scoped."""
    return tuple(
        _scoped(entry, tuple(Requirement(name=Name(text)) for text in entry.dependencies)) if isinstance(entry, ScopedTable) else entry
        for entry in tool_uv.excludes
    )


def _at_root(texts: tuple[str, ...], stating: Stating) -> tuple[Requirement, ...]:
    try:
        return tuple(lower_texts(texts, stating))
    except InvalidSource as error:
        error.code = _NOT_A_BUILD
        raise


def _scoped(entry: ScopedTable, dependencies: tuple[Requirement, ...]) -> ScopedRequirement:
    return ScopedRequirement(package=entry.package, version=entry.version, dependencies=dependencies)
