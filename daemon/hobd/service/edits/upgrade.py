"""`hob upgrade`: raise what `project.dependencies` allows to the newest versions that go together (ADD-16).

    choose ─→ relax ─→ solve beside the lock ─→ raise what leaves the outcome out ─→ write `pyproject.toml`

Lock and environment stay as they are: `lock` and `sync` follow the new requirements when they are next asked for.
"""

from functools import partial, reduce
from operator import or_
from time import monotonic

from msgspec.structs import replace
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from hobd.cli.report import render_lock_changes
from hobd.cli.upgrade import Upgrade
from hobd.core.formats.dependency_tables import PRODUCTION
from hobd.core.formats.pyproject_edit import replace_requirements
from hobd.core.formats.raised_bounds import raised, relaxed
from hobd.core.formats.source_text import render_requirement_text
from hobd.core.formats.upgrade_choice import Choice, Declared, NotUpgradable, choose, refuse_other_sources, shown
from hobd.core.lockfile.build import build_lock
from hobd.core.lockfile.changes import Change, compare
from hobd.core.lockfile.model import Lock
from hobd.core.markers import TRUE, Marker, RequiresPython
from hobd.core.resolver.project_pythons import find_requires_python
from hobd.core.vocab.index import Refresh
from hobd.core.vocab.names import Name, normalize
from hobd.core.vocab.project import Member, Workspace
from hobd.core.vocab.request import Outcome
from hobd.core.vocab.settings import Upgrade as Upgraded
from hobd.core.vocab.source import Registry
from hobd.environments.interpreter import Interpreter
from hobd.projects.discover import PYPROJECT, NoProject
from hobd.projects.edit import edit_file
from hobd.service.context import Context
from hobd.service.locks.changes import lock_rows
from hobd.service.locks.locking import Locked, Locker, say_resolved
from hobd.service.locks.subject import WorkspaceSubject, default_pythons
from hobd.service.opening import open_session
from hobd.service.session import Session
from hobd.service.syncs.project_python import environment_place, find_project_python, workspace_wish


async def tell(command: Upgrade, context: Context) -> Outcome:
    """Edit `pyproject.toml`, and say what was raised."""
    async with open_session(command, context) as session:
        workspace, member = _find_project(session)
        packages = tuple(normalize(name) for name in command.packages)
        excluded = frozenset(normalize(name) for name in command.exclude)
        pythons = find_requires_python(workspace)
        choice = choose(member, packages, excluded, _domain(workspace, pythons))
        interpreter = None
        if pythons is None and choice.declared:  # then the interpreter says which Pythons are meant
            interpreter = await _find_interpreter(workspace, session)
            choice = choose(member, packages, excluded, _domain(workspace, default_pythons(interpreter)))
        _say_skipped(choice, session)
        refuse_other_sources(choice, member, workspace)
        if choice.declared:
            await _upgrade(choice, member, workspace, interpreter, session)
        return Outcome()


def _find_project(session: Session) -> tuple[Workspace, Member]:
    try:
        workspace = session.workspace()
    except NoProject as error:
        raise NotUpgradable("`hob upgrade` requires a project with a `[project]` table") from error
    member = workspace.find_member(workspace.current) if workspace.current is not None else None
    if member is None:
        raise NotUpgradable("`hob upgrade` requires a project with a `[project]` table")
    if len(workspace.members) != 1:
        raise NotUpgradable("`hob upgrade` does not support workspaces with multiple members yet")
    return workspace, member


def _domain(workspace: Workspace, pythons: RequiresPython | None) -> Marker:
    """Where the project is to work."""
    environments = workspace.pyproject.tool_uv.environments
    supported = reduce(or_, environments) if environments else TRUE
    return supported if pythons is None else supported.complexify(pythons)


async def _find_interpreter(workspace: Workspace, session: Session) -> Interpreter:
    place = environment_place(workspace, session, is_active=False)
    return (await find_project_python(place, workspace_wish(workspace, session), session)).interpreter


def _say_skipped(choice: Choice, session: Session) -> None:
    for requirement, _, why in choice.skipped:
        told = f"Skipping dependency `{requirement.name}` in `project.dependencies`: `{shown(requirement)}` ({why})"
        session.context.voice.note(f"warning: {told}\n")


async def _upgrade(choice: Choice, member: Member, workspace: Workspace, interpreter: Interpreter | None, session: Session) -> None:
    if member.project.version is None:
        raise NotUpgradable("`hob upgrade` does not support projects with dynamic versions yet")
    subject = WorkspaceSubject(_relaxed(workspace, member, choice))
    if interpreter is None:
        interpreter = await _find_interpreter(workspace, session)
    locked = await _solve(subject, interpreter, _asking_again(session, choice.names))
    changes = {each.name: each for each in compare(locked.previous, locked.lock)}
    say_resolved(locked, session)
    rows, blocked = _rows(choice, locked.lock)
    if blocked and rows:
        _say_blocked(blocked, session)
        raise NotUpgradable("Could not safely apply dependency updates because one or more selected requirements could not be represented")
    if rows:
        async with session.alone_with(workspace.root):
            change = partial(replace_requirements, table=PRODUCTION.keys, changes={declared.text: new for declared, new in rows.items()})
            edit_file(member.root / PYPROJECT, session.context.evidence, change)
    _say_versions(choice, changes, blocked, session)
    _say_blocked(blocked, session)
    updated = {(declared.requirement.name, declared.text): new for declared, new in rows.items()}
    for (_, old), new in sorted(updated.items()):
        session.context.voice.note(f"Updated requirement: `{old}` -> `{new}`\n")


