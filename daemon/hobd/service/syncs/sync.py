"""`hob sync`: make the environment hold exactly what the lock says (SYN-1 to SYN-18)."""

from typing import TYPE_CHECKING

from anyio import to_thread
from msgspec import Struct

from hobd.cli.found import said
from hobd.cli.options.groups import GroupOptions
from hobd.cli.report import render_creating, render_would
from hobd.cli.sync import Sync
from hobd.core.vocab.project import Workspace
from hobd.core.vocab.request import Outcome
from hobd.environments.create import Shape, create_environment, remove_environment
from hobd.environments.interpreter import Interpreter
from hobd.errors import RequestError
from hobd.service.builds.building import Builder
from hobd.service.context import Context
from hobd.service.locks.link_folders import check_link_folders
from hobd.service.locks.locking import Locked, Locker, say_resolved
from hobd.service.locks.subject import LockSubject, WorkspaceSubject
from hobd.service.locks.unchanged import check_members, missing_lock, read_frozen, stale_lock, take_frozen
from hobd.service.opening import open_session
from hobd.service.session import Session
from hobd.service.syncs.editables import with_editables_as_asked
from hobd.service.syncs.environment import Manner, Syncer
from hobd.service.syncs.project_python import (
    ProjectPython,
    Wish,
    environment_place,
    find_project_python,
    prompt_of,
    workspace_wish,
)
from hobd.service.syncs.report import about_lock, about_project, render_report
from hobd.service.syncs.target import select_for
from hobd.service.syncs.wishes import Scope, check_packages, current_groups, project_wishes
from hobd.service.syncs.words import check_outdated, say_lock, warn_of_entry_points

if TYPE_CHECKING:  # most environments have no generations
    from hobd.service.generations.succession import Succession


async def tell(command: Sync, context: Context) -> Outcome:
    """Bring the project's environment in line with its lock."""
    if command.script is not None:
        from hobd.service.scripts.sync import tell_of_script

        return await tell_of_script(command, context)
    async with open_session(command, context) as session:
        _read_frozen_early(command, session)
        if len(command.package) > 1 and not command.frozen:
            check_packages(command.package, session.workspace())
        project = await open_project(session, () if command.frozen else command.package, command.groups, is_active=said(command.active))
        dry_run = command.dry_run or bool(command.check)
        interpreter = await prepare_environment(project, session, dry_run=dry_run)
        is_json = command.output_format == "json"
        _say_place(project, session, dry_run=dry_run and not is_json)
        locked = await lock_as_asked(
            project, session, locked=command.locked, frozen=command.frozen, dry_run=dry_run, refuses_stale=not dry_run
        )
        is_promised = bool(command.locked or command.frozen)
        say_lock(project.subject.lockfile, locked, session, is_previewed=dry_run and not is_json and not is_promised)
        scope = Scope(packages=command.package, all_packages=command.all_packages, parts=command.parts)
        wishes = project_wishes(command.groups, scope, project.workspace, locked.lock, session.settings)
        selected = select_for(locked.lock, wishes, interpreter, command.python_platform, session.context.environ)
        selection = with_editables_as_asked(selected, command.editable, command.no_editable_package)
        warn_of_entry_points(wishes.projects, project.workspace, session)
        syncer = make_syncer(project, locked, interpreter, session)
        manner = Manner(is_exact=not command.inexact, dry_run=dry_run, is_new=dry_run and not project.python.is_environment)
        synced = await syncer.run(selection, manner)
        if is_json:
            changes = syncer.changes(synced.plan, dict(synced.applied.installed))
            lock = about_lock(project.subject.lockfile, locked, is_frozen=bool(command.frozen))
            about = about_project(project.workspace)
            context.voice.listing(render_report(about, project.python, interpreter, changes, lock=lock, dry_run=dry_run))
        check_outdated(command, is_changed=synced.is_changed or locked.is_changed)
        if command.locked and locked.is_changed:  # a dry run goes on to the end all the same
            raise stale_lock(project.subject, session, command.locked.spelling)
        is_same = project.python.is_environment and not locked.is_changed and not synced.is_changed
        return Outcome(is_replayable=is_same)


def _read_frozen_early(command: Sync, session: Session) -> None:
    """With `--frozen` a lock that cannot be used ends the command before anything is made."""
    if command.frozen:
        subject = WorkspaceSubject(session.workspace())
        check_members(read_frozen(subject, session, command.frozen.spelling), subject, session)


class Project(Struct, frozen=True, kw_only=True):
    """A workspace with its Python."""

    workspace: Workspace
    subject: LockSubject
    python: ProjectPython
    wish: Wish
    """What is asked of that Python."""
    succession: "Succession | None" = None
    """Where the environment has generations: makes the next."""


