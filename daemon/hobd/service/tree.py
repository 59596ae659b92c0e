"""`hob tree`: who needs whom, drawn from the lock (TRE-1 to TRE-3)."""

from collections.abc import Collection, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass

import anyio

from hobd.cli.quantities import size
from hobd.cli.tree import Tree
from hobd.core.lockfile.model import Lock, LockedPackage
from hobd.core.lockfile.tree import TreeOptions, render_tree
from hobd.core.plan.groups import GroupWishes, known_groups
from hobd.core.resolver.knowledge import NoPage, Release
from hobd.core.vocab.names import Name, normalize
from hobd.core.vocab.request import Outcome
from hobd.core.vocab.source import Registry
from hobd.environments.interpreter import Interpreter
from hobd.errors import HobError
from hobd.projects.scripts import script_workspace
from hobd.service.context import Context
from hobd.service.failures import told_singly
from hobd.service.lock import missing_lock
from hobd.service.lock_subject import LockSubject, ScriptSubject, WorkspaceSubject
from hobd.service.locking import Locked, Locker, read_frozen, say_resolved
from hobd.service.network import Network
from hobd.service.opening import open_session
from hobd.service.scripts import open_script
from hobd.service.session import Session
from hobd.service.sync import lock_as_asked, open_project
from hobd.service.target import marker_environment
from hobd.service.wishes import group_wishes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Subject:
    """A lock to draw, and what it is drawn for."""

    session: Session
    subject: LockSubject
    locked: Locked
    interpreter: Interpreter | None
    """None where nothing is filtered and nothing had to be locked."""
    members: tuple[Name, ...]


async def tell(command: Tree, context: Context) -> Outcome:
    """Draw the tree on standard output."""
    if command.format != "text":
        raise HobError("`--format json` is not there in this version of hob", hint="`uv tree --format json` reads the same lock")
    async with AsyncExitStack() as stack:
        found = await (_open_script(command, context, stack) if command.script is not None else _open_project(command, context, stack))
        if found.locked.seconds:
            say_resolved(found.locked, found.session)
        options = await _options(command, found)
        context.voice.data(render_tree(found.locked.lock, options))
        return Outcome(is_replayable=not found.locked.is_changed and not command.display.outdated)


async def _open_project(command: Tree, context: Context, stack: AsyncExitStack) -> _Subject:
    session = await stack.enter_async_context(open_session(command, context))
    if command.frozen and command.universal:
        return _frozen(session, command.frozen.spelling)
    project = await open_project(session, (), is_active=False)
    locked = await lock_as_asked(project, session, locked=command.locked, frozen=command.frozen)
    members = tuple(member.name for member in project.workspace.members)
    return _Subject(session=session, subject=project.subject, locked=locked, interpreter=project.python.interpreter, members=members)


def _frozen(session: Session, asked: str) -> _Subject:
    """A lock as it is, for all platforms: no Python is looked for."""
    workspace = session.workspace()
    subject = WorkspaceSubject(workspace)
    lock = read_frozen(subject.lockfile, session, missing_lock(subject, session, asked))
    locked = Locked(lock=lock, previous=lock, is_changed=False, seconds=0.0, network=Network(session=session, root=subject.root))
    members = tuple(member.name for member in workspace.members)
    return _Subject(session=session, subject=subject, locked=locked, interpreter=None, members=members)


async def _open_script(command: Tree, context: Context, stack: AsyncExitStack) -> _Subject:
    opened = await stack.enter_async_context(open_script(command, context, command.script or "", needs_metadata=True))
    session = opened.session
    subject = ScriptSubject(opened.script, script_workspace(opened.script, session.start, context.evidence), opened.lockfile)
    interpreter = await opened.find_python()
    if command.frozen:
        lock = read_frozen(subject.lockfile, session, missing_lock(subject, session, command.frozen.spelling))
        locked = Locked(lock=lock, previous=lock, is_changed=False, seconds=0.0, network=Network(session=session, root=subject.root))
    else:
        locked = await Locker(session=session, subject=subject, interpreter=interpreter, writes=False).run()
    return _Subject(session=session, subject=subject, locked=locked, interpreter=interpreter, members=())


async def _options(command: Tree, found: _Subject) -> TreeOptions:
    lock, display = found.locked.lock, command.display
    wishes = group_wishes(command.groups)
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
        latest=await _latest(lock, found) if display.outdated else {},
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


async def _latest(lock: Lock, found: _Subject) -> dict[Name, str]:
    """The newest stable version of each package that is behind it."""
    network = found.locked.network
    packages = [package for package in lock.packages if isinstance(package.source, Registry) and package.version is not None]
    newer: dict[Name, str] = {}

    async def ask(package: LockedPackage) -> None:
        page = await network.indexes.page(package.name, None)
        if isinstance(page, NoPage) or package.version is None:
            return
        for release in reversed(page.releases):
            if release.version <= package.version:
                return
            if not release.version.is_prerelease and _fits(release, lock):
                newer[package.name] = str(release.version)
                return

    with told_singly():
        async with anyio.create_task_group() as tasks:
            for package in packages:
                tasks.start_soon(ask, package)
    return newer


def _fits(release: Release, lock: Lock) -> bool:
    """Whether a version is for the lock's Pythons: one of its files says so, or says nothing."""
    said = [indexed.file.requires_python for indexed in release.files]
    return any(text is None or lock.requires_python.is_contained_by(text) for text in said)
