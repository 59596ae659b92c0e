"""`hob run`: bring the environment in line, then become the program (RUN-1 to RUN-17).

what? ─┬─ a script with metadata ─→ its own cached environment
       ├─ in a project ───────────→ the project's environment, locked and synced
       └─ else ───────────────────→ the nearest environment, or any Python
                                          └─ `--with` ─→ an overlay over it ─→ Launch: the client execs
"""

from contextlib import AbstractAsyncContextManager
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from hobd.cli.found import said
from hobd.cli.run import Run
from hobd.core.lockfile.model import Lock
from hobd.core.vocab.project import Workspace
from hobd.core.vocab.request import Outcome
from hobd.environments.interpreter import Interpreter
from hobd.errors import HobError
from hobd.projects.discover import NoProject, Unmanaged
from hobd.projects.files import absolute
from hobd.projects.scripts import ReadScript
from hobd.service.context import Context
from hobd.service.locks.locking import say_resolved
from hobd.service.opening import open_session
from hobd.service.pythons.acquire import find_or_download
from hobd.service.runs.brought_target import bring_target, is_out_of_reach, read_target, run_without_daemon
from hobd.service.runs.child import check_recursion, make_launch
from hobd.service.runs.env_files import read_env_files
from hobd.service.runs.listing import render_listing
from hobd.service.runs.overlay import lay_over, make_isolated
from hobd.service.runs.target import Kind, Target, find_target
from hobd.service.runs.warnings import warn_beside_projects, warn_beside_scripts
from hobd.service.scripts.environment import ScriptEnvironment
from hobd.service.session import Session
from hobd.service.syncs.editables import with_editables_as_asked
from hobd.service.syncs.environment import Manner
from hobd.service.syncs.project_python import make_wish
from hobd.service.syncs.sync import lock_as_asked, make_syncer, open_project, prepare_environment
from hobd.service.syncs.target import select_for
from hobd.service.syncs.wishes import Scope, project_wishes


async def tell(command: Run, context: Context) -> Outcome:
    """Prepare an environment and say how to start the program in it."""
    check_recursion(command, context)
    cwd = absolute(Path(command.general.directory or ""), context.caller.cwd)
    target = find_target(command, cwd, context.evidence)
    if is_out_of_reach(target, context):
        return Outcome(launch=run_without_daemon(context))
    target = await bring_target(target, command, context)
    script = read_target(target, context.evidence)
    async with _open(command, context, target, script, cwd) as session:
        brought = read_env_files(command, session.cwd, context)
        base = await _prepare(command, session, script, target)
        home, has_overlay = await lay_over(command, base.interpreter, base.lock, session)
        if target.kind is Kind.NOTHING:
            context.voice.guide(render_listing(home.programs[0], context.evidence))
            return Outcome(code=2)
        launch = make_launch(target, home, brought, context, session.cwd)
        return Outcome(launch=launch, is_replayable=base.is_same and has_overlay, rest_from=_rest_from(target, context))


def _open(command: Run, context: Context, target: Target, script: ReadScript | None, cwd: Path) -> AbstractAsyncContextManager[Session]:
    """Settle where settings and projects come from: the script's folder, unless `--project` names another."""
    if script is not None:
        return open_session(command, context, start=target.folder or cwd, script=script.layer)
    return open_session(command, context, start=target.folder if command.general.project is None else None)


def _rest_from(target: Target, context: Context) -> int:
    """Where on the command line the arguments begin that nobody but the program looks at."""
    return len(context.argv) - len(target.arguments)


class _Base(Struct, frozen=True, kw_only=True):
    """What is run in, before anything is laid over it."""

    interpreter: Interpreter
    lock: Lock | None = None
    is_same: bool
    """Whether it was there as it had to be."""


async def _prepare(command: Run, session: Session, script: ReadScript | None, target: Target) -> _Base:
    voice = session.context.voice
    if script is not None:
        warn_beside_scripts(command, voice)
        prepared = await ScriptEnvironment(command=command, session=session, read=script, target=target).prepare()
        lock = None if prepared.locked is None else prepared.locked.lock
        return _Base(interpreter=prepared.interpreter, lock=lock, is_same=prepared.is_same)
    if _find_workspace(command, session) is not None:
        return await _prepare_project(command, session)
    warn_beside_projects(command, voice)
    found = await _find_python(session)
    return _Base(interpreter=await make_isolated(found, session) if command.isolated else found, is_same=not command.isolated)


def _find_workspace(command: Run, session: Session) -> Workspace | None:
    """The project; None where there is none, or it is not to be looked at.

    Raises:
        HobError: it is broken; or there is none, and one of its packages was asked for.
    """
    if command.no_project:
        return None
    found = session.found
    if isinstance(found, HobError):
        if isinstance(found, NoProject | Unmanaged) and command.package is None:
            return None
        raise found
    return found


async def _find_python(session: Session) -> Interpreter:
    """Outside of projects: the active environment, the nearest, or any Python (RUN-13)."""
    wish = make_wish(None, None, session)
    found = await find_or_download(wish.request, session.python_search(environments="any"), session)
    return found.interpreter


async def _prepare_project(command: Run, session: Session) -> _Base:
    packages = () if command.package is None else (command.package,)
    is_active = False if command.isolated else said(command.active)
    project = await open_project(session, packages, command.groups, is_active=is_active, is_said=not command.isolated)
    if command.isolated:
        interpreter = await make_isolated(project.python.interpreter, session)
        project = replace(project, succession=None)  # it is another environment that is filled
    else:
        interpreter = await prepare_environment(project, session, is_synced=not command.no_sync)
    if command.no_sync:
        return _Base(interpreter=interpreter, is_same=project.python.is_environment)
    writes_nothing = bool(command.isolated)  # what was made for one run is not left behind, the lock neither
    is_told = bool(command.show_resolution)
    locked = await lock_as_asked(project, session, locked=command.locked, frozen=command.frozen, dry_run=writes_nothing, is_said=is_told)
    if is_told and locked.seconds:
        say_resolved(locked, session)
    scope = Scope(packages=packages, all_packages=command.all_packages)
    wishes = project_wishes(command.groups, scope, project.workspace, locked.lock, session.settings)
    selected = select_for(locked.lock, wishes, interpreter, command.python_platform, session.context.environ)
    selection = with_editables_as_asked(selected, command.editable, command.no_editable_package)
    syncer = make_syncer(project, locked, interpreter, session)
    synced = await syncer.run(selection, Manner(is_exact=command.exact, says_checked=is_told))
    is_same = project.python.is_environment and not locked.is_changed and not synced.is_changed
    return _Base(interpreter=synced.interpreter, lock=locked.lock, is_same=is_same)
