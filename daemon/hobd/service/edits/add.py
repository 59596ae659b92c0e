"""`hob add`: put requirements into a project, its lock and its environment (ADD-1 to ADD-13).

read what is asked ─→ name it ─→ draft the edit ─→ lock it ─→ write it, with bounds from the lock ─→ write the lock ─→ sync
                                                                └── fails or is cancelled: all files are what they were ──┘
"""

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace
from packaging.version import Version

from hobd.cli.add import Add
from hobd.cli.found import said
from hobd.cli.options.groups import GroupOptions
from hobd.cli.style import cyan, green
from hobd.core.formats.pyproject_edit import add_member
from hobd.core.resolver.lower import needs_build
from hobd.core.vocab.names import Name
from hobd.core.vocab.project import Workspace, WorkspaceTable
from hobd.core.vocab.request import Outcome
from hobd.core.vocab.source import Directory
from hobd.errors import RequestError
from hobd.projects.discover import PYPROJECT
from hobd.projects.drafts import Drafts
from hobd.projects.edit import draft_file
from hobd.projects.lockfiles import begin_again
from hobd.projects.member_globs import is_excluded, is_member
from hobd.projects.restoring import Restorer
from hobd.service.builds.building import Builder
from hobd.service.context import Context
from hobd.service.edits.add_edit import Edit, EditPlace, draft_bounds, draft_requirements, names_from_indexes, project_place
from hobd.service.edits.add_failure import explained
from hobd.service.edits.add_script import add_to_script
from hobd.service.edits.add_sources import augmented
from hobd.service.edits.asked import Asked, constrained, name_all, read_words, refuse_formats
from hobd.service.edits.brought import say_brought
from hobd.service.edits.drafted_lock import DraftLocker
from hobd.service.edits.editing import Following, Ready, editing, prepare, renewed, reread, resync
from hobd.service.edits.listed import read_listed
from hobd.service.edits.name_help import NameHelp, help_with
from hobd.service.edits.requirement_lists import STANDARD_INPUT
from hobd.service.locks.locking import Locked, Locker, deep_markers_refused
from hobd.service.network import Network
from hobd.service.opening import open_session
from hobd.service.runs.brought_target import has_standard_input, run_without_daemon
from hobd.service.session import Session
from hobd.service.syncs.wishes import Scope


async def tell(command: Add, context: Context) -> Outcome:
    """Edit `pyproject.toml`; unless `--frozen`, lock and sync, leaving alone what else is installed."""
    refuse_formats(command.requirements, command.constraints)
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
        listed, constraints = await read_listed(command.requirements, command.constraints, session)
        session = constrained(session, constraints)
        read = tuple(augmented(one, command) for one in (*words, *listed))
        network = Network(session=session, root=workspace.root)
        builder = Builder(session=session, network=network, interpreter=ready.interpreter, subject=ready.project.subject)
        asked = await name_all(read, builder, network, session)
        _refuse_itself(command, workspace, asked)
        async with editing(workspace, session) as restorer:
            await _Addition(command=command, asked=asked, following=following, ready=ready, session=session, restorer=restorer).carry_out()
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


class _Drafted(Struct, frozen=True, kw_only=True):
    """An addition as the files are to have it, but for bounds."""

    drafts: Drafts
    session: Session
    """Reads the project as it is drafted."""
    place: EditPlace
    edits: tuple[Edit, ...]


class _Followed(Struct, frozen=True, kw_only=True):
    """What an addition came to."""

    ready: Ready
    session: Session
    locked: Locked
    edits: tuple[Edit, ...]
    names: NameHelp


class _Addition(Struct, frozen=True, kw_only=True):
    """What is to be added, and what it is added to."""

    command: Add
    asked: tuple[Asked, ...]
    following: Following
    ready: Ready
    session: Session
    restorer: Restorer

    async def carry_out(self) -> None:
        """Edit, lock, sync; with `--frozen` only edit.

        Raises:
            HobError: it cannot be added.
        """
        if self.command.frozen:
            self._draft().drafts.keep(self.restorer.settle)
            return
        with deep_markers_refused():
            followed = await begin_again(self._lock)
        with explained(followed.names):
            installed = await resync(followed.ready, followed.locked, followed.session, self.following)
        if self.session.context.caller.terminal.stderr_is_tty:
            say_brought(tuple(edit.requirement for edit in followed.edits), followed.locked, installed, self.session.context.voice)
        for warning in followed.names.warnings():
            self.session.context.voice.warn(warning)

    def _draft(self) -> _Drafted:
        drafts = Drafts()
        session = _join_workspace(self.command, self.asked, replace(self.session, drafts=drafts), drafts)
        place = project_place(session.workspace(self.command.package))
        edits = draft_requirements(self.command, self.asked, place, drafts, session)
        return _Drafted(drafts=drafts, session=session, place=place, edits=edits)

    async def _lock(self) -> _Followed:
        """Write the files with what is added, and the lock."""
        drafted = self._draft()
        session = reread(drafted.session)
        ready = renewed(self.ready, session, self.following)
        names = help_with(names_from_indexes(drafted.edits), ready.interpreter, ready.project.workspace.lockfile, session)
        asker = self.following.locked
        locker = Locker(session=session, subject=ready.project.subject, interpreter=ready.project.python.interpreter, writes=asker is None)
        draft_locker = DraftLocker(
            locker=locker,
            drafts=drafted.drafts,
            restorer=self.restorer,
            asked=frozenset(edit.requirement.name for edit in drafted.edits),
            locked=None if asker is None else asker.spelling,
            is_for_backends=any(needs_build(member.pyproject) for member in ready.project.workspace.members),
        )
        with explained(names):
            locked = await draft_locker.run(partial(self._bound, drafted=drafted))
        session = reread(session)
        ready = renewed(ready, session, self.following)
        return _Followed(ready=ready, session=session, locked=locked, edits=drafted.edits, names=names)

    def _bound(self, chosen: Iterable[tuple[Name, Version]], drafted: _Drafted) -> bool:
        edits, drafts = drafted.edits, drafted.drafts
        return not self.command.raw and draft_bounds(chosen, self.command, edits, drafted.place, drafts, drafted.session)


def _join_workspace(command: Add, asked: tuple[Asked, ...], session: Session, drafts: Drafts) -> Session:
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
        draft_file(drafts, workspace.root / PYPROJECT, session.context.evidence, partial(add_member, path=relative))
        session.context.voice.note(f"Added `{cyan(relative)}` to workspace members\n")
        is_changed = True
    return reread(session) if is_changed else session


def _includes(workspace: Workspace, table: WorkspaceTable, folder: Path) -> bool:
    if any(member.root == folder for member in workspace.members):
        return folder != workspace.root or workspace.is_explicit
    return is_member(folder, workspace.root, table) and not is_excluded(folder, workspace.root, table)
