"""`hob export`: the lock in the formats of others (TRE-5 to TRE-9).

find what is exported ─→ lock, or take the lock as it is ─→ choose rows ─→ render ─→ standard output, and a file if named
"""

import os
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from anyio import to_thread

from hobd.cli.export import Export
from hobd.cli.found import said
from hobd.cli.generated import render_header
from hobd.cli.style import green, strip_style
from hobd.core.lockfile.export import Emission, Exported, check_export, export
from hobd.core.lockfile.export_pylock import PylockPlaces, is_pylock_name, render_pylock
from hobd.core.lockfile.export_requirements import render_requirements
from hobd.core.lockfile.model import Lock
from hobd.core.plan.wanted import Wishes
from hobd.core.vocab.names import Name, normalize
from hobd.core.vocab.project import Workspace
from hobd.core.vocab.request import Outcome
from hobd.core.vocab.source import Directory, Editable, Virtual
from hobd.errors import HobError, RequestError
from hobd.projects.files import absolute
from hobd.projects.lockfiles import write_atomically
from hobd.service.context import Context
from hobd.service.export_preamble import render_indexes
from hobd.service.lock import missing_lock
from hobd.service.lock_subject import LockSubject, ScriptSubject, WorkspaceSubject
from hobd.service.locking import Locked, read_frozen, say_resolved
from hobd.service.missing_digests import with_digests
from hobd.service.network import Network
from hobd.service.opening import open_session
from hobd.service.script_lock import lock_of_script
from hobd.service.scripts import OpenScript, open_script
from hobd.service.session import Session
from hobd.service.sync import lock_as_asked, open_project
from hobd.service.wishes import Scope, group_wishes, project_wishes

REQUIREMENTS, PYLOCK, CYCLONEDX = "requirements.txt", "pylock.toml", "cyclonedx1.5"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Subject:
    """A lock to export, and what of it."""

    session: Session
    locked: Locked
    wishes: Wishes
    project: Name | None
    """The one project that is exported."""

    @property
    def lock(self) -> Lock:
        """The lock."""
        return self.locked.lock


async def tell(command: Export, context: Context) -> Outcome:
    """Export a project's lock, or with `--script` a script's."""
    if command.batch is not None:
        raise HobError("`--batch` is not there in this version of hob", hint="Run `hob export` once for each file")
    async with AsyncExitStack() as stack:
        subject = await (_open_script(command, context, stack) if command.script is not None else _open_project(command, context, stack))
        if subject.locked.seconds:
            say_resolved(subject.locked, subject.session)
        target = None if command.output_file is None else absolute(Path(command.output_file), subject.session.cwd)
        kind = _format(command, target)
        check_export(subject.lock, subject.wishes, allows_conflicts=kind == CYCLONEDX)
        if kind == PYLOCK:
            _check_name(target)
        text = await _render(kind, command, subject, target)
        if target is None or not command.general.quiet:
            context.voice.data(text)
        if target is not None:
            await to_thread.run_sync(_write, target, strip_style(text))
        return Outcome(is_replayable=target is None and not subject.locked.is_changed and kind != CYCLONEDX)


