"""What follows an edit of a project: its lock and its environment are brought in line with it.

    find Python, make the environment ─→ edit ─→ read the project once more ─→ lock ─→ sync
                                          └────── fails or is cancelled: all files are what they were ──┘

One edit of a project is made at a time; commands that do not edit need not wait.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from hobd.cli.found import Given, said
from hobd.cli.options.groups import GroupOptions
from hobd.core.plan.model import Pin
from hobd.core.vocab.project import Workspace
from hobd.environments.interpreter import Interpreter
from hobd.projects.discover import PYPROJECT, discover_workspace
from hobd.projects.restoring import Restorer, restoring
from hobd.service.locks.locking import Locked, say_resolved
from hobd.service.locks.subject import WorkspaceSubject
from hobd.service.session import Session
from hobd.service.syncs.environment import Manner
from hobd.service.syncs.sync import Project, lock_as_asked, make_syncer, open_project, prepare_environment
from hobd.service.syncs.target import select_for
from hobd.service.syncs.wishes import Scope, project_wishes


class Following(Struct, frozen=True, kw_only=True):
    """How lock and environment follow an edit."""

    package: str | None = None
    """The member that is meant."""
    active: Given | None = None
    locked: Given | None = None
    no_sync: Given | None = None
    is_exact: bool = False
    """Whether what is not needed goes from the environment."""
    groups: GroupOptions = field(default_factory=GroupOptions)
    scope: Scope = field(default_factory=Scope)


class Ready(Struct, frozen=True, kw_only=True):
    """A project that can be locked, and synced where that is wanted."""

    project: Project
    interpreter: Interpreter


@asynccontextmanager
async def editing(workspace: Workspace, session: Session) -> AsyncIterator[Restorer]:
    """Keep other edits of a workspace away; if the block fails, the files of the workspace are what they were.

    What somebody else makes of a file meanwhile stays: the block calls `settle` after each edit of its own.
    """
    folders = {workspace.root, *(member.root for member in workspace.members)}
    edited = [folder / PYPROJECT for folder in folders]
    async with session.alone_with(workspace.root):
        if session.files is not None:
            session.files.settle()  # what another edit did meanwhile is not this one's
        with restoring(edited, [workspace.lockfile], partial(warn_of_foreign, session=session)) as restorer:
            yield restorer


def warn_of_foreign(path: Path, session: Session) -> None:
    """Say of a file that the edit is still in it: it cannot be taken back without losing what somebody else did."""
    session.context.voice.warn(
        f"`{session.shown(path)}` was changed by another program meanwhile; it is left as it is, so look through it for what was edited"
    )


def pyproject_of(workspace: Workspace) -> Path:
    """The file that describes the current project; at a root that is none, the root's own."""
    member = workspace.find_member(workspace.current) if workspace.current is not None else None
    return (workspace.root if member is None else member.root) / PYPROJECT


def reread(session: Session) -> Session:
    """The session with its workspace as it is now.

    Raises:
        HobError: it does not hold together any more.
    """
    return replace(session, found=discover_workspace(session.start, session.discovery()))


async def prepare(session: Session, following: Following) -> Ready:
    """Find the Python of the project, and make its environment where one is to be synced.

    Raises:
        HobError: there is no Python for it, or the place of its environment is taken.
    """
    is_active = said(following.active)
    project = await open_project(session, (following.package,) if following.package else (), following.groups, is_active=is_active)
    interpreter = project.python.interpreter if following.no_sync else await prepare_environment(project, session)
    return Ready(project=project, interpreter=interpreter)


def renewed(ready: Ready, session: Session, following: Following) -> Ready:
    """The same Python, and the project as it is now."""
    workspace = session.workspace(following.package)
    return replace(ready, project=replace(ready.project, workspace=workspace, subject=WorkspaceSubject(workspace)))


async def relock(ready: Ready, session: Session, following: Following) -> Locked:
    """Lock the project as it is now, and say so.

    Raises:
        HobError: there is no such lock, or with `--locked` it is another.
    """
    locked = await lock_as_asked(ready.project, session, locked=following.locked, frozen=None)
    say_resolved(locked, session)
    return locked


async def resync(ready: Ready, locked: Locked, session: Session, following: Following) -> tuple[Pin, ...]:
    """Bring the environment in line, unless it is to be left alone; and return what was installed.

    Raises:
        HobError: something cannot be had or installed; the environment is as it was.
    """
    if following.no_sync:
        return ()
    wishes = project_wishes(following.groups, following.scope, ready.project.workspace, locked.lock, session.settings)
    selection = select_for(locked.lock, wishes, ready.interpreter, None, session.context.environ)
    manner = Manner(is_exact=following.is_exact)
    return (await make_syncer(ready.project, locked, ready.interpreter, session).run(selection, manner)).plan.install


async def follow(ready: Ready, session: Session, following: Following) -> None:
    """Lock and sync the project as it is now.

    Raises:
        HobError: there is no such lock, or something cannot be installed.
    """
    current = reread(session)
    ready = renewed(ready, current, following)
    await resync(ready, await relock(ready, current, following), current, following)
