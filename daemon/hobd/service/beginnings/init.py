"""`hob init`: a new project or script (INI-1 to INI-12).

where ─→ workspace above? ─→ which Python ─→ NewProject (pure) ─→ its files ─→ pyproject.toml ─→ member of the workspace

`pyproject.toml` comes after all other files of the project: a run that was killed before can be done again, and finds what it has made.
"""

import os
from functools import partial
from pathlib import Path

import anyio
from anyio import to_thread
from msgspec import Struct

from hobd.cli.init import Init
from hobd.cli.style import cyan, green
from hobd.core.formats.pyproject_edit import add_member
from hobd.core.templates.project import GITIGNORE, Author, NewProject, render_files, render_pyproject
from hobd.core.vocab.names import InvalidName, Name, parse_name
from hobd.core.vocab.project import Workspace
from hobd.core.vocab.request import Outcome
from hobd.errors import HobError, RequestError
from hobd.projects.discover import PYPROJECT, NoProject, Unmanaged, WorkspaceMistake, discover_workspace
from hobd.projects.edit import edit_file
from hobd.projects.member_globs import expand, is_excluded
from hobd.projects.new_files import make_folder, write_missing
from hobd.projects.python_versions import ONE
from hobd.service.beginnings.python import FirstPython, find_first_python
from hobd.service.beginnings.repository import GitProgram, NoGit
from hobd.service.beginnings.script import make_script
from hobd.service.context import Context
from hobd.service.failures import told_singly
from hobd.service.opening import open_session
from hobd.service.session import Session

_DESCRIPTION = "Add your description here"


async def tell(command: Init, context: Context) -> Outcome:
    """Make a project or a script, and say where."""
    if command.general.project is not None:
        instead = f"`{green('--directory')}`" + ("" if command.path is not None else " or a positional path")
        raise RequestError(f"The `{green('--project')}` option cannot be used in `{green('hob init')}`. Use {instead} instead.", code=2)
    async with open_session(command, context) as session:
        if command.script:
            await make_script(command, session)
        else:
            await _make_project(command, session)
        return Outcome()


class _Site(Struct, frozen=True, kw_only=True):
    """Where a project is to be."""

    folder: Path
    shown: str
    """As it was given, from the root."""
    name: Name
    workspace: Workspace | None
    """The one above that it is to be a part of."""


async def _make_project(command: Init, session: Session) -> None:
    site = _find_site(command, session)
    make_folder(site.folder)
    python = await find_first_python(site.folder, site.workspace, session, is_pinned=_is_pinned(command))
    git = await _ask_git(command, site, session)
    project = _decide(command, site, python, git.author)
    if git.is_wanted:
        await _make_repository(command, site, session)
    await to_thread.run_sync(partial(_write, site, project, python, session))
    if site.workspace is not None:
        _join(site, site.workspace, session)
    place = "" if command.path is None else f" at `{cyan(site.shown)}`"
    session.context.voice.note(f"Initialized project `{cyan(site.name)}`{place}\n")


def _find_site(command: Init, session: Session) -> _Site:
    shown = _joined(session.cwd, command.path or "")
    folder = Path(os.path.normpath(shown))
    if folder.joinpath(PYPROJECT).exists():
        raise RequestError(f"Cannot initialize a project in `{cyan(folder)}` because `{cyan(PYPROJECT)}` already exists", code=2)
    name = _name(command, folder)
    return _Site(folder=folder, shown=shown, name=name, workspace=_workspace_above(command, folder, session))


def _joined(cwd: Path, given: str) -> str:
    """The path from the root, with what was given after it as it was given, but for steps that lead nowhere."""
    steps = [step for step in given.split("/") if step not in ("", ".")]
    joined = os.path.join("/" if given.startswith("/") else cwd, *steps)
    return f"{joined}/" if steps and given.endswith("/") else joined


def _name(command: Init, folder: Path) -> Name:
    if command.name is not None:
        return parse_name(command.name)
    if not folder.name or (command.path is not None and command.path.rstrip("/").endswith("..")):
        raise RequestError("Missing directory name")
    try:
        return parse_name(folder.name.replace(" ", "-"))
    except InvalidName as error:
        which = "current" if command.path is None else "target"
        said = f"The {which} directory (`{folder.name}`) is not a valid package name."
        raise RequestError(f"{said} Please provide a package name with `{green('--name')}`.") from error


