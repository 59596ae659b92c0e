"""`hob venv`: a virtual environment for a project or for nobody (VEN-1 to VEN-7)."""

import os
from pathlib import Path

from anyio import to_thread

from hobd.cli.report import render_creating
from hobd.cli.style import green
from hobd.cli.venv import Venv
from hobd.core.formats.shell_profiles import find_shell
from hobd.core.markers import RequiresPython
from hobd.core.resolver.project_pythons import find_requires_python
from hobd.core.vocab.project import Workspace
from hobd.core.vocab.request import Outcome
from hobd.environments.create import Shape, create_environment
from hobd.environments.interpreter import Interpreter
from hobd.errors import HobError
from hobd.service.context import Context
from hobd.service.opening import open_session
from hobd.service.pythons.acquire import find_or_download
from hobd.service.pythons.surroundings import find_surrounding_workspace
from hobd.service.session import Session
from hobd.service.syncs.project_python import Wish, check_requirement, make_wish, using


async def tell(command: Venv, context: Context) -> Outcome:
    """Make the environment and say how to activate it."""
    async with open_session(command, context) as session:
        workspace = None if command.no_project else find_surrounding_workspace(session, during="environment creation")
        wish = _wish(workspace, session)
        found = await find_or_download(wish.request, session.python_search(environments="only-system"), session)
        session.context.voice.note(using(found, session.shown))
        _warn_of_mismatch(found.interpreter, wish, session)
        place = _place(command, workspace, session)
        shown = session.shown(place) if command.path is None or Path(command.path).is_absolute() else command.path
        context.voice.note(render_creating(shown, with_seed=bool(command.seed)))
        await to_thread.run_sync(lambda: create_environment(place, found.interpreter, _shape(command, session), shown=shown))
        session.prober().expect(place, found.interpreter)
        if command.seed:
            from hobd.service.seeding import seed  # resolving and installing: few ask for it

            await seed(place, session)
        _say_how_to_activate(shown, session)
        return Outcome()


def _wish(workspace: Workspace | None, session: Session) -> Wish:
    required: RequiresPython | None = find_requires_python(workspace) if workspace is not None else None
    return make_wish(workspace.root if workspace is not None else None, required, session)


def _warn_of_mismatch(interpreter: Interpreter, wish: Wish, session: Session) -> None:
    try:
        check_requirement(interpreter, wish)
    except HobError as error:
        session.context.voice.warn(error.message)


def _place(command: Venv, workspace: Workspace | None, session: Session) -> Path:
    if command.path is not None:
        return session.cwd / command.path
    named = session.context.environ.get("UV_PROJECT_ENVIRONMENT")
    if named and workspace is not None and workspace.root == session.cwd:
        return workspace.root / named
    return session.cwd / ".venv"


def _shape(command: Venv, session: Session) -> Shape:
    is_unnamed = command.prompt is None and command.path is None
    return Shape(
        prompt=session.cwd.name or None if is_unnamed or command.prompt == "." else command.prompt,
        has_system_packages=command.system_site_packages,
        is_relocatable=bool(command.relocatable),
        is_seeded=bool(command.seed),
        clears=bool(command.clear) and not command.allow_existing,
        is_forced=command.force,
        keeps=command.allow_existing,
    )


def _say_how_to_activate(place: str, session: Session) -> None:
    shell = find_shell(session.context.environ)
    command = None if shell is None else shell.activate(os.path.join(place, "bin"))
    if command is not None:
        session.context.voice.note(f"Activate with: {green(command)}\n")
