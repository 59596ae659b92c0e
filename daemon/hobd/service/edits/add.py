"""`hob add`: put requirements into a project, its lock and its environment (ADD-1 to ADD-13).

read what is asked ─→ name it ─→ edit ─→ lock ─→ write bounds from the lock ─→ lock ─→ sync
                                   └── fails or is cancelled: all files are what they were ──┘
"""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from hobd.cli.add import Add
from hobd.cli.found import said
from hobd.cli.options.groups import GroupOptions
from hobd.cli.style import cyan, green
from hobd.core.formats.pyproject_edit import add_member
from hobd.core.vocab.project import Workspace, WorkspaceTable
from hobd.core.vocab.request import Outcome
from hobd.core.vocab.source import Directory
from hobd.errors import RequestError
from hobd.projects.discover import PYPROJECT
from hobd.projects.edit import edit_file
from hobd.projects.member_globs import is_excluded, is_member
from hobd.projects.restoring import Restorer
from hobd.service.builds.building import Builder
from hobd.service.context import Context
from hobd.service.edits.add_edit import Edit, names_from_indexes, project_place, write_bounds, write_requirements
from hobd.service.edits.add_failure import explained
from hobd.service.edits.add_script import add_to_script
from hobd.service.edits.add_sources import augmented
from hobd.service.edits.asked import STANDARD_INPUT, Asked, constrained, name_all, read_constraints, read_files, read_words, refuse_formats
from hobd.service.edits.editing import Following, Ready, editing, prepare, relock, renewed, reread, resync
from hobd.service.edits.name_help import help_with
from hobd.service.network import Network
from hobd.service.opening import open_session
from hobd.service.runs.brought_target import has_standard_input, run_without_daemon
from hobd.service.session import Session
from hobd.service.syncs.sync import lock_as_asked
from hobd.service.syncs.wishes import Scope


async def tell(command: Add, context: Context) -> Outcome:
    """Edit `pyproject.toml`; unless `--frozen`, lock and sync, leaving alone what else is installed."""
    refuse_formats(command.requirements)
    if STANDARD_INPUT in command.requirements and not has_standard_input(context):
        return Outcome(launch=run_without_daemon(context))
    if command.script is not None:
        return await add_to_script(command, context)
    async with open_session(command, context) as session:
        workspace = session.workspace(command.package)
        _refuse_without_project(command, workspace)
        following = _following(command)
        words = read_words(command.packages, session)
        ready = await prepare(session, following)
        listed, constraints = read_files(command.requirements, session)
        session = constrained(session, (*read_constraints(command.constraints, session), *constraints))
        read = tuple(augmented(one, command) for one in (*words, *listed))
        network = Network(session=session, root=workspace.root)
        builder = Builder(session=session, network=network, interpreter=ready.interpreter, subject=ready.project.subject)
        asked = await name_all(read, builder, network, session)
        _refuse_itself(command, workspace, asked)
        async with editing(workspace, session) as restorer:
            session = _join_workspace(command, asked, session, restorer)
            place = project_place(session.workspace(command.package))
            edits = write_requirements(command, asked, place, session)
            restorer.settle(place.path)
            if command.frozen:
                return Outcome()
            names = help_with(names_from_indexes(edits), ready.interpreter, workspace.lockfile, session)
            with explained(names):
                await _follow(command, edits, _Footing(ready=ready, session=session, following=following, restorer=restorer))
            for warning in names.warnings():
                session.context.voice.warn(warning)
        return Outcome()


def _refuse_without_project(command: Add, workspace: Workspace) -> None:
    """A root without `[project]` has groups, and nothing else to add to."""
    if workspace.current is not None or command.dev or command.group is not None:
        return
    kind = "production" if command.optional is None else "optional"
    way_out = green("hob add --dev")
    raise RequestError(
        f"Project is missing a `[project]` table; add a `[project]` table to use {kind} dependencies, or run `{way_out}` instead"
    )


def _refuse_itself(command: Add, workspace: Workspace, asked: tuple[Asked, ...]) -> None:
    if command.dev or command.group is not None or command.optional is not None:
        return
    for one in asked:
        name = one.requirement.name
        if name == workspace.current:
            raise RequestError(
                f"Requirement name `{cyan(name)}` matches project name `{cyan(name)}`, but self-dependencies are not permitted without the "
                f"`--dev` or `--optional` flags. If your project name (`{cyan(name)}`) is shadowing that of a third-party dependency, "
                "consider renaming the project."
            )


def _following(command: Add) -> Following:
    groups = GroupOptions(
        extras=() if command.optional is None else (command.optional,),
        dev=command.dev,
        groups=() if command.group is None else (command.group,),
        no_default_groups=not command.dev and command.group is None,  # who adds to no group gets none installed
    )
    return Following(
        package=command.package,
        active=command.active,
        locked=command.locked,
        no_sync=command.no_sync or command.frozen,
        groups=groups,
        scope=Scope(parts=command.parts),
    )


def _join_workspace(command: Add, asked: tuple[Asked, ...], session: Session, restorer: Restorer) -> Session:
    """Make folders that are added members of the workspace: those below its root, with `--workspace` all."""
    workspace = session.workspace(command.package)
    wanted = said(command.workspace)
    table = workspace.pyproject.tool_uv.workspace or WorkspaceTable()
    is_changed = False
    for one in asked:
        source = one.requirement.source
        if not isinstance(source, Directory):
            continue
        folder = Path(source.path)
        if not (folder.is_relative_to(workspace.root) if wanted is None else wanted) or _includes(workspace, table, folder):
            continue
        relative = folder.relative_to(workspace.root).as_posix() if folder.is_relative_to(workspace.root) else str(folder)
        edit_file(workspace.root / PYPROJECT, session.context.evidence, partial(add_member, path=relative))
        restorer.settle(workspace.root / PYPROJECT)
        session.context.voice.note(f"Added `{cyan(relative)}` to workspace members\n")
        is_changed = True
    return reread(session) if is_changed else session


def _includes(workspace: Workspace, table: WorkspaceTable, folder: Path) -> bool:
    if any(member.root == folder for member in workspace.members):
        return folder != workspace.root or workspace.is_explicit
    return is_member(folder, workspace.root, table) and not is_excluded(folder, workspace.root, table)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Footing:
    """What all that follows an edit starts from."""

    ready: Ready
    session: Session
    following: Following
    restorer: Restorer


async def _follow(command: Add, edits: tuple[Edit, ...], footing: _Footing) -> None:
    """Lock, write bounds, lock again, sync."""
    following = footing.following
    session = reread(footing.session)
    ready = renewed(footing.ready, session, following)
    locked = await relock(ready, session, following)
    place = project_place(session.workspace(command.package))
    if not command.raw and write_bounds(command, edits, locked.lock, place, session):
        footing.restorer.settle(place.path)
        session = reread(session)
        ready = renewed(ready, session, following)
        locked = await lock_as_asked(ready.project, session, locked=following.locked, frozen=None)
    await resync(ready, locked, session, following)
