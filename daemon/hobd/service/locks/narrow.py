"""Resolving for the one interpreter that something runs in, without a lock: scripts, and what `--with` brings (RUN-6, SCR-2)."""

from pathlib import Path

from msgspec.structs import replace
from packaging.version import Version

from hobd.cli.options.partial import PartOptions
from hobd.core.lockfile.model import Lock
from hobd.core.markers import Marker, RequiresPython
from hobd.core.plan.model import Selection
from hobd.core.plan.satisfied import Demands, Present, is_enough
from hobd.core.resolver.pose import Posing, pose_script
from hobd.core.resolver.problem import Problem
from hobd.core.resolver.unsatisfiable import Unsatisfiable
from hobd.core.vocab.project import Script
from hobd.core.vocab.requirement import Requirement
from hobd.environments.inspect import read_installed
from hobd.environments.installed_metadata import read_installed_metadata
from hobd.environments.interpreter import Interpreter
from hobd.errors import RequestError
from hobd.projects.discover import Discovery
from hobd.projects.scripts import script_workspace
from hobd.service.locks.locking import Locked, Locker
from hobd.service.locks.subject import ScriptSubject, no_lockfile
from hobd.service.session import Session
from hobd.service.syncs.target import select_for
from hobd.service.syncs.wishes import script_wishes

_TELLING = ("sys_platform", "platform_machine", "implementation_name")
"""Markers that say which machine it is."""


SCRIPT_TITLE = "No solution found when resolving script dependencies"


class NarrowSubject(ScriptSubject, frozen=True, kw_only=True):
    """Requirements, resolved for one interpreter; nothing is ever written."""

    interpreter: Interpreter
    preferred: Lock | None = None
    """Versions that are taken again where they fit."""

    @property
    def has_lockfile(self) -> bool:
        """See `LockSubject`."""
        return False

    def inputs(self) -> tuple[Path, ...]:
        """See `LockSubject`."""
        return () if self.script.path is None else (self.script.path,)

    def renewed(self, discovery: Discovery) -> "NarrowSubject":
        """See `LockSubject`."""
        return replace(self, workspace=script_workspace(self.script, self.workspace.root, discovery.evidence))

    def pythons(self, interpreter: Interpreter) -> RequiresPython:
        """See `LockSubject`."""
        return RequiresPython.at_least(Version(interpreter.version.base_version))

    def python_warnings(self, interpreter: Interpreter) -> tuple[str, ...]:
        """See `LockSubject`: it is for one Python."""
        return ()

    def pose(self, posing: Posing) -> Problem:
        """See `LockSubject`."""
        if self.preferred is not None:
            posing = replace(posing, previous=self.preferred, keep="versions")
        problem = pose_script(self.script, self.workspace, posing)
        return replace(problem, environments=(_here(self.interpreter),), previous=None)


def make_subject(script: Script, folder: Path, interpreter: Interpreter, session: Session, preferred: Lock | None = None) -> NarrowSubject:
    """Requirements that are stated in a folder."""
    workspace = script_workspace(script, folder, session.context.evidence)
    return NarrowSubject(script, workspace, no_lockfile(folder), interpreter=interpreter, preferred=preferred)


async def resolve_here(subject: NarrowSubject, session: Session, *, title: str) -> Locked:
    """Resolve, and write nothing.

    Args:
        subject: what is required.
        session: of the command.
        title: the error's first line.
    Raises:
        RequestError: there is no solution.
    """
    try:
        return await Locker(session=session, subject=subject, interpreter=subject.interpreter, writes=False).run()
    except Unsatisfiable as error:
        raise RequestError(title, causes=error.causes, hints=error.hints, code=error.code) from error


def select_here(locked: Locked, interpreter: Interpreter, session: Session) -> Selection:
    """The pins of a lock that has no projects."""
    return select_for(locked.lock, script_wishes(PartOptions(), session.settings), interpreter, None, session.context.environ)


def is_installed(subject: NarrowSubject, posing: Posing, interpreter: Interpreter, session: Session) -> bool:
    """Whether an interpreter's environment has all that is required, so that nothing needs to be resolved."""
    settings = session.settings
    if not settings.resolver.upgrade.is_empty or settings.install.reinstall.everything or settings.install.reinstall.packages:
        return False
    problem = subject.pose(posing)
    if problem.excludes or not all(isinstance(each, Requirement) for each in problem.overrides):
        return False
    overrides = tuple(each for each in problem.overrides if isinstance(each, Requirement))
    demands = Demands(requirements=problem.requirements, constraints=problem.constraints, overrides=overrides)
    evidence, memory = session.context.evidence, session.context.memory.installed
    present = Present(
        installed=read_installed(interpreter.scheme.site_packages, evidence, memory),
        metadata=lambda one: read_installed_metadata(one, evidence, memory),
        environment=interpreter.markers,
    )
    return is_enough(demands, present)


def posing_here(subject: NarrowSubject, session: Session) -> Posing:
    """What posing needs beside the requirements."""
    from datetime import UTC, datetime

    return Posing(
        settings=session.settings,
        requires_python=subject.pythons(subject.interpreter),
        now=datetime.now(UTC),
        cwd_text=session.shown_member,
        installed_python=subject.interpreter.version,
    )


def _here(interpreter: Interpreter) -> Marker:
    """True for the interpreter, and hardly for any other."""
    terms = [f"{name} == '{interpreter.markers[name]}'" for name in _TELLING]
    return Marker.parse(" and ".join([f"python_full_version == '{interpreter.version.base_version}'", *terms]))