async def open_project(
    session: Session, packages: tuple[str, ...], options: GroupOptions, *, is_active: bool | None, is_said: bool = True
) -> Project:
    """Find the workspace and its Python; one that had to be searched is named where `is_said`.

    Args:
        session: of the command.
        packages: the members that are asked for; a single one is looked from.
        options: which groups the environment is to hold: they may have bounds of their own.
        is_active: see `environment_place`.
        is_said: see above.
    Raises:
        HobError: there is none, or no Python for it.
    """
    workspace = session.workspace(packages[0] if len(packages) == 1 else None)
    subject = WorkspaceSubject(workspace)
    place = environment_place(workspace, session, is_active=is_active)
    wish = workspace_wish(workspace, session, current_groups(options, workspace))
    is_own = not is_active or place == environment_place(workspace, session, is_active=False)
    if session.settings.hob.generations is None or not is_own:
        python = await find_project_python(place, wish, session, is_said=is_said)
        return Project(workspace=workspace, subject=subject, python=python, wish=wish)
    from hobd.service.generations.opening import open_succession

    python, succession = await open_succession(workspace, place, wish, session, is_said=is_said)
    return Project(workspace=workspace, subject=subject, python=python, wish=wish, succession=succession)


async def prepare_environment(project: Project, session: Session, *, dry_run: bool = False, is_synced: bool = True) -> Interpreter:
    """The environment's own Python; the environment is made, or made anew, where it has to be.

    Args:
        project: whose environment it is.
        session: of the command.
        dry_run: nothing is made.
        is_synced: whether a sync follows: it makes the first generation of an environment that has some, and until then its Python
            is the one that it will be made from.
    """
    python = project.python
    if dry_run:
        return python.interpreter
    if project.succession is not None:
        own = await project.succession.enter(is_synced=is_synced)
        if own is not None:
            return own
    elif python.place.is_symlink():
        from hobd.service.generations.opening import release

        await release(python.place, session)
    if python.is_environment:
        return python.interpreter
    async with session.alone_with(project.workspace.root):
        found = await find_project_python(python.place, project.wish, session, is_said=False)
        if found.is_environment:  # made by another command meanwhile
            return found.interpreter
        return await _make_environment(found, project.workspace, session)


async def _make_environment(python: ProjectPython, workspace: Workspace, session: Session) -> Interpreter:
    voice, shown = session.context.voice, session.shown(python.place)
    if python.is_occupied:
        await to_thread.run_sync(remove_environment, python.place)
        voice.note(f"Removed virtual environment at: {_cyan(shown)}\n")
    voice.note(render_creating(shown))
    if python.place.is_symlink() and not python.place.exists():
        raise RequestError(f"failed to create directory `{python.place}`: File exists (os error 17)")
    shape = Shape(prompt=prompt_of(workspace))
    await to_thread.run_sync(lambda: create_environment(python.place, python.interpreter, shape, shown=shown))
    return await session.prober().probe_new(python.place, python.interpreter)


def _cyan(text: str) -> str:
    from hobd.cli.style import cyan

    return cyan(text)


async def lock_as_asked(
    project: Project,
    session: Session,
    *,
    locked: object,
    frozen: object,
    dry_run: bool = False,
    is_said: bool = True,
    refuses_stale: bool = True,
) -> Locked:
    """The lock: as it is (`--frozen`), as it should be already (`--locked`), or brought up to date.

    Args:
        project: whose lock it is.
        session: of the command.
        locked: whether it has to be what it should be, and who says so.
        frozen: whether it is taken as it is, and who says so.
        dry_run: nothing is written.
        is_said: whether a lock that is not what it should be is counted before it is refused.
        refuses_stale: whether it is refused here; else the caller does.
    Raises:
        RequestError: it is missing or stale where it must not be.
    """
    subject = project.subject
    if frozen:
        taken = take_frozen(subject, session, _spelling(frozen))
        check_members(taken.lock, subject, session)
        if not session.settings.hob.portable_lock:
            check_link_folders(session, subject.root)
        return taken
    if locked and not subject.lockfile.is_file():
        raise missing_lock(subject, session, _spelling(locked))
    interpreter = project.python.interpreter
    found = await Locker(session=session, subject=subject, interpreter=interpreter, writes=not (locked or dry_run)).run()
    if locked and found.is_changed and refuses_stale:
        if is_said:
            say_resolved(found, session)
        raise stale_lock(subject, session, _spelling(locked))
    return found


def _spelling(given: object) -> str:
    return str(getattr(given, "spelling", given))


def make_syncer(project: Project, locked: Locked, interpreter: Interpreter, session: Session) -> Syncer:
    """What brings the environment in line."""
    if session.settings.audit.malware_check:
        session.context.voice.warn("`malware-check` is not there in this version of hob: nothing is checked for malware")
    builder = Builder(session=session, network=locked.network, interpreter=interpreter, subject=project.subject)
    succession = project.succession if project.succession is not None and project.succession.is_ready else None
    return Syncer(
        session=session,
        network=locked.network,
        builder=builder,
        interpreter=interpreter,
        project=project.workspace.root,
        succession=succession,
    )


def _say_place(project: Project, session: Session, *, dry_run: bool) -> None:
    if dry_run:
        python = project.python
        session.context.voice.note(render_would(f"Would {python.fate} project environment at", session.shown(python.place)))
