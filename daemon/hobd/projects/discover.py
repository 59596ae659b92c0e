"""From a folder to the workspace that it belongs to (uv-lock.md 4.1, features.md section 2).

    folder ─up→ pyproject.toml ─┬─ has [tool.uv.workspace] ────────────→ root
                                ├─ a root above lists it ───────────────→ that root
                                └─ else ───────────────────────────────→ itself, alone
    root ─globs→ members ─→ Workspace

Everything that is looked at, also what is not there, is told to the evidence.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from hobd.core.formats.pyproject import parse_pyproject
from hobd.core.vocab.evidence import Evidence
from hobd.core.vocab.names import Name
from hobd.core.vocab.project import ForeignMember, Member, Pyproject, Workspace, WorkspaceEntry, WorkspaceTable
from hobd.errors import HobError, RequestError
from hobd.projects.files import absolute, is_file, read_bytes, shown, text_of
from hobd.projects.ignored_files import holds_only_ignored
from hobd.projects.local_facts import gather_local_facts
from hobd.projects.member_globs import expand, is_excluded, is_member

if TYPE_CHECKING:  # most commands edit nothing
    from hobd.projects.drafts import Drafts

PYPROJECT = "pyproject.toml"


class NoProject(RequestError):
    """There is no `pyproject.toml` here or above."""


class Unmanaged(RequestError):
    """The project says `managed = false`: `run` goes on without it."""


class WorkspaceMistake(RequestError):
    """A workspace that does not hold together."""


class Discovery(Struct, frozen=True, kw_only=True):
    """What all steps of one discovery share."""

    evidence: Evidence
    cwd: Path
    """Where the caller is: messages show paths below it without it."""
    cache_folder: Path | None = None
    """Never looked into for members."""
    is_foreign: bool = False
    """Whether this is the workspace of a source, not the caller's own."""
    drafts: "Drafts | None" = None
    """Files as an edit is to leave them: what they hold already does not count."""

    def read(self, path: Path) -> bytes | None:
        """The content of a file, as it is to be; None where there is none.

        Raises:
            WorldError: it cannot be read.
        """
        drafted = None if self.drafts is None else self.drafts.content(path)
        return read_bytes(path, self.evidence) if drafted is None else drafted


def find_project_folder(start: Path, evidence: Evidence) -> Path | None:
    """The nearest folder, from `start` upwards, that has a `pyproject.toml`."""
    return next((folder for folder in (start, *start.parents) if is_file(folder / PYPROJECT, evidence)), None)


def discover_workspace(start: Path, discovery: Discovery, package: Name | None = None) -> Workspace:
    """The workspace that a folder belongs to.

    Args:
        start: absolute folder, `--project` or the current one.
        discovery: what to tell, and how to show paths.
        package: the member that is meant (`--package`), instead of the one at `start`.
    Raises:
        NoProject: nothing there.
        Unmanaged: the project opts out.
        WorkspaceMistake: members are missing, nested or named alike; or the package is no member.
        InvalidToml: a `pyproject.toml` is broken; below a message that names it.
    """
    folder = find_project_folder(start, discovery.evidence)
    if folder is None:
        raise NoProject("No `pyproject.toml` found in current directory or any parent directory")
    pyproject = read_pyproject(folder, discovery)
    if pyproject.tool_uv.managed is False and (pyproject.project is not None or package is not None):
        raise Unmanaged(f"The project is marked as unmanaged: {folder}")
    if package is not None and pyproject.project is None and pyproject.tool_uv.workspace is None:
        raise WorkspaceMistake(f"No `project` table found in: {folder / PYPROJECT}")
    workspace = _with_root(folder, pyproject, discovery)
    return workspace if package is None else select_member(workspace, package)


def select_member(workspace: Workspace, package: Name) -> Workspace:
    """The same workspace, with another current member.

    Raises:
        WorkspaceMistake: it has no such member.
    """
    if workspace.find_member(package) is None:
        raise WorkspaceMistake(f"The workspace does not have a member {package}: {workspace.root}")
    return replace(workspace, current=package)


