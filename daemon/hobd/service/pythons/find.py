"""`hob python find`: which interpreter is meant, without making or downloading any (PYT-8)."""

import os

from msgspec.structs import replace

from hobd.cli.python.find import PythonFind
from hobd.core.resolver.project_pythons import find_requires_python
from hobd.core.vocab.request import Outcome
from hobd.environments.discovery import find_python
from hobd.environments.interpreter import Interpreter
from hobd.errors import RequestError
from hobd.service.context import Context
from hobd.service.opening import open_session
from hobd.service.pythons.surroundings import find_surrounding_workspace
from hobd.service.scripts.opening import open_script
from hobd.service.session import Session
from hobd.service.syncs.project_python import check_requirement, limits_of, make_wish


async def tell(command: PythonFind, context: Context) -> Outcome:
    """Print the path of the interpreter, or its version."""
    if command.script is not None:
        async with open_script(command, context, command.script, needs_metadata=True) as opened:
            interpreter = await opened.find_python()
    else:
        async with open_session(command, context) as session:
            interpreter = await _find(command, session)
    context.voice.guide(f"{_answer(command, interpreter)}\n")
    return Outcome(is_replayable=True)


def _answer(command: PythonFind, interpreter: Interpreter) -> str:
    if command.show_version:
        return interpreter.markers["python_full_version"].rstrip("+")
    return os.path.realpath(interpreter.executable) if command.resolve_links else str(interpreter.executable)


async def _find(command: PythonFind, session: Session) -> Interpreter:
    workspace = None if command.no_project else find_surrounding_workspace(session)
    asked = replace(session, settings=replace(session.settings, python=replace(session.settings.python, request=command.request)))
    required = None if workspace is None else find_requires_python(workspace)
    wish = make_wish(None if workspace is None else workspace.root, required, asked)
    search = session.python_search(environments="only-system" if command.system else "any")
    found = await find_python(wish.request, search, session.prober())
    if workspace is not None:
        try:
            check_requirement(found.interpreter, replace(wish, limits=limits_of(workspace)))
        except RequestError as error:
            session.context.voice.warn(error.message)
    return found.interpreter