def _write(target: Path, text: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(target, text.encode())


async def _open_project(command: Export, context: Context, stack: AsyncExitStack) -> _Subject:
    session = await stack.enter_async_context(open_session(command, context))
    workspace, locked = await (_frozen(command, session) if command.frozen else _locked(command, session))
    scope = Scope(packages=command.package, all_packages=command.all_packages)
    wishes = project_wishes(command.groups, scope, workspace, session.settings)
    return _Subject(session=session, locked=locked, wishes=wishes, project=_the_project(command, wishes, workspace, locked.lock))


async def _frozen(command: Export, session: Session) -> tuple[Workspace, Locked]:
    """The lock as it is. No Python is needed for that."""
    assert command.frozen is not None
    workspace = session.workspace(command.package[0] if len(command.package) == 1 else None)
    return workspace, _unchecked(WorkspaceSubject(workspace), command.frozen.spelling, session)


def _unchecked(subject: LockSubject, asked: str, session: Session) -> Locked:
    lock = read_frozen(subject.lockfile, session, missing_lock(subject, session, asked))
    return Locked(lock=lock, previous=lock, is_changed=False, seconds=0.0, network=Network(session=session, root=subject.root))


async def _locked(command: Export, session: Session) -> tuple[Workspace, Locked]:
    project = await open_project(session, command.package, is_active=False)
    return project.workspace, await lock_as_asked(project, session, locked=command.locked, frozen=None)


def _the_project(command: Export, wishes: Wishes, workspace: Workspace, lock: Lock) -> Name | None:
    """The project that `--no-emit-project` is about."""
    if command.all_packages:  # a lone project at the root is not listed among the lock's members
        lone = (package.name for package in lock.packages if _is_at_root(package.source))
        return None if lock.manifest.members else next(lone, None)
    is_one = len(wishes.projects) == 1 and (bool(command.package) or workspace.current is not None)
    return wishes.projects[0] if is_one else None


def _is_at_root(source: object) -> bool:
    return isinstance(source, Virtual | Editable | Directory) and source.path == "."


async def _open_script(command: Export, context: Context, stack: AsyncExitStack) -> _Subject:
    opened = await stack.enter_async_context(open_script(command, context, command.script or "", needs_metadata=True))
    session = opened.session
    subject = opened.subject()
    locked = _unchecked(subject, command.frozen.spelling, session) if command.frozen else await _lock_script(command, subject, opened)
    return _Subject(session=session, locked=locked, wishes=Wishes(groups=group_wishes(command.groups)), project=None)


async def _lock_script(command: Export, subject: ScriptSubject, opened: OpenScript) -> Locked:
    """An existing lock of a script is kept up to date; none is made."""
    interpreter = await opened.find_python()
    writes, locked, frozen = subject.lockfile.is_file(), command.locked, command.frozen
    return await lock_of_script(subject, interpreter, opened.session, locked=locked, frozen=frozen, writes=writes)


def _format(command: Export, target: Path | None) -> str:
    """The format that was asked for, or that the file's name tells.

    Raises:
        RequestError: the file is the one that everything is made from.
    """
    if target is not None and target.name.lower() == "pyproject.toml":
        formats = f"{REQUIREMENTS}, {PYLOCK}, {CYCLONEDX}"
        raise RequestError(f"`pyproject.toml` is not a supported output format for `{green('hob export')}` (supported formats: {formats})")
    if command.format is not None:
        return REQUIREMENTS if command.format.startswith("requirements") else command.format
    return PYLOCK if target is not None and is_pylock_name(target.name) else REQUIREMENTS


def _check_name(target: Path | None) -> None:
    if target is not None and not is_pylock_name(target.name):
        raise RequestError(
            "Expected the output filename to be `pylock.toml` or `pylock.<name>.toml`, where `<name>` is non-empty and contains no dots; "
            f"found `{target.name}`"
        )


async def _render(kind: str, command: Export, subject: _Subject, target: Path | None) -> str:
    rows = export(
        subject.lock, subject.wishes, prune=frozenset(map(normalize, command.prune)), emission=_emission(command, subject.project)
    )
    if kind == CYCLONEDX:
        from hobd.service.export_bill import render_bill

        return render_bill(subject.lock, rows, subject.wishes, command, subject.session)
    header = render_header(subject.session.context.argv) if _is_on(command.header) else ""
    if kind == PYLOCK:
        return header + await _render_pylock(rows, command, subject, target)
    return header + render_indexes(command, subject.session) + _render_requirements(rows, command)


def _emission(command: Export, project: Name | None) -> Emission:
    return Emission(
        project=project,
        no_project=command.no_emit_project,
        no_workspace=command.no_emit_workspace,
        no_local=command.no_emit_local,
        no_packages=frozenset(map(normalize, command.no_emit_package)),
        only_project=command.only_emit_project,
        only_workspace=command.only_emit_workspace,
        only_local=command.only_emit_local,
        only_packages=frozenset(map(normalize, command.only_emit_package)),
    )


def _is_on(given: object) -> bool:
    """Whether a switch is on that is on unless it is turned off."""
    return given is None or bool(given)


def _editable(command: Export) -> Callable[[Name], bool | None]:
    """Whether a package is to be editable: as asked, or None where nothing was."""
    plain = frozenset(map(normalize, command.no_editable_package))
    everything = said(command.editable)
    return lambda name: False if name in plain else everything


def _render_requirements(rows: tuple[Exported, ...], command: Export) -> str:
    editable = _editable(command)
    return render_requirements(
        rows,
        is_editable=lambda name: editable(name) is not False,
        has_hashes=_is_on(command.hashes),
        has_annotations=_is_on(command.annotate),
        paint=green,
    )


async def _render_pylock(rows: tuple[Exported, ...], command: Export, subject: _Subject, target: Path | None) -> str:
    network = subject.locked.network
    folder = subject.session.cwd if target is None else target.parent
    places = PylockPlaces(root=PurePosixPath(network.root), shown=lambda path: os.path.relpath(path, folder), editable=_editable(command))
    return render_pylock(subject.lock, await with_digests(rows, network), places)