def _workspace_above(command: Init, folder: Path, session: Session) -> Workspace | None:
    if command.no_workspace:
        return None
    try:
        found = discover_workspace(folder.parent, session.discovery())
        if found.pyproject.project is None and found.pyproject.tool_uv.workspace is None:
            raise WorkspaceMistake(f"No `project` table found in: {found.root / PYPROJECT}")
        return found
    except (NoProject, Unmanaged):
        return None
    except HobError as error:
        raise error.under(f"Failed to discover parent workspace; use `{green('hob init --no-workspace')}` to ignore") from error


def _is_pinned(command: Init) -> bool:
    return bool(command.pin_python) if command.pin_python is not None else not command.bare


class _Git(Struct):
    """What git says before there is a repository."""

    author: Author | None = None
    is_wanted: bool = False
    """Whether a repository is to be made: where one was asked for, or is usual, and the folder is in none."""


async def _ask_git(command: Init, site: _Site, session: Session) -> _Git:
    """Ask both questions at once: a process of git's takes longer than all else of a new project."""
    git, found = GitProgram(session), _Git()

    async def learn_author() -> None:
        found.author = await git.author(site.folder)

    async def learn_place() -> None:
        found.is_wanted = not await git.is_in_work_tree(site.folder)

    with told_singly():
        async with anyio.create_task_group() as tasks:
            if command.author_from == "git" or (command.author_from != "none" and _backend(command) is not None):
                tasks.start_soon(learn_author)
            if command.vcs == "git" or (command.vcs is None and not command.bare):
                tasks.start_soon(learn_place)
    return found


def _backend(command: Init) -> str | None:
    """What builds the project; None where nothing does."""
    is_plain = command.package is not None and not command.package
    is_packaged = bool(command.package) or command.lib or command.build_backend is not None or not command.bare
    return (command.build_backend or "uv") if is_packaged and not is_plain and not command.virtual else None


def _decide(command: Init, site: _Site, python: FirstPython, author: Author | None) -> NewProject:
    is_bare = bool(command.bare)
    description = command.description if command.description is not None else None if is_bare else _DESCRIPTION
    return NewProject(
        name=site.name,
        requires_python=python.requires_python,
        backend=_backend(command),
        is_library=command.lib,
        is_bare=is_bare,
        description=None if command.no_description else description,
        has_readme=not is_bare and not command.no_readme,
        author=author,
    )


async def _make_repository(command: Init, site: _Site, session: Session) -> None:
    """Without git only if one was asked for by name is that a fault."""
    try:
        await GitProgram(session).make_repository(site.folder)
    except NoGit:
        if command.vcs is not None:
            raise
        return
    await to_thread.run_sync(write_missing, site.folder, {".gitignore": GITIGNORE})


def _write(site: _Site, project: NewProject, python: FirstPython, session: Session) -> None:
    files = render_files(project)
    above = None if site.workspace is None else site.workspace.root
    if python.pin is not None and not (above is not None and python.is_said_by(above / ONE, session)):
        files[ONE] = f"{python.pin}\n"
    write_missing(site.folder, files)
    write_missing(site.folder, {PYPROJECT: render_pyproject(project)})


def _join(site: _Site, workspace: Workspace, session: Session) -> None:
    """Make the project a member of the workspace, unless its globs say so already, or leave it out."""
    voice, root = session.context.voice, workspace.root
    table = workspace.pyproject.tool_uv.workspace
    if table is not None and is_excluded(site.folder, root, table):
        voice.note(f"Project `{cyan(site.name)}` is excluded by workspace `{cyan(root)}`\n")
        return
    if table is not None and any(site.folder in expand(root, glob, session.context.evidence) for glob in table.members):
        voice.note(f"Project `{cyan(site.name)}` is already a member of workspace `{cyan(root)}`\n")
        return
    edit_file(root / PYPROJECT, session.context.evidence, lambda text: add_member(text, os.path.relpath(site.folder, root)))
    voice.note(f"Adding `{cyan(site.name)}` as member of workspace `{cyan(root)}`\n")
