"""`hob bundle`: the files of a lock, verified, in a folder: what a machine without a network installs from.

lock ─→ which files ─→ of each: there already? ─ yes ─→ kept
                                       └─ no ─→ where from? ─→ fetched or copied beside its place, digested, renamed
and what building needs, of which the lock says nothing
"""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import anyio
from anyio import to_thread

from hobd.cli.bundle import Bundle, render_bundled
from hobd.core.lockfile.portable import WHEELHOUSE
from hobd.core.plan.bundle import Carried, Target, Wanted, left_out, select_files
from hobd.core.vocab.request import Outcome
from hobd.errors import HobError, WorldError
from hobd.projects.files import absolute
from hobd.projects.scripts import script_workspace
from hobd.service.builds.building import Builder
from hobd.service.context import Context
from hobd.service.exports.bundle_builds import find_build_requirements
from hobd.service.exports.bundle_report import Bundled, render_report
from hobd.service.failures import told_singly
from hobd.service.locks.files import find_origin, find_same, label_of
from hobd.service.locks.locking import Locked, Locker, say_resolved
from hobd.service.locks.portable import portability_of
from hobd.service.locks.subject import LockSubject, ScriptSubject, WorkspaceSubject
from hobd.service.locks.unchanged import missing_lock, stale_lock, take_frozen
from hobd.service.network import Network
from hobd.service.opening import open_session
from hobd.service.scripts.opening import OpenScript, open_script
from hobd.service.session import Session
from hobd.service.syncs.project_python import environment_place, find_project_python, workspace_wish
from hobd.service.syncs.target import target_of

_ABANDONED_SECONDS = 3600.0
"""How long nobody wrote to an unfinished file of a run that was killed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Subject:
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
        filler = _Filler(network=found.locked.network, root=found.subject.root, folder=folder, dry_run=command.dry_run)
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
    targets = (target_of(locker.interpreter, platform) for platform in platforms)
    builder = Builder(session=session, network=locked.network, interpreter=locker.interpreter, subject=subject)
    return _Subject(
        session=session,
        subject=subject,
        locked=locked,
        builder=builder,
        targets=tuple(Target(environment=environment, tags=tags) for environment, tags in targets),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Filler:
    """Fills one folder."""

    network: Network
    root: Path
    """The folder of the lock."""
    folder: Path
    dry_run: bool

    async def fill(self, carried: tuple[Carried, ...]) -> list[Bundled]:
        """Bring every file to its place.

        Raises:
            HobError: one cannot be had, or is another than the lock expects; those that have come stay.
        """
        found: dict[str, Bundled] = {}

        async def bring(each: Carried) -> None:
            found[each.path] = await self._bring(each)

        if not self.dry_run:
            await to_thread.run_sync(_sweep, self.folder)
        with told_singly():
            async with anyio.create_task_group() as tasks:
                for each in carried:
                    tasks.start_soon(bring, each)
        return [found[each.path] for each in carried]

    async def _bring(self, each: Carried) -> Bundled:
        target = self.folder / each.path
        if each.file.digest is not None and await to_thread.run_sync(find_same, target.parent, target.name, each.file.digest) == target:
            return Bundled(carried=each, happened="kept", size=target.stat().st_size)
        if self.dry_run:
            return Bundled(carried=each, happened="missing", size=each.file.size)
        if each.file.digest is None:
            self.network.session.context.voice.warn(f"`{each.file.name}` could not be verified: no hash of it is known")
        try:
            size = await self._fetch(each, target)
        except HobError as error:
            raise error.under(f"Failed to bundle `{each.file.name}`", code=1) from error
        except OSError as error:
            cause = f"{error.strerror} (os error {error.errno})"
            raise WorldError(f"Failed to bundle `{each.file.name}`", causes=(cause,), code=1) from error
        return Bundled(carried=each, happened="fetched", size=size)

    async def _fetch(self, each: Carried, target: Path) -> int:
        """The size of what has come."""
        from hobd.sources.archive import copy_file, download

        digests, label = () if each.file.digest is None else (each.file.digest,), label_of(each.pin, self.network)
        path = await to_thread.run_sync(find_same, self.root / WHEELHOUSE, target.name, each.file.digest)
        place = None if path is not None else await find_origin(each.pin, each.file, self.network)
        local = path if place is None else place.path
        if local is not None:
            arrived = await to_thread.run_sync(copy_file, local, target, digests, label)
        else:
            assert place is not None  # what is not on this machine is at an address
            context = self.network.session.context
            arrived = await download(
                self.network.client,
                place.url,
                target,
                label=label,
                digests=digests,
                size=each.file.size,
                progress=context.progress,
                progress_label=str(each.pin.name),
            )
        await to_thread.run_sync(target.chmod, 0o666 & ~self.network.session.context.caller.umask)
        return arrived.size


def _sweep(folder: Path) -> None:
    """Remove what runs that were killed left unfinished. Blocks."""
    for path in (*folder.glob(".tmp-*"), *folder.glob("*/.tmp-*")):
        try:
            if time.time() - path.stat().st_mtime > _ABANDONED_SECONDS:
                path.unlink()
        except FileNotFoundError:  # another run was quicker
            continue