def _relaxed(workspace: Workspace, member: Member, choice: Choice) -> Workspace:
    """The workspace as it would be with the chosen requirements relaxed, and without those that never apply."""
    skipped = {text for _, text, _ in choice.skipped}
    texts = {each.text: _with_bounds(each, relaxed(each.requirement.specifier)) for each in choice.declared}
    dependencies = tuple(texts.get(text, text) for text in member.project.dependencies or () if text not in skipped)
    project = replace(member.project, dependencies=dependencies)
    eased = replace(member, project=project, pyproject=replace(member.pyproject, project=project))
    pyproject = eased.pyproject if member.root == workspace.root else workspace.pyproject
    return replace(workspace, pyproject=pyproject, members=(eased,))


def _with_bounds(declared: Declared, specifier: SpecifierSet) -> str:
    return render_requirement_text(replace(declared.requirement, specifier=specifier))


def _asking_again(session: Session, names: tuple[Name, ...]) -> Session:
    """The session with the names to be upgraded, as indexes say now."""
    settings, wanted = session.settings, frozenset(names)
    resolver = replace(settings.resolver, upgrade=Upgraded(packages=wanted))
    cache = replace(settings.cache, refresh=Refresh(packages=wanted))
    return replace(session, settings=replace(settings, resolver=resolver, cache=cache))


async def _solve(subject: WorkspaceSubject, interpreter: Interpreter, session: Session) -> Locked:
    """The lock that the subject would have; nothing is written."""
    begun = monotonic()
    for warning in subject.python_warnings(interpreter):
        session.context.voice.warn(warning)
    locker = Locker(session=session, subject=subject, interpreter=interpreter, writes=False)
    found = await locker.examine()
    problem = locker.pose(found)
    resolution = await locker.solve(problem, found.builder, found.network)
    return Locked(
        lock=build_lock(problem, resolution, found.opened),
        previous=found.opened,
        is_changed=True,
        seconds=monotonic() - begun,
        network=found.network,
        warnings=resolution.warnings,
    )


def _rows(choice: Choice, lock: Lock) -> tuple[dict[Declared, str], tuple[tuple[Declared, str], ...]]:
    """What is written anew, and what cannot be, with the reason."""
    rows: dict[Declared, str] = {}
    blocked: list[tuple[Declared, str]] = []
    for declared in choice.declared:
        versions = _versions(declared, lock)
        specifier = raised(declared.requirement.specifier, versions) if versions else declared.requirement.specifier
        if specifier is None:
            blocked.append((declared, _unfit(declared, versions)))
        elif specifier != declared.requirement.specifier:
            rows[declared] = _with_bounds(declared, specifier)
    return rows, tuple(blocked)


def _versions(declared: Declared, lock: Lock) -> tuple[Version, ...]:
    """The versions of an index that are locked where the requirement applies, ascending."""
    return tuple(
        package.version
        for package in lock.packages
        if package.name == declared.requirement.name
        and package.version is not None
        and isinstance(package.source, Registry)
        and (not package.resolution_markers or any(not marker.is_disjoint(declared.marker) for marker in package.resolution_markers))
    )


def _unfit(declared: Declared, versions: tuple[Version, ...]) -> str:
    listed = "`, `".join(map(str, versions))
    what = f"{'version' if len(versions) == 1 else 'versions'} `{listed}`"
    cannot = "which cannot be represented by the upgraded requirement; this is not supported yet"
    return f"Dependency `{declared.requirement.name}` resolved to {what} {cannot}"


def _say_versions(choice: Choice, changes: dict[Name, Change], blocked: tuple[tuple[Declared, str], ...], session: Session) -> None:
    """What becomes of each name's version, unless all requirements of it are blocked."""
    unfit = {declared for declared, _ in blocked}
    voice = session.context.voice
    for name in choice.names:
        if all(each in unfit for each in choice.declared if each.requirement.name == name):
            continue
        if name in changes:
            voice.note(render_lock_changes(lock_rows([changes[name]]), is_dry_run=True))
        else:
            voice.note(f"No version change for {name}\n")


def _say_blocked(blocked: tuple[tuple[Declared, str], ...], session: Session) -> None:
    for declared, why in blocked:
        told = f"Could not update dependency `{declared.requirement.name}` in `project.dependencies`: `{declared.text}` ({why})"
        session.context.voice.note(f"warning: {told}\n")
