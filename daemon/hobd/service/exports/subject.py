"""What is exported: the lock of a workspace or of a script, and what of it."""

from contextlib import AsyncExitStack

from msgspec import Struct

from hobd.cli.export import Export
from hobd.core.lockfile.model import Lock
from hobd.core.plan.wanted import Wishes
from hobd.core.vocab.names import Name
from hobd.core.vocab.project import Workspace
from hobd.service.context import Context
from hobd.service.locks.locking import Locked
from hobd.service.locks.subject import WorkspaceSubject
from hobd.service.locks.unchanged import take_frozen
from hobd.service.opening import open_session
from hobd.service.scripts.lock import lock_of_script
from hobd.service.scripts.opening import open_script
from hobd.service.session import Session
from hobd.service.syncs.sync import lock_as_asked, open_project
from hobd.service.syncs.wishes import Scope, check_packages, group_wishes, project_wishes, the_project


class ExportSubject(Struct, frozen=True, kw_only=True):
    """A lock to export, and what of it."""

    session: Session
    locked: Locked
    wishes: Wishes
    project: Name | None
    """The one project that is exported."""

    @property
    def lock(self) -> Lock:
        """The lock."""
        return self.locked.lock


async def open_script_export(command: Export, context: Context, stack: AsyncExitStack) -> ExportSubject:
    """The lock of a script: one that is there is kept up to date, none is made."""
    opened = await stack.enter_async_context(open_script(command, context, command.script or "", needs_metadata=True))
    subject, locked, frozen = opened.subject(), command.locked, command.frozen
    interpreter = await opened.find_python()
    found = await lock_of_script(subject, interpreter, opened.session, locked=locked, frozen=frozen, writes=subject.lockfile.is_file())
    return ExportSubject(session=opened.session, locked=found, wishes=Wishes(groups=group_wishes(command.groups)), project=None)


async def open_project_export(command: Export, context: Context, stack: AsyncExitStack) -> ExportSubject:
    """The lock of a workspace, and what the command asks of it."""
    session = await stack.enter_async_context(open_session(command, context))
    workspace, locked = await lock_workspace(command, session)
    return project_export(command, session, workspace, locked)


async def lock_workspace(command: Export, session: Session) -> tuple[Workspace, Locked]:
    """The lock as it is, for which no Python is needed; or as it should be."""
    if command.frozen:
        workspace = session.workspace(command.package[0] if len(command.package) == 1 else None)
        subject = WorkspaceSubject(workspace)
        return workspace, take_frozen(subject, session, command.frozen.spelling)
    if len(command.package) > 1:
        check_packages(command.package, session.workspace())
    project = await open_project(session, command.package, command.groups, is_active=False)
    return project.workspace, await lock_as_asked(project, session, locked=command.locked, frozen=None)


def project_export(command: Export, session: Session, workspace: Workspace, locked: Locked) -> ExportSubject:
    """What a command asks of a lock.

    Raises:
        RequestError: a default group is not there.
    """
    scope = Scope(packages=command.package, all_packages=command.all_packages)
    wishes = project_wishes(command.groups, scope, workspace, locked.lock, session.settings)
    return ExportSubject(session=session, locked=locked, wishes=wishes, project=the_project(scope, workspace))
