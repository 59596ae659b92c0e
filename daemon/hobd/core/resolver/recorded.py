"""What a lock records of how and for what it was resolved (uv-lock.md 1.4, 1.5)."""

from hobd.core.lockfile.model import Manifest, Options, ScopedRequirement
from hobd.core.vocab.names import Name
from hobd.core.vocab.project import Pyproject, ToolUv, Workspace
from hobd.core.vocab.requirement import Requirement
from hobd.core.vocab.settings import ResolverSettings


def options_of(resolver: ResolverSettings, tool_uv: ToolUv) -> Options:
    """`[options]`."""
    return Options(
        resolution_mode=resolver.resolution_mode,
        prerelease_mode=resolver.prerelease_mode,
        fork_strategy=resolver.fork_strategy,
        minimum_libc_version=tool_uv.minimum_libc_version,
        exclude_newer=resolver.exclude_newer,
        prerelease_package=resolver.prerelease_package,
        exclude_newer_package=resolver.exclude_newer_package,
    )


def manifest_of(
    workspace: Workspace | None,
    *,
    requirements: tuple[Requirement, ...],
    constraints: tuple[Requirement, ...],
    overrides: tuple[Requirement | ScopedRequirement, ...],
    excludes: tuple[Name | ScopedRequirement, ...],
    build_constraints: tuple[Requirement, ...],
    groups: tuple[tuple[Name, tuple[Requirement, ...]], ...],
    resolver: ResolverSettings,
) -> Manifest:
    """`[manifest]`; no workspace: of a script."""
    is_virtual = workspace is not None and not workspace.has_root_project
    root = workspace.pyproject if workspace is not None and is_virtual else Pyproject()
    return Manifest(
        members=_members(workspace),
        default_groups=recorded_default_groups(root),
        requirements=requirements,
        constraints=constraints,
        overrides=overrides,
        excludes=excludes,
        build_constraints=build_constraints,
        dependency_groups=groups,
        group_requires_python=root.tool_uv.group_requires_python,
        dependency_metadata=resolver.dependency_metadata,
    )


def _members(workspace: Workspace | None) -> tuple[Name, ...]:
    """All members, unless the only one is the root itself."""
    names = tuple(member.name for member in workspace.members) if workspace is not None else ()
    return () if workspace is not None and len(names) == 1 and workspace.has_root_project else names


def recorded_default_groups(pyproject: Pyproject) -> tuple[str, ...] | str | None:
    """The default groups as a lock records them; None for the plain default, `["dev"]`."""
    said = pyproject.tool_uv.default_groups
    return None if said is None or said == ("dev",) else said
