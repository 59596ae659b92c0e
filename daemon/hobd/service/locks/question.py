"""Asking about a lock: the lock as it is, whose it is, and how it would be resolved."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from msgspec import Struct

from hobd.cli.outdated import Outdated
from hobd.cli.why import Why, WhyNot
from hobd.core.lockfile.model import Lock
from hobd.core.vocab.names import Name
from hobd.environments.interpreter import Interpreter
from hobd.errors import RequestError
from hobd.projects.files import read_text
from hobd.projects.scripts import script_workspace
from hobd.service.context import Context
from hobd.service.drawing import draw
from hobd.service.locks.subject import LockSubject, ScriptSubject, WorkspaceSubject
from hobd.service.opening import open_session
from hobd.service.scripts.opening import open_script
from hobd.service.session import Session
from hobd.service.syncs.project_python import environment_place, find_project_python, workspace_wish

if TYPE_CHECKING:  # who only reads a lock needs no solver
    from hobd.service.locks.locking import Locker


class NoLock(RequestError):
    """There is no lock to ask about."""

    default_code = 1


class Question(Struct, frozen=True, kw_only=True):
    """What a question is about."""

    session: Session
    subject: LockSubject
    members: tuple[Name, ...]
    """Of the workspace; empty for a script."""
    find_interpreter: Callable[[], Awaitable[Interpreter]]
    """Only needed where something has to be resolved."""

    def read(self) -> tuple[str, Lock]:
        """The lock as it is, as text and as value.

        Raises:
            NoLock: there is none.
            InvalidLock: it cannot be read.
        """
        text = read_text(self.subject.lockfile, self.session.context.evidence)
        if text is None:
            shown = self.session.shown(self.subject.lockfile)
            raise NoLock(f"Unable to find lockfile at `{shown}`", hint="To create a lockfile, run `hob lock`")
        return text, self.session.context.memory.lock(text)

    async def locker(self) -> "Locker":
        """Resolves, and never writes."""
        from hobd.service.locks.locking import Locker

        return Locker(session=self.session, subject=self.subject, interpreter=await self.find_interpreter(), writes=False)

    async def draw(self, place: str, picture: str) -> None:
        """Give a picture to who asked for it.

        Args:
            place: a file, or `STDOUT`.
        """
        await draw(self.session, place, picture)


@asynccontextmanager
async def open_question(command: Why | WhyNot | Outdated, context: Context) -> AsyncIterator[Question]:
    """Open the project or the script that a question is about."""
    if command.script is None:
        async with open_session(command, context) as session:
            yield _of_workspace(session)
        return
    async with open_script(command, context, command.script, needs_metadata=True) as opened:
        workspace = script_workspace(opened.script, opened.session.start, context.evidence)
        subject = ScriptSubject(opened.script, workspace, opened.lockfile)
        yield Question(session=opened.session, subject=subject, members=(), find_interpreter=opened.find_python)


def _of_workspace(session: Session) -> Question:
    workspace = session.workspace()

    async def find() -> Interpreter:
        place = environment_place(workspace, session, is_active=False)
        found = await find_project_python(place, workspace_wish(workspace, session), session, is_said=False)
        return found.interpreter

    members = tuple(member.name for member in workspace.members)
    return Question(session=session, subject=WorkspaceSubject(workspace), members=members, find_interpreter=find)