def read_pyproject(folder: Path, discovery: Discovery) -> Pyproject:
    """Read the `pyproject.toml` of a folder.

    Raises:
        NoProject: there is none.
        HobError: it is broken; below a message that names the file.
    """
    path = folder / PYPROJECT
    content = discovery.read(path)
    if content is None:
        raise NoProject(f"failed to open file `{path}`: No such file or directory (os error 2)")
    text = text_of(path, content)
    try:
        return parse_pyproject(text)
    except HobError as error:
        raise error.under(f"Failed to parse: {shown(path, discovery.cwd)}") from error


def _with_root(folder: Path, pyproject: Pyproject, discovery: Discovery) -> Workspace:
    """Find the root for a project and collect its members."""
    current = pyproject.project.name if pyproject.project else None
    if pyproject.tool_uv.workspace is not None:
        return _build(folder, pyproject, pyproject.tool_uv.workspace, current, discovery)
    above = _find_root_above(folder, discovery) if pyproject.project is not None else None
    if above is None:
        return _build(folder, pyproject, None, current, discovery)
    root, root_pyproject = above
    assert root_pyproject.tool_uv.workspace is not None  # that is what makes it a root
    return _build(root, root_pyproject, root_pyproject.tool_uv.workspace, current, discovery, (folder, pyproject))


def _find_root_above(folder: Path, discovery: Discovery) -> tuple[Path, Pyproject] | None:
    """The nearest `pyproject.toml` above, if it is a workspace that lists the folder; another project ends the search."""
    if discovery.cache_folder is not None and folder.is_relative_to(discovery.cache_folder):
        return None
    for parent in folder.parents:
        if not is_file(parent / PYPROJECT, discovery.evidence):
            continue
        pyproject = read_pyproject(parent, discovery)
        workspace = pyproject.tool_uv.workspace
        if workspace is None or not is_member(folder, parent, workspace) or is_excluded(folder, parent, workspace):
            return None
        return parent, pyproject
    return None


def _build(
    root: Path,
    pyproject: Pyproject,
    table: WorkspaceTable | None,
    current: Name | None,
    discovery: Discovery,
    found: tuple[Path, Pyproject] | None = None,
) -> Workspace:
    """Args: found: the project that was asked for: a member too, where no glob lists it."""
    members = _collect(root, pyproject, table or WorkspaceTable(), discovery)
    if found is not None and current is not None and current not in members:
        members[current] = _member(*found)
    ordered = tuple(members[name] for name in sorted(members))
    return Workspace(
        root=root,
        pyproject=pyproject,
        members=ordered,
        current=current,
        is_explicit=table is not None,
        required_members=_required_members(pyproject, ordered, is_explicit=table is not None),
        local_facts=gather_local_facts(root, pyproject, ordered, discovery.evidence),
        other_workspaces=_other_workspaces(root, pyproject, ordered, discovery),
        warnings=_warnings(ordered, discovery.cwd),
    )


def _member(folder: Path, pyproject: Pyproject) -> Member:
    assert pyproject.project is not None  # callers have looked
    return Member(root=folder, project=pyproject.project, pyproject=pyproject)


def _collect(root: Path, pyproject: Pyproject, table: WorkspaceTable, discovery: Discovery) -> dict[Name, Member]:
    members: dict[Name, Member] = {}
    seen: set[Path] = set()
    if pyproject.project is not None:
        seen.add(root)
        members[pyproject.project.name] = _member(root, pyproject)
    for pattern in table.members:
        for folder in expand(root, pattern, discovery.evidence):
            if folder in seen or _is_cache(folder, root, discovery) or is_excluded(folder, root, table):
                continue
            seen.add(folder)
            member = _read_member(folder, pattern, discovery)
            if member is not None:
                _add(members, member)
    _refuse_nested(root, members)
    return members


def _is_cache(folder: Path, root: Path, discovery: Discovery) -> bool:
    cache = discovery.cache_folder
    return cache is not None and folder.is_relative_to(cache) and not root.is_relative_to(cache)


