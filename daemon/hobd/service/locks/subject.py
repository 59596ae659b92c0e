"""What is locked: a workspace, or a script with inline metadata."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace
from packaging.version import Version

from hobd.core.formats.git_logins import find_logins
from hobd.core.markers import RequiresPython
from hobd.core.resolver.lower import Stating, has_dynamic_version, needs_build, stating_root, stating_script
from hobd.core.resolver.pose import Posing, ground_of, pose_script, pose_workspace
from hobd.core.resolver.problem import Problem
from hobd.core.resolver.project_pythons import find_requires_python, python_warnings
from hobd.core.vocab.evidence import Evidence
from hobd.core.vocab.metadata import Metadata
from hobd.core.vocab.names import Name
from hobd.core.vocab.project import Member, Script, ToolUv, Workspace
from hobd.core.vocab.settings import Settings
from hobd.environments.interpreter import Interpreter
from hobd.projects.discover import Discovery, discover_workspace
from hobd.projects.scripts import parse_script_content, script_workspace

PYPROJECT = "pyproject.toml"


class MemberBuilder(Protocol):
    """Asks the build backend of a member."""

    async def of_member(self, member: Member) -> Metadata:
        """What the backend says of a project whose requirements are dynamic."""


class LockSubject(Protocol):
    """Something that has a lock."""

    @property
    def root(self) -> Path:
        """The folder of the lock: relative paths start there."""

    @property
    def lockfile(self) -> Path:
        """Where the lock is, or is to be."""

    @property
    def has_lockfile(self) -> bool:
        """Whether its lock is ever written; False for what is resolved only to be installed at once."""

    @property
    def members(self) -> tuple[Name, ...]:
        """The projects that the lock has to know."""

    def inputs(self) -> tuple[Path, ...]:
        """The files that the lock rests on, and the lock itself: none may change while it is worked out."""

    def renewed(self, discovery: Discovery) -> "LockSubject":
        """The same subject, as its files say now."""

    def pythons(self, interpreter: Interpreter) -> RequiresPython:
        """The Pythons that the lock is for."""

    def python_warnings(self, interpreter: Interpreter) -> tuple[str, ...]:
        """What is to be said of the Pythons that it asks for."""

    async def dynamic_metadata(self, builder: MemberBuilder) -> Mapping[Name, Metadata]:
        """What build backends say of members whose requirements nobody else knows."""

    async def dynamic_versions(self, builder: MemberBuilder) -> Mapping[Name, Version]:
        """The versions that build backends give to the other members that leave them to these."""

    def pose(self, posing: Posing) -> Problem:
        """The problem."""

    def stating(self, settings: Settings) -> Stating:
        """Who states what holds for all builds: with which sources."""

    def logins(self) -> Mapping[str, str]:
        """Who we are to its repositories: see `find_logins`."""

    @property
    def tool_uv(self) -> ToolUv:
        """`[tool.uv]` of the whole."""


_NO_LOCK = ".hob-no-lock"
"""A file that is not there."""


def no_lockfile(folder: Path) -> Path:
    """Where the lock is of what is resolved in a folder and never locked: nowhere."""
    return folder / _NO_LOCK


def without_project(folder: Path, evidence: Evidence, tool_uv: ToolUv | None = None) -> "ScriptSubject":
    """Whatever is asked for in a folder, and is no project's.

    Args:
        tool_uv: settings that hold all the same.
    """
    script = Script(path=None) if tool_uv is None else Script(path=None, tool_uv=tool_uv)
    return ScriptSubject(script, script_workspace(script, folder, evidence), no_lockfile(folder))


def default_pythons(interpreter: Interpreter) -> RequiresPython:
    """What is meant where nobody says: the interpreter's minor version and all later ones."""
    return RequiresPython.at_least(Version(interpreter.minor))


