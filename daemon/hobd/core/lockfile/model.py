"""The lock as a value: what `uv.lock` says, parsed (uv-lock.md section 1).

Lock ── packages ─→ LockedPackage ── dependencies ─→ Edge (name, extras, marker)
  └─ manifest, options                └─ sdist, wheels ─→ LockedFile
"""

from msgspec import Struct, field
from packaging.version import Version

from hobd.core.markers import TRUE, Marker, RequiresPython
from hobd.core.vocab.digest import Digest
from hobd.core.vocab.names import Name
from hobd.core.vocab.requirement import ConflictItem, Requirement
from hobd.core.vocab.source import Source

LOCK_VERSION = 1
LOCK_REVISION = 5


class ExcludeNewer(Struct, frozen=True, kw_only=True):
    """A cut-off: an absolute time, or a span before the moment of resolving."""

    timestamp: str | None = None
    """RFC 3339 in UTC as the lock writes it, `2024-03-01T00:00:00Z`; None for a span."""
    span: str | None = None
    """ISO 8601 duration as the lock writes it, `P3W`."""


class Options(Struct, frozen=True, kw_only=True):
    """`[options]`: what the resolution was asked for, where it differs from the defaults (1.4)."""

    resolution_mode: str = "highest"
    prerelease_mode: str = "if-necessary"
    fork_strategy: str = "requires-python"
    minimum_libc_version: str | None = None
    exclude_newer: ExcludeNewer | None = None
    prerelease_package: tuple[tuple[Name, str], ...] = ()
    """Sorted by name."""
    exclude_newer_package: tuple[tuple[Name, ExcludeNewer | None], ...] = ()
    """Sorted by name; None: no cut-off for that package."""


class DependencyMetadata(Struct, frozen=True, kw_only=True):
    """One `[[tool.uv.dependency-metadata]]` entry, as the manifest records it (1.5)."""

    name: Name
    version: Version | None = None
    requires_dist: tuple[Requirement, ...] = ()
    requires_python: str | None = None
    provides_extras: tuple[Name, ...] | None = None


class ScopedRequirement(Struct, frozen=True, kw_only=True):
    """An override or exclusion that holds only for the requirements of one package."""

    package: Name
    version: str | None = None
    """A specifier, or None for every version."""
    dependencies: tuple[Requirement, ...] = ()


class Manifest(Struct, frozen=True, kw_only=True):
    """`[manifest]`: what was locked, where no package says it (1.5)."""

    members: tuple[Name, ...] = ()
    """Sorted; empty for a single project."""
    default_groups: tuple[str, ...] | str | None = None
    requirements: tuple[Requirement, ...] = ()
    constraints: tuple[Requirement, ...] = ()
    overrides: tuple[Requirement | ScopedRequirement, ...] = ()
    excludes: tuple[Name | ScopedRequirement, ...] = ()
    build_constraints: tuple[Requirement, ...] = ()
    dependency_groups: tuple[tuple[Name, tuple[Requirement, ...]], ...] = ()
    group_requires_python: tuple[tuple[Name, str], ...] = ()
    dependency_metadata: tuple[DependencyMetadata, ...] = ()


class LockedFile(Struct, frozen=True, kw_only=True):
    """One `sdist` or `wheels` entry (1.10)."""

    url: str | None = None
    path: str | None = None
    filename: str | None = None
    digest: Digest | None = None
    size: int | None = None
    upload_time: str | None = None
    """As the lock writes it: UTC, milliseconds at most, no trailing zeros."""

    @property
    def name(self) -> str:
        """The file's name: the last segment of what tells where it is."""
        told = self.filename if self.filename is not None else self.path
        return (told if told is not None else _unquoted(self.url or "")).rstrip("/").rpartition("/")[2]


class Edge(Struct, frozen=True, kw_only=True):
    """One entry of `dependencies`, of an extra or of a group (1.9)."""

    name: Name
    version: Version | None = None
    """The target's version; written only where the lock holds several packages of the name."""
    source: Source | None = None
    """The target's source; likewise."""
    extras: tuple[Name, ...] = ()
    """Sorted. The base package is meant too."""
    marker: Marker = TRUE
    """Simplified by the lock's requires-python."""


class PackageMetadata(Struct, frozen=True, kw_only=True):
    """`[package.metadata]`: what a source tree or direct archive said when it was locked (1.6)."""

    requires_dist: tuple[Requirement, ...] = ()
    provides_extras: tuple[Name, ...] = ()
    requires_dev: tuple[tuple[Name, tuple[Requirement, ...]], ...] = ()
    """Every group, sorted by name, includes flattened; also empty ones."""


class LockedPackage(Struct, frozen=True, kw_only=True):
    """One `[[package]]` (1.6)."""

    name: Name
    version: Version | None = None
    """None for a source tree whose version is dynamic."""
    source: Source
    default_groups: tuple[str, ...] | str | None = None
    """None: the plain default, `["dev"]`."""
    resolution_markers: tuple[Marker, ...] = ()
    dependencies: tuple[Edge, ...] = ()
    optional_dependencies: tuple[tuple[Name, tuple[Edge, ...]], ...] = ()
    dev_dependencies: tuple[tuple[Name, tuple[Edge, ...]], ...] = ()
    group_requires_python: tuple[tuple[Name, str], ...] = ()
    sdist: LockedFile | None = None
    wheels: tuple[LockedFile, ...] = ()
    metadata: PackageMetadata | None = None


class Lock(Struct, frozen=True, kw_only=True):
    """A whole lockfile. Packages are sorted by name, version and source."""

    version: int = LOCK_VERSION
    revision: int = LOCK_REVISION
    requires_python: RequiresPython
    resolution_markers: tuple[Marker, ...] = ()
    supported_markers: tuple[Marker, ...] = ()
    required_markers: tuple[Marker, ...] = ()
    conflicts: tuple[tuple[ConflictItem, ...], ...] = ()
    options: Options = field(default_factory=Options)
    manifest: Manifest = field(default_factory=Manifest)
    packages: tuple[LockedPackage, ...] = ()


def _unquoted(url: str) -> str:
    if "%" not in url:
        return url
    from urllib.parse import unquote

    return unquote(url)
