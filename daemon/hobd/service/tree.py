"""`hob tree`: who needs whom, drawn from the lock (TRE-1 to TRE-3)."""

from collections.abc import Collection, Mapping
from contextlib import AsyncExitStack
from pathlib import Path, PurePosixPath

from msgspec import Struct

from hobd.cli.quantities import size
from hobd.cli.tree import Tree
from hobd.core.lockfile.model import Lock, LockedPackage
from hobd.core.lockfile.tree import render_tree
from hobd.core.lockfile.tree_graph import TreeOptions
from hobd.core.lockfile.tree_json import TreePlace, render_tree_data
from hobd.core.plan.groups import GroupWishes, known_groups
from hobd.core.vocab.names import Name, normalize
from hobd.core.vocab.request import Outcome
from hobd.environments.interpreter import Interpreter
from hobd.service.context import Context
from hobd.service.locks.locking import Locked, say_resolved
from hobd.service.locks.subject import LockSubject, WorkspaceSubject
from hobd.service.locks.unchanged import check_members, take_frozen
from hobd.service.newest import find_newest_locked
from hobd.service.opening import open_session
from hobd.service.scripts.lock import lock_of_script
from hobd.service.scripts.opening import open_script
from hobd.service.session import Session
from hobd.service.syncs.sync import lock_as_asked, open_project
from hobd.service.syncs.target import marker_environment
from hobd.service.syncs.wishes import group_wishes, locked_members, workspace_groups

_DATA = "json-output"
"""The preview feature of JSON."""


class _Subject(Struct, frozen=True, kw_only=True):
    """A lock to draw, and what it is drawn for."""

    session: Session
    subject: LockSubject
    locked: Locked
    interpreter: Interpreter | None
    """None where nothing is filtered and nothing had to be locked."""
    members: tuple[Name, ...]
    groups: GroupWishes
    script: Path | None = None

    @property
    def place(self) -> TreePlace:
        """Where the lock is."""
        script = None if self.script is None else PurePosixPath(self.script)
        return TreePlace(root=PurePosixPath(self.subject.root), script=script)


async def tell(command: Tree, context: Context) -> Outcome:
    """Draw the tree on standard output."""
    async with AsyncExitStack() as stack:
        found = await (_open_script(command, context, stack) if command.script is not None else _open_project(command, context, stack))
        if found.locked.seconds:
            say_resolved(found.locked, found.session)
        options = await _options(command, found)
        lock = found.locked.lock
        context.voice.data(render_tree_data(lock, options, found.place) if command.format == "json" else render_tree(lock, options))
        return Outcome(is_replayable=not found.locked.is_changed and not command.display.outdated)


def _warn_of_preview(command: Tree, session: Session) -> None:
    if command.format == "json" and not session.settings.previews(_DATA):
        session.context.voice.warn(
            "The `--format json` option is experimental and the schema may change without warning. "
            f"Pass `--preview-features {_DATA}` to disable this warning."
        )


async def _open_project(command: Tree, context: Context, stack: AsyncExitStack) -> _Subject:
    session = await stack.enter_async_context(open_session(command, context))
    _warn_of_preview(command, session)
    if command.frozen and command.universal:
        return _frozen(command, session, command.frozen.spelling)
    project = await open_project(session, (), command.groups, is_active=False)
    locked = await lock_as_asked(project, session, locked=command.locked, frozen=command.frozen)
    members = locked_members(locked.lock, project.workspace)
    groups = workspace_groups(command.groups, project.workspace)
    python = project.python.interpreter
    return _Subject(session=session, subject=project.subject, locked=locked, interpreter=python, members=members, groups=groups)


def _frozen(command: Tree, session: Session, asked: str) -> _Subject:
    """A lock as it is, for all platforms: no Python is looked for."""
    workspace = session.workspace()
    subject = WorkspaceSubject(workspace)
    locked = take_frozen(subject, session, asked)
    check_members(locked.lock, subject, session)
    members = locked_members(locked.lock, workspace)
    groups = workspace_groups(command.groups, workspace)
    return _Subject(session=session, subject=subject, locked=locked, interpreter=None, members=members, groups=groups)


async def _open_script(command: Tree, context: Context, stack: AsyncExitStack) -> _Subject:
    opened = await stack.enter_async_context(open_script(command, context, command.script or "", needs_metadata=True))
    session = opened.session
    _warn_of_preview(command, session)
    subject = opened.subject()
    interpreter = await opened.find_python()
    writes, given = subject.lockfile.is_file(), command.locked
    locked = await lock_of_script(subject, interpreter, session, locked=given, frozen=command.frozen, writes=writes)
    groups = group_wishes(command.groups)
    return _Subject(
        session=session, subject=subject, locked=locked, interpreter=interpreter, members=(), groups=groups, script=opened.script.path
    )


async def _options(command: Tree, found: _Subject) -> TreeOptions:
    lock, display = found.locked.lock, command.display
    wishes = found.groups
    return TreeOptions(
        environment=None if command.universal else _environment(command, found),
        depth=display.depth,
        prune=frozenset(map(normalize, display.prune)),
        packages=tuple(map(normalize, display.packages)),
        members=found.members,
        includes_projects=not wishes.is_only,
        groups_of=lambda package: _groups_of(package, wishes),
        manifest_groups=_manifest_groups(lock, wishes),
        is_inverted=display.invert,
        is_deduplicated=not display.no_dedupe,
        shows_sizes=display.show_sizes,
        latest=await find_newest_locked(lock, found.locked.network) if display.outdated else {},
        format_size=size,
    )


def _groups_of(package: LockedPackage, wishes: GroupWishes) -> Collection[str]:
    return [group for group in known_groups(package) if wishes.wants(group, package)]


def _manifest_groups(lock: Lock, wishes: GroupWishes) -> frozenset[str]:
    manifest = lock.manifest
    return frozenset(name for name, _ in manifest.dependency_groups if wishes.wants_of_manifest(name, manifest.default_groups))


def _environment(command: Tree, found: _Subject) -> Mapping[str, str]:
    assert found.interpreter is not None  # without `--universal` one is always found
    return marker_environment(found.interpreter, command.python_version, command.python_platform)