class WorkspaceSubject(Struct, frozen=True):
    """A workspace."""

    workspace: Workspace

    @property
    def root(self) -> Path:
        """See `LockSubject`."""
        return self.workspace.root

    @property
    def lockfile(self) -> Path:
        """See `LockSubject`."""
        return self.workspace.lockfile

    @property
    def has_lockfile(self) -> bool:
        """See `LockSubject`."""
        return True

    @property
    def members(self) -> tuple[Name, ...]:
        """See `LockSubject`."""
        return tuple(member.name for member in self.workspace.members)

    def inputs(self) -> tuple[Path, ...]:
        """See `LockSubject`."""
        folders = {self.workspace.root, *(member.root for member in self.workspace.members)}
        return (self.lockfile, *(folder / PYPROJECT for folder in sorted(folders)))

    def renewed(self, discovery: Discovery) -> "WorkspaceSubject":
        """See `LockSubject`."""
        return WorkspaceSubject(replace(discover_workspace(self.workspace.root, discovery), current=self.workspace.current))

    def pythons(self, interpreter: Interpreter) -> RequiresPython:
        """See `LockSubject`."""
        return find_requires_python(self.workspace) or default_pythons(interpreter)

    def python_warnings(self, interpreter: Interpreter) -> tuple[str, ...]:
        """See `LockSubject`."""
        return python_warnings(find_requires_python(self.workspace), self.pythons(interpreter), interpreter.minor)

    async def dynamic_metadata(self, builder: MemberBuilder) -> Mapping[Name, Metadata]:
        """See `LockSubject`."""
        return {member.name: await builder.of_member(member) for member in self.workspace.members if needs_build(member.pyproject)}

    async def dynamic_versions(self, builder: MemberBuilder) -> Mapping[Name, Version]:
        """See `LockSubject`."""
        asked = [each for each in self.workspace.members if has_dynamic_version(each) and not needs_build(each.pyproject)]
        return {member.name: (await builder.of_member(member)).version for member in asked}

    def pose(self, posing: Posing) -> Problem:
        """See `LockSubject`."""
        return pose_workspace(self.workspace, posing)

    def stating(self, settings: Settings) -> Stating:
        """See `LockSubject`."""
        return stating_root(ground_of(self.workspace, settings))

    def logins(self) -> Mapping[str, str]:
        """See `LockSubject`."""
        return find_logins(self.workspace)

    @property
    def tool_uv(self) -> ToolUv:
        """See `LockSubject`."""
        return self.workspace.pyproject.tool_uv


class ScriptSubject(Struct, frozen=True):
    """A script; its workspace has no members and lies in its folder."""

    script: Script
    workspace: Workspace
    lockfile: Path
    has_metadata: bool = True
    """False for a file without a block: then nothing is missing in it."""

    @property
    def root(self) -> Path:
        """See `LockSubject`."""
        return self.workspace.root

    @property
    def has_lockfile(self) -> bool:
        """See `LockSubject`."""
        return True

    @property
    def members(self) -> tuple[Name, ...]:
        """See `LockSubject`."""
        return ()

    def inputs(self) -> tuple[Path, ...]:
        """See `LockSubject`."""
        return (self.lockfile,) if self.script.path is None else (self.lockfile, self.script.path)

    def renewed(self, discovery: Discovery) -> "ScriptSubject":
        """See `LockSubject`."""
        content = discovery.read(self.script.path) if self.script.path is not None else None
        read = None if content is None else parse_script_content(content, self.script.path)
        return self if read is None else replace(self, script=read.script)

    def pythons(self, interpreter: Interpreter) -> RequiresPython:
        """See `LockSubject`."""
        said = self.script.requires_python
        return default_pythons(interpreter) if said is None else RequiresPython.parse(said)

    def python_warnings(self, interpreter: Interpreter) -> tuple[str, ...]:
        """See `LockSubject`."""
        if not self.has_metadata:
            return ()
        pythons = self.pythons(interpreter)
        return python_warnings(None if self.script.requires_python is None else pythons, pythons, interpreter.minor)

    async def dynamic_metadata(self, builder: MemberBuilder) -> Mapping[Name, Metadata]:
        """See `LockSubject`."""
        return {}

    async def dynamic_versions(self, builder: MemberBuilder) -> Mapping[Name, Version]:
        """See `LockSubject`."""
        return {}

    def pose(self, posing: Posing) -> Problem:
        """See `LockSubject`."""
        return pose_script(self.script, self.workspace, posing)

    def stating(self, settings: Settings) -> Stating:
        """See `LockSubject`."""
        return stating_script(self.script, ground_of(self.workspace, settings))

    def logins(self) -> Mapping[str, str]:
        """See `LockSubject`."""
        return find_logins(self.workspace, self.script.dependencies or ())

    @property
    def tool_uv(self) -> ToolUv:
        """See `LockSubject`."""
        return self.script.tool_uv
