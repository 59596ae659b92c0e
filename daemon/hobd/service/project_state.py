"""What a project is, for editors: one JSON object on standard output. Reads only; nothing is built, fetched or written."""

import hashlib
import json
import os
from typing import Any

from hobd.cli.lock import Lock
from hobd.core.vocab.project import Workspace
from hobd.core.vocab.request import Outcome
from hobd.errors import HobError
from hobd.projects.files import is_file
from hobd.service.context import Context
from hobd.service.locks.locking import Locker
from hobd.service.locks.subject import WorkspaceSubject
from hobd.service.opening import open_session
from hobd.service.session import Session
from hobd.service.syncs.project_python import ProjectPython, environment_place, find_project_python, workspace_wish


async def tell(command: Lock, context: Context) -> Outcome:
    """Say what the project in the current folder is."""
    state = _empty(os.fspath(context.caller.cwd))
    try:
        async with open_session(command, context) as session:
            await _fill(state, session)
    except HobError as error:
        state["diagnostics"] = [_diagnostic(error, context)]
    text = json.dumps(state, sort_keys=True)
    state["fingerprint"] = hashlib.sha256(text.encode()).hexdigest()[:16]
    context.voice.data(json.dumps(state))
    return Outcome(is_replayable=True)


def _empty(root: str) -> dict[str, Any]:
    return {"name": "", "version": "", "root": root, "environment": "", "interpreter": "", "lock": "missing", "diagnostics": []}


async def _fill(state: dict[str, Any], session: Session) -> None:
    workspace = session.workspace()
    state |= _identity(workspace)
    place = environment_place(workspace, session, is_active=False)
    state["environment"] = os.fspath(place)
    subject = WorkspaceSubject(workspace)
    python = await find_project_python(place, workspace_wish(workspace, session), session)
    state["interpreter"] = _program(python)
    if is_file(subject.lockfile, session.context.evidence):
        examined = await Locker(session=session, subject=subject, interpreter=python.interpreter, writes=False).examine()
        state["lock"] = "fresh" if examined.is_final else "stale"


def _identity(workspace: Workspace) -> dict[str, str]:
    member = workspace.find_member(workspace.current) if workspace.current is not None else None
    if member is None:
        return {"root": os.fspath(workspace.root)}
    return {"name": member.name, "version": str(member.project.version or ""), "root": os.fspath(workspace.root)}


def _program(python: ProjectPython) -> str:
    return os.fspath(python.interpreter.path) if python.is_environment else ""


def _diagnostic(error: HobError, context: Context) -> dict[str, Any]:
    text = "\n".join((error.message, *error.causes))
    path = os.fspath(context.caller.cwd / "pyproject.toml")
    return {"path": path, "line": 0, "column": 0, "text": text, "hint": "\n".join(error.hints)}
