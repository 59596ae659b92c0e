"""What a `pyproject.toml` or a script says, and the workspace that projects form (features.md, sections 1, 2, 3, 6).

Workspace ── members ─→ Member ── pyproject ─→ Pyproject ── project ─→ ProjectTable
   └─ root, definition                            └─ tool_uv ─→ ToolUv ── sources ─→ SourceEntry
"""

from pathlib import Path
from typing import TypeAlias

from msgspec import Struct, field
from packaging.version import Version

from hobd.core.markers import TRUE, Marker
from hobd.core.vocab.index import Index
from hobd.core.vocab.names import Name


class ProjectTable(Struct, frozen=True, kw_only=True):
    """`[project]` (PEP 621), cut to what resolving and syncing need. Requirements stay text: a bad one means that the backend is asked."""

    name: Name
    version: Version | None
    """None where dynamic."""
    requires_python: str | None = None
    """Checked, as written."""
    dependencies: tuple[str, ...] | None = None
    """None where the key is missing."""
    optional_dependencies: tuple[tuple[Name, tuple[str, ...]], ...] = ()
    """In order of declaration."""
    dynamic: tuple[str, ...] = ()
    has_scripts: bool = False
    """Whether `scripts` or `gui-scripts` is there."""


class BuildSystem(Struct, frozen=True, kw_only=True):
    """`[build-system]` (PEP 518, PEP 517)."""

    requires: tuple[str, ...] = ()
    backend: str | None = None
    """None: the legacy setuptools backend."""
    backend_path: tuple[str, ...] = ()


class IncludeGroup(Struct, frozen=True):
    """`{ include-group = "name" }`."""

    name: Name


class UnknownGroupObject(Struct, frozen=True):
    """A table in a group that PEP 735 reserves for later: an error only when the groups are used."""

    items: tuple[tuple[str, str], ...]


GroupEntry: TypeAlias = str | IncludeGroup | UnknownGroupObject
"""One entry of a dependency group; a requirement stays text until the group is used."""


class _Applies(Struct, frozen=True, kw_only=True):
    marker: Marker = TRUE
    extra: Name | None = None
    group: Name | None = None


class GitEntry(_Applies, frozen=True, kw_only=True):
    """`{ git = … }`. At most one of `rev`, `tag` and `branch` is set."""

    git: str
    """Without `git+`."""
    subdirectory: str | None = None
    path: str | None = None
    rev: str | None = None
    tag: str | None = None
    branch: str | None = None
    lfs: bool | None = None


class UrlEntry(_Applies, frozen=True, kw_only=True):
    """`{ url = … }`."""

    url: str
    subdirectory: str | None = None


class PathEntry(_Applies, frozen=True, kw_only=True):
    """`{ path = … }`, relative to the file that says it."""

    path: str
    editable: bool | None = None
    package: bool | None = None


class IndexEntry(_Applies, frozen=True, kw_only=True):
    """`{ index = … }`."""

    index: str


class WorkspaceEntry(_Applies, frozen=True, kw_only=True):
    """`{ workspace = true }`, or the path of another workspace's root."""

    workspace: bool | str
    editable: bool | None = None


SourceEntry: TypeAlias = GitEntry | UrlEntry | PathEntry | IndexEntry | WorkspaceEntry
"""One entry of `[tool.uv.sources]`."""


class WorkspaceTable(Struct, frozen=True, kw_only=True):
    """`[tool.uv.workspace]`."""

    members: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


class ScopedTable(Struct, frozen=True, kw_only=True):
    """`{ package = { name, version }, dependencies = […] }` among overrides and exclusions."""

    package: Name
    version: str | None = None
    dependencies: tuple[str, ...] = ()


class ConflictTable(Struct, frozen=True, kw_only=True):
    """One item of a `conflicts` set; the package may be left to be the project itself."""

    package: Name | None = None
    extra: Name | None = None
    group: Name | None = None


