"""`hob bundle`: the files of a lock, verified, in a folder: what a machine without a network installs from.

lock ─→ which files ─→ of each: there already? ─ yes ─→ kept
                                       └─ no ─→ where from? ─→ fetched or copied beside its place, digested, renamed
and what building needs, of which the lock says nothing
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from msgspec import Struct

from hobd.cli.bundle import Bundle, render_bundled
from hobd.core.lockfile.portable import WHEELHOUSE
from hobd.core.plan.bundle import Target, Wanted, left_out, select_files
from hobd.core.vocab.request import Outcome
from hobd.errors import WorldError
from hobd.projects.files import absolute
from hobd.projects.scripts import script_workspace
from hobd.service.builds.building import Builder
from hobd.service.context import Context
from hobd.service.exports.bundle_builds import find_build_requirements
from hobd.service.exports.bundle_report import render_report
from hobd.service.exports.folders import FolderFiller
from hobd.service.locks.locking import Locked, Locker, say_resolved
from hobd.service.locks.portable import portability_of
from hobd.service.locks.subject import LockSubject, ScriptSubject, WorkspaceSubject
from hobd.service.locks.unchanged import missing_lock, stale_lock, take_frozen
from hobd.service.opening import open_session
from hobd.service.scripts.opening import OpenScript, open_script
from hobd.service.session import Session
from hobd.service.syncs.project_python import environment_place, find_project_python, workspace_wish
from hobd.service.syncs.target import target_of


class _Subject(Struct, frozen=True, kw_only=True):
    """A lock to bundle."""

    session: Session
    subject: LockSubject
    locked: Locked
    builder: Builder
    targets: tuple[Target, ...]


async def tell(command: Bundle, context: Context) -> Outcome:
    """Fill the folder."""
    async with _opened(command, context) as found:
        session = found.session
        if found.locked.seconds:
            say_resolved(found.locked, session)
        wanted = Wanted(targets=found.targets, sdists=command.sdists, no_binary=session.settings.build.no_binary)
        carried = select_files(found.locked.lock, wanted, portability_of(found.subject, session))
        folder = found.subject.root / WHEELHOUSE if command.out_dir is None else absolute(Path(command.out_dir), session.cwd)
        filler = FolderFiller(network=found.locked.network, root=found.subject.root, folder=folder, dry_run=command.dry_run)
        if not command.dry_run:
            carried += await find_build_requirements(found.locked.lock, carried, found.builder)
        bundled = await filler.fill(carried)
        missing = left_out(found.locked.lock, wanted)
        for package, why in missing:
            context.voice.warn(f"`{package.name}` is not in the bundle: {why}")
        if command.output_format == "json":
            context.voice.data(render_report(bundled, missing, folder=folder, lockfile=found.subject.lockfile, dry_run=command.dry_run))
        fetched = [each for each in bundled if each.happened != "kept"]
        count, shown = sum(each.size or 0 for each in fetched), session.shown(folder)
        context.voice.note(render_bundled(shown, len(fetched), count, len(bundled) - len(fetched), dry_run=command.dry_run))
        return Outcome()


@asynccontextmanager
async def _opened(command: Bundle, context: Context) -> AsyncIterator[_Subject]:
    if command.script is not None:
        async with open_script(command, context, command.script, needs_metadata=True) as opened:
            yield await _open_script(command, opened)
        return
    async with open_session(command, context) as session:
        yield await _open_project(command, session)


async def _open_project(command: Bundle, session: Session) -> _Subject:
    workspace = session.workspace()
    subject = WorkspaceSubject(workspace)
    place = environment_place(workspace, session, is_active=False)
    interpreter = (await find_project_python(place, workspace_wish(workspace, session), session)).interpreter
    locker = Locker(session=session, subject=subject, interpreter=interpreter, writes=_writes(command))
    return await _lock(command, locker)


async def _open_script(command: Bundle, opened: OpenScript) -> _Subject:
    session = opened.session
    subject = ScriptSubject(opened.script, script_workspace(opened.script, session.start, session.context.evidence), opened.lockfile)
    if not subject.lockfile.is_file():
        hint = f"To create it, run `hob lock --script {command.script}`"
        raise WorldError(f"Unable to find lockfile at `{session.shown(subject.lockfile)}`", hint=hint)
    locker = Locker(session=session, subject=subject, interpreter=await opened.find_python(), writes=_writes(command))
    return await _lock(command, locker)


def _writes(command: Bundle) -> bool:
    return not (command.locked or command.dry_run)


async def _lock(command: Bundle, locker: Locker) -> _Subject:
    session, subject = locker.session, locker.subject
    if command.locked and not subject.lockfile.is_file():
        raise missing_lock(subject, session, command.locked.spelling)
    locked = take_frozen(subject, session, command.frozen.spelling) if command.frozen else await locker.run()
    if command.locked and locked.is_changed:
        say_resolved(locked, session)
        raise stale_lock(subject, session, command.locked.spelling)
    platforms: tuple[str | None, ...] = command.python_platforms or ((None,) if command.is_narrow else ())
    targets = (target_of(locker.interpreter, platform, session.context.environ) for platform in platforms)
    builder = Builder(session=session, network=locked.network, interpreter=locker.interpreter, subject=subject)
    return _Subject(
        session=session,
        subject=subject,
        locked=locked,
        builder=builder,
        targets=tuple(Target(environment=environment, tags=tags) for environment, tags in targets),
    )
