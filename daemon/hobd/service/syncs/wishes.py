"""From the command line's extras, groups and packages to what is selected from a lock (SYN-4 to SYN-10)."""

from collections.abc import Iterable

from msgspec import Struct, field
from msgspec.structs import replace

from hobd.cli.options.groups import GroupOptions
from hobd.cli.options.partial import PartOptions
from hobd.core.formats.group_table import default_groups
from hobd.core.lockfile.model import Lock
from hobd.core.plan.groups import GroupWishes
from hobd.core.plan.parts import Parts
from hobd.core.plan.wanted import Wishes
from hobd.core.vocab.names import Name, normalize
from hobd.core.vocab.project import Pyproject, Workspace
from hobd.core.vocab.settings import Settings
from hobd.errors import RequestError

DEV = Name("dev")


class Scope(Struct, frozen=True, kw_only=True):
    """Which projects a command is about, and which parts of what they need are left out."""

    packages: tuple[str, ...] = ()
    all_packages: bool = False
    parts: PartOptions = field(default_factory=PartOptions)


def group_wishes(options: GroupOptions) -> GroupWishes:
    """What the group options ask for. `--no-dev` from a variable loses to `--dev`, and beats `--group dev` (ENV-5)."""
    include, only, exclude = (frozenset(map(normalize, names)) for names in (options.groups, options.only_groups, options.no_groups))
    switches = (options.dev, options.only_dev, options.no_dev)
    by_dev, by_only_dev, by_no_dev = (frozenset({DEV} if switch else ()) for switch in switches)
    return GroupWishes(
        include=include | by_dev,
        only=only | by_only_dev,
        exclude=exclude | by_no_dev,
        switched=frozenset({DEV}) - include - only - exclude,
        everything=options.all_groups,
        no_defaults=options.no_default_groups,
    )


def workspace_groups(options: GroupOptions, workspace: Workspace) -> GroupWishes:
    """What the group options ask of a workspace's members, wherever it is asked from: the root's default groups count.

    Raises:
        RequestError: a default group is not there.
    """
    return replace(group_wishes(options), defaults=_defaults(workspace.pyproject))


def current_groups(options: GroupOptions, workspace: Workspace) -> GroupWishes:
    """What the group options ask for, with the default groups of the project that is asked from.

    Raises:
        RequestError: a default group is not there.
    """
    return replace(group_wishes(options), defaults=_defaults(_current(workspace)))


def project_wishes(options: GroupOptions, scope: Scope, workspace: Workspace, lock: Lock, settings: Settings) -> Wishes:
    """What is to be selected for a project.

    Raises:
        RequestError: a default group is not there.
    """
    projects = _projects(scope, workspace, lock)
    root = next((member.name for member in workspace.members if member.root == workspace.root), None)
    return Wishes(
        projects=projects,
        is_workspace=scope.all_packages or len(projects) > 1 or (workspace.current is None and not scope.packages),
        root=root,
        extras=frozenset(normalize(extra) for extra in options.extras),
        all_extras=bool(options.all_extras),
        no_extras=frozenset(normalize(extra) for extra in options.no_extra),
        groups=current_groups(options, workspace),
        parts=_parts(scope.parts, the_project(scope, workspace)),
        no_build=settings.build.no_build,
        no_binary=settings.build.no_binary,
    )


def script_wishes(parts: PartOptions, settings: Settings) -> Wishes:
    """What is to be selected for a script: all of its lock, but for the parts that are left out."""
    return Wishes(
        parts=_parts(parts, None),
        no_build=settings.build.no_build,
        no_binary=settings.build.no_binary,
    )


def the_project(scope: Scope, workspace: Workspace) -> Name | None:
    """The project that a command is about: the one that is named, or the one that it is asked from, with all packages too."""
    if scope.packages:
        return normalize(scope.packages[0]) if len(scope.packages) == 1 else None
    return workspace.current


def _parts(options: PartOptions, project: Name | None) -> Parts:
    return Parts(
        project=project,
        no_project=bool(options.no_install_project),
        no_workspace=bool(options.no_install_workspace),
        no_local=bool(options.no_install_local),
        no_packages=frozenset(map(normalize, options.no_install_package)),
        only_project=bool(options.only_install_project),
        only_workspace=bool(options.only_install_workspace),
        only_local=bool(options.only_install_local),
        only_packages=frozenset(map(normalize, options.only_install_package)),
    )


def _current(workspace: Workspace) -> Pyproject:
    """What is asked from: a member, or the workspace's root."""
    member = None if workspace.current is None else workspace.find_member(workspace.current)
    return workspace.pyproject if member is None else member.pyproject


def _defaults(pyproject: Pyproject) -> tuple[str, ...] | str:
    """The default groups that a project or root states: they count for every member."""
    checked = default_groups(pyproject)
    return "all" if pyproject.tool_uv.default_groups == "all" else checked


def locked_members(lock: Lock, workspace: Workspace) -> tuple[Name, ...]:
    """The members as the lock knows them: with `--frozen` their folders need not be there."""
    return lock.manifest.members or tuple(member.name for member in workspace.members)


def _projects(scope: Scope, workspace: Workspace, lock: Lock) -> tuple[Name, ...]:
    if scope.packages and not scope.all_packages:
        return tuple(map(normalize, scope.packages))
    if scope.all_packages or workspace.current is None:
        return locked_members(lock, workspace)
    return (workspace.current,)


def check_packages(packages: Iterable[str], workspace: Workspace) -> None:
    """Refuse packages that are no members.

    Raises:
        RequestError: one is none.
    """
    names = {member.name for member in workspace.members}
    for package in packages:
        if normalize(package) not in names:
            raise RequestError(f"Package `{package}` not found in workspace")
