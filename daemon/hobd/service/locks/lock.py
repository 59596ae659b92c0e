"""`hob lock`: bring the lockfile up to date, or say whether it is (LCK-1 to LCK-12)."""

from hobd.cli.found import Given
from hobd.cli.lock import Lock
from hobd.cli.report import render_lock_changes
from hobd.core.lockfile.changes import compare
from hobd.core.vocab.names import Name, normalize
from hobd.core.vocab.request import Outcome
from hobd.errors import RequestError
from hobd.service.context import Context
from hobd.service.locks.changes import lock_rows
from hobd.service.locks.locking import Locked, Locker, say_resolved
from hobd.service.locks.subject import LockSubject, WorkspaceSubject
from hobd.service.locks.unchanged import missing_lock, read_frozen, stale_lock
from hobd.service.opening import open_session
from hobd.service.session import Session
from hobd.service.syncs.project_python import environment_place, find_project_python, workspace_wish


async def tell(command: Lock, context: Context) -> Outcome:
    """Lock a workspace, or with `--script` a script."""
    if command.script is not None:
        return await _tell_of_script(command, context)
    async with open_session(command, context) as session:
        workspace = session.workspace()
        subject = WorkspaceSubject(workspace)
        if command.frozen:
            return _check_existence(subject, command.frozen, session)
        place = environment_place(workspace, session, is_active=False)
        python = await find_project_python(place, workspace_wish(workspace, session), session)
        _check_groups(subject, session)
        locker = Locker(session=session, subject=subject, interpreter=python.interpreter, writes=_writes(command))
        return await _lock(command, subject, locker, session)


async def _tell_of_script(command: Lock, context: Context) -> Outcome:
    from hobd.service.scripts.opening import open_script

    async with open_script(command, context, command.script or "") as opened:
        session = opened.session
        subject = opened.subject()
        if command.frozen:
            return _check_existence(subject, command.frozen, session)
        interpreter = await opened.find_python()
        locker = Locker(session=session, subject=subject, interpreter=interpreter, writes=_writes(command))
        return await _lock(command, subject, locker, session)


def _writes(command: Lock) -> bool:
    return not (command.locked or command.dry_run)


async def _lock(command: Lock, subject: LockSubject, locker: Locker, session: Session) -> Outcome:
    if command.locked and not subject.lockfile.is_file():
        raise missing_lock(subject, session, command.locked.spelling)
    locked = await locker.run()
    say_resolved(locked, session)
    if command.locked and locked.is_changed:
        raise stale_lock(subject, session, command.locked.spelling)
    _say_changes(command, locked, session)
    return Outcome(is_replayable=not locked.is_changed)


def _say_changes(command: Lock, locked: Locked, session: Session) -> None:
    changes = compare(locked.previous, locked.lock) if locked.previous is not None or command.dry_run else ()
    voice = session.context.voice
    if command.dry_run and not changes:
        voice.note("Lockfile changes detected\n" if locked.is_changed else "No lockfile changes detected\n")
        return
    voice.note(render_lock_changes(lock_rows(changes), is_dry_run=command.dry_run))


def _check_existence(subject: LockSubject, given: Given, session: Session) -> Outcome:
    read_frozen(subject, session, given.spelling)
    session.context.voice.warn(
        f"The lockfile at `{session.shown(subject.lockfile)}` was only checked for validity, not whether it is up-to-date, "
        f"because `{given.spelling}` was provided; use `--check` instead"
    )
    return Outcome(is_replayable=True)


def _check_groups(subject: WorkspaceSubject, session: Session) -> None:
    """`--upgrade-group` names groups that must exist."""
    known: set[Name] = {name for name, _ in subject.workspace.pyproject.groups}
    known |= {name for member in subject.workspace.members for name, _ in member.pyproject.groups}
    for group in sorted(session.settings.resolver.upgrade.groups):
        if group not in known and group != normalize("dev"):
            raise RequestError(f"Group `{group}` is not defined in the project's `dependency-groups` table")