def _add(members: dict[Name, Member], member: Member) -> None:
    existing = members.get(member.name)
    if existing is not None:
        raise WorkspaceMistake(f"Two workspace members are both named `{member.name}`: `{existing.root}` and `{member.root}`")
    members[member.name] = member


def _read_member(folder: Path, pattern: str, discovery: Discovery) -> Member | None:
    """The project of a folder that a glob found; None where the folder is none of ours."""
    path = folder / PYPROJECT
    if not is_file(path, discovery.evidence):
        if not folder.is_dir() or folder.name.startswith(".") or holds_only_ignored(folder, discovery.evidence):
            return None
        raise WorkspaceMistake(f"Workspace member `{folder}` is missing a `pyproject.toml` (matches: `{pattern}`)")
    pyproject = read_pyproject(folder, discovery)
    if pyproject.tool_uv.managed is False:
        return None
    if pyproject.project is None:
        raise WorkspaceMistake(f"No `project` table found in: {path}")
    return _member(folder, pyproject)


def _refuse_nested(root: Path, members: dict[Name, Member]) -> None:
    for name in sorted(members):
        member = members[name]
        if member.root != root and member.pyproject.tool_uv.workspace is not None:
            raise WorkspaceMistake(
                f"Nested workspaces are not supported, but workspace member has a `tool.uv.workspace` table: {member.root}"
            )


def _required_members(root: Pyproject, members: tuple[Member, ...], *, is_explicit: bool) -> tuple[tuple[Name, bool | None], ...]:
    """Which members some project depends on by `workspace = true`, and whether they must be editable."""
    root_name = root.project.name if root.project else None
    declared = [pair for pair in root.tool_uv.sources if pair[0] != root_name] if is_explicit else []
    for member in members:
        declared += [pair for pair in member.pyproject.tool_uv.sources if pair[0] != member.name]
    required: dict[Name, bool | None] = {}
    for name, entries in declared:
        for entry in entries:
            if not isinstance(entry, WorkspaceEntry) or entry.workspace is not True:
                continue
            existing = required.get(name)
            if existing is not None and entry.editable is not None and existing != entry.editable:
                raise WorkspaceMistake(f"Workspace member `{name}` was requested as both `editable = true` and `editable = false`")
            required[name] = entry.editable
    return tuple(sorted(required.items()))


def _other_workspaces(
    root: Path, pyproject: Pyproject, members: tuple[Member, ...], discovery: Discovery
) -> tuple[tuple[Path, Path | None, tuple[ForeignMember, ...]], ...]:
    """What lies at the paths of other workspaces; they are not asked for others in turn."""
    if discovery.is_foreign:
        return ()
    paths = set()
    for base, each in ((root, pyproject), *((member.root, member.pyproject) for member in members)):
        entries = [entry for _, entries in each.tool_uv.sources for entry in entries]
        paths |= {absolute(Path(e.workspace), base) for e in entries if isinstance(e, WorkspaceEntry) and isinstance(e.workspace, str)}
    return tuple((path, *_foreign(path, replace(discovery, is_foreign=True))) for path in sorted(paths))


def _foreign(path: Path, discovery: Discovery) -> tuple[Path | None, tuple[ForeignMember, ...]]:
    try:
        found = discover_workspace(path, discovery)
    except NoProject:
        return None, ()
    return found.root, tuple(
        ForeignMember(member.name, member.root, member.pyproject.is_package(needs_build_system=False)) for member in found.members
    )


def _warnings(members: tuple[Member, ...], cwd: Path) -> tuple[str, ...]:
    legacy = [f"`{shown(member.root / PYPROJECT, cwd)}`" for member in members if member.pyproject.tool_uv.dev_dependencies is not None]
    if not legacy:
        return ()
    text = f"The `tool.uv.dev-dependencies` field (used in {', '.join(legacy)}) is deprecated and will be removed in a future release; "
    return (text + "use `dependency-groups.dev` instead",)
