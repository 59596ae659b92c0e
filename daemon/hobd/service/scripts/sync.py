"""`hob sync --script`: make the environment of a script hold exactly what it requires (SCR-6, SYN-1)."""

from hobd.cli.report import render_script_place
from hobd.cli.sync import Sync
from hobd.core.vocab.request import Outcome
from hobd.environments.interpreter import Interpreter
from hobd.errors import RequestError
from hobd.service.builds.building import Builder
from hobd.service.context import Context
from hobd.service.locks.locking import Locked
from hobd.service.locks.narrow import SCRIPT_TITLE, make_subject, resolve_here
from hobd.service.locks.subject import LockSubject
from hobd.service.scripts.lock import lock_of_script
from hobd.service.scripts.opening import OpenScript, open_script
from hobd.service.scripts.python import active_place, make_cached_environment, script_place
from hobd.service.syncs.editables import with_editables_as_asked
from hobd.service.syncs.environment import Manner, Syncer
from hobd.service.syncs.project_python import ProjectPython
from hobd.service.syncs.report import about_lock, about_script, render_report
from hobd.service.syncs.target import select_for
from hobd.service.syncs.wishes import script_wishes
from hobd.service.syncs.words import check_outdated, say_lock


async def tell_of_script(command: Sync, context: Context) -> Outcome:
    """Bring the environment in line with the script, or with its lock where it has one."""
    async with open_script(command, context, command.script or "", needs_metadata=True) as opened:
        _check_frozen(command, opened)
        session, is_json, dry_run = opened.session, command.output_format == "json", command.dry_run or bool(command.check)
        python = await _find_python(command, opened)
        if not is_json:
            context.voice.note(render_script_place(python.fate, session.shown(python.place), is_dry_run=dry_run))
        interpreter = python.interpreter
        if not python.is_environment and not dry_run:
            interpreter = await make_cached_environment(python.place, interpreter, opened.path.name, session)
        subject, locked, has_lock = await _lock(command, opened, interpreter, writes=not dry_run)
        is_promised = bool(command.locked or command.frozen) or not has_lock
        say_lock(opened.lockfile, locked, session, is_previewed=dry_run and not is_json and not is_promised)
        builder = Builder(session=session, network=locked.network, interpreter=interpreter, subject=subject)
        syncer = Syncer(session=session, network=locked.network, builder=builder, interpreter=interpreter, project=opened.path)
        selected = select_for(
            locked.lock, script_wishes(command.parts, session.settings), interpreter, command.python_platform, session.context.environ
        )
        manner = Manner(is_exact=not command.inexact, dry_run=dry_run, is_new=dry_run and not python.is_environment)
        synced = await syncer.run(with_editables_as_asked(selected, command.editable, command.no_editable_package), manner)
        if is_json:
            lock = about_lock(opened.lockfile, locked, is_frozen=bool(command.frozen)) if has_lock else None
            changes = syncer.changes(synced.plan, dict(synced.applied.installed))
            about = about_script(opened.path)
            context.voice.listing(render_report(about, python, interpreter, changes, lock=lock, dry_run=dry_run))
        is_changed = synced.is_changed or (has_lock and locked.is_changed)
        check_outdated(command, is_changed=is_changed)
        return Outcome(is_replayable=has_lock and python.is_environment and not is_changed)


def _check_frozen(command: Sync, opened: OpenScript) -> None:
    """With `--frozen` a lock that is not there ends the command before anything is looked for."""
    opened.session.context.evidence.saw(opened.lockfile)
    if command.frozen and not opened.lockfile.is_file():
        raise _missing("--frozen", opened)


def _missing(asked: str, opened: OpenScript) -> RequestError:
    way_out = f"run `hob lock --script {opened.session.shown(opened.path)}` to lock the script"
    return RequestError(f"`hob sync {asked}` requires a script lockfile; {way_out}")


async def _find_python(command: Sync, opened: OpenScript) -> ProjectPython:
    """The environment's own Python where that fits, else what is found."""
    place = active_place(opened.session, is_asked=bool(command.active)) or script_place(opened.path, opened.session)
    own = await opened.python.find_own(place)
    interpreter = own or await opened.python.find()
    is_occupied = own is None and (place / "pyvenv.cfg").is_file()
    return ProjectPython(interpreter=interpreter, place=place, is_environment=own is not None, is_occupied=is_occupied)


async def _lock(command: Sync, opened: OpenScript, interpreter: Interpreter, *, writes: bool) -> tuple[LockSubject, Locked, bool]:
    """What is locked, the lock, and whether it is that of a file; a script without one is resolved for its Python alone.

    Raises:
        RequestError: there is no lock where one is asked for.
    """
    session, lockfile = opened.session, opened.lockfile
    session.context.evidence.saw(lockfile)
    if lockfile.is_file():
        subject = opened.subject()
        locked, frozen = command.locked, command.frozen
        return subject, await lock_of_script(subject, interpreter, session, locked=locked, frozen=frozen, writes=writes), True
    if command.locked:
        raise _missing(command.locked.spelling, opened)
    narrow = make_subject(opened.script, session.start, interpreter, session)
    return narrow, await resolve_here(narrow, session, title=SCRIPT_TITLE), False