class ToolUv(Struct, frozen=True, kw_only=True):
    """The keys of `[tool.uv]` that belong to the project, whatever becomes of its settings (CFG-4). Requirements are checked text."""

    sources: tuple[tuple[Name, tuple[SourceEntry, ...]], ...] = ()
    indexes: tuple[Index, ...] = ()
    workspace: WorkspaceTable | None = None
    managed: bool | None = None
    package: bool | None = None
    default_groups: tuple[Name, ...] | str | None = None
    """Names, or `all`; None where not said."""
    group_requires_python: tuple[tuple[Name, str], ...] = ()
    dev_dependencies: tuple[str, ...] | None = None
    overrides: tuple[str | ScopedTable, ...] = ()
    excludes: tuple[Name | ScopedTable, ...] = ()
    constraints: tuple[str, ...] = ()
    build_constraints: tuple[str, ...] = ()
    environments: tuple[Marker, ...] = ()
    required_environments: tuple[Marker, ...] = ()
    minimum_libc_version: str | None = None
    conflicts: tuple[tuple[ConflictTable, ...], ...] = ()

    def sources_of(self, name: Name) -> tuple[SourceEntry, ...] | None:
        """The entries for one package; None where there are none."""
        return next((entries for package, entries in self.sources if package == name), None)


class Pyproject(Struct, frozen=True, kw_only=True):
    """A `pyproject.toml`."""

    project: ProjectTable | None = None
    has_build_system: bool = False
    groups: tuple[tuple[Name, tuple[GroupEntry, ...]], ...] = ()
    """`[dependency-groups]`, sorted by name (PEP 735)."""
    tool_uv: ToolUv = field(default_factory=ToolUv)
    has_poetry_table: bool = False

    def is_package(self, *, needs_build_system: bool) -> bool:
        """Whether the project is built and installed, not only its dependencies (uv-lock.md 1.7)."""
        if self.tool_uv.package is not None:
            return self.tool_uv.package
        return self.has_build_system or not needs_build_system


class Script(Struct, frozen=True, kw_only=True):
    """A Python script with its inline metadata (PEP 723)."""

    path: Path | None
    """None where it came through standard input."""
    requires_python: str | None = None
    dependencies: tuple[str, ...] | None = None
    tool_uv: ToolUv = field(default_factory=ToolUv)


class Member(Struct, frozen=True, kw_only=True):
    """One project of a workspace."""

    root: Path
    """Absolute."""
    project: ProjectTable
    pyproject: Pyproject

    @property
    def name(self) -> Name:
        """The project's name."""
        return self.project.name


class LocalFact(Struct, frozen=True):
    """What the disk said about a path that a source or a requirement names."""

    is_folder: bool
    is_package: bool = True
    """For folders: whether its `pyproject.toml` lets it be built (`tool.uv.package`)."""
    exists: bool = True


class ForeignMember(Struct, frozen=True):
    """A member of another workspace."""

    name: Name
    root: Path
    is_package: bool


class Workspace(Struct, frozen=True, kw_only=True):
    """All projects that share one lockfile: often only one."""

    root: Path
    """Absolute; the lockfile and the environment lie in it."""
    pyproject: Pyproject
    """Of the root."""
    members: tuple[Member, ...]
    """Sorted by name; empty for a root without `[project]` and members."""
    current: Name | None = None
    """The member that was asked for by folder; None at a root without `[project]`."""
    is_explicit: bool = False
    """Whether a `[tool.uv.workspace]` table makes the root one."""
    required_members: tuple[tuple[Name, bool | None], ...] = ()
    """Members that some project depends on by `workspace = true`, and whether they must be editable; sorted by name."""
    local_facts: tuple[tuple[Path, LocalFact], ...] = ()
    """What was found at the paths that sources and requirements name; sorted by path."""
    other_workspaces: tuple[tuple[Path, Path | None, tuple[ForeignMember, ...]], ...] = ()
    """By path that `workspace = "path"` names: the root of the workspace there, and its members."""
    warnings: tuple[str, ...] = ()
    """Texts for standard error, each to be prefixed with `warning: `."""

    @property
    def lockfile(self) -> Path:
        """Where the lock is."""
        return self.root / "uv.lock"

    @property
    def has_root_project(self) -> bool:
        """Whether the root is a project itself."""
        return any(member.root == self.root for member in self.members)

    def find_member(self, name: Name) -> Member | None:
        """The member of that name."""
        return next((member for member in self.members if member.name == name), None)
