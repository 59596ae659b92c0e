"""`hob version`: say the version of a project, or set another (ADD-15)."""

import json
from pathlib import Path

from packaging.version import Version as Pep440

from hobd.cli.style import cyan
from hobd.cli.version import Version
from hobd.core.formats.pyproject_edit import set_version
from hobd.core.formats.version_bump import PARTS, bump_version, parse_bump
from hobd.core.formats.version_text import InvalidVersionText, parse_version
from hobd.core.vocab.names import Name
from hobd.core.vocab.project import Member, Workspace
from hobd.core.vocab.request import Outcome
from hobd.errors import RequestError
from hobd.projects.discover import PYPROJECT, NoProject
from hobd.projects.edit import edit_file
from hobd.service.context import Context
from hobd.service.edits.editing import Following, editing, follow, prepare
from hobd.service.locks.subject import WorkspaceSubject
from hobd.service.locks.unchanged import read_frozen
from hobd.service.opening import open_session
from hobd.service.session import Session


async def tell(command: Version, context: Context) -> Outcome:
    """Say the version; where another is asked for, write it, lock and sync."""
    is_question = command.value is None and not command.bump
    async with open_session(command, context, uses_cache=not is_question) as session:
        workspace, member = _find_member(command, session)
        if is_question and command.frozen:
            locked = _locked_version(member.name, workspace, command.frozen.spelling, session)
            _say(command, member.name, locked, None, session)
            return Outcome(is_replayable=True)
        old = _current_version(member, session)
        new = None if is_question else _new_version(command, old)
        if new is not None and not command.dry_run:
            await _change(command, workspace, member, new, session)
        _say(command, member.name, old, new, session)
        return Outcome(is_replayable=new is None or command.dry_run)


def _find_member(command: Version, session: Session) -> tuple[Workspace, Member]:
    """The project that is meant.

    Raises:
        NoProject: there is none.
        RequestError: the root of a workspace has no version of its own.
    """
    try:
        workspace = session.workspace(command.package)
    except NoProject as error:
        if command.general.project is None:
            raise NoProject(error.message, hint="If you meant to view hob's version, use `hob self version` instead") from error
        raise
    member = workspace.find_member(workspace.current) if workspace.current is not None else None
    if member is None:
        raise RequestError(f"No `project` table found in: {workspace.root / PYPROJECT}")
    return workspace, member


def _locked_version(name: Name, workspace: Workspace, asked: str, session: Session) -> Pep440:
    subject = WorkspaceSubject(workspace)
    lock = read_frozen(subject, session, asked)
    found = next((package.version for package in lock.packages if package.name == name and package.version is not None), None)
    if found is None:
        raise RequestError(f"Failed to find the {name}'s version in the frozen lockfile")
    return found


def _current_version(member: Member, session: Session) -> Pep440:
    if member.project.version is None:
        raise RequestError(f"We cannot get or set dynamic project versions in: {session.shown(member.root / PYPROJECT)}")
    return member.project.version


def _new_version(command: Version, old: Pep440) -> Pep440:
    if command.value is None:
        return bump_version(old, [parse_bump(text) for text in command.bump])
    try:
        return parse_version(command.value)
    except InvalidVersionText as error:
        if command.value in PARTS:
            text = f"Invalid version `{command.value}`, did you mean to pass `--bump {command.value}`?"
            raise RequestError(text) from error
        raise


async def _change(command: Version, workspace: Workspace, member: Member, new: Pep440, session: Session) -> None:
    """Write the version and what follows from it; with `--frozen` nothing does."""
    path = member.root / PYPROJECT
    if command.frozen:
        _write(path, new, session)
        return
    following = Following(package=command.package, active=command.active, locked=command.locked, no_sync=command.no_sync)
    ready = await prepare(session, following)
    async with editing(workspace, session) as restorer:
        _write(path, new, session)
        restorer.settle(path)
        await follow(ready, session, following)


def _write(path: Path, new: Pep440, session: Session) -> None:
    """Write the file even where it says the same already: the project is built anew then, as with uv."""
    edit_file(path, session.context.evidence, lambda text: set_version(text, str(new)), touches=True)


def _say(command: Version, name: Name, old: Pep440, new: Pep440 | None, session: Session) -> None:
    """Say the version; `--quiet` silences all but JSON."""
    voice, last = session.context.voice, old if new is None else new
    if command.output_format == "json":
        report = {"package_name": name, "version": str(last), "commit_info": None}
        voice.data(json.dumps(report, indent=2, ensure_ascii=False) + "\n")
    elif command.short:
        voice.guide(f"{cyan(last)}\n")
    else:
        voice.guide(f"{name} {cyan(old)}\n" if new is None else f"{name} {cyan(old)} => {cyan(new)}\n")
