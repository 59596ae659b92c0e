"""What is to be resolved, as one frozen value (uv-lock.md 4.1): posed by `pose`, answered by `solve`."""

from msgspec import Struct, field
from packaging.version import Version

from hobd.core.lockfile.model import DependencyMetadata, Lock, Manifest, Options, ScopedRequirement
from hobd.core.markers import Marker, RequiresPython
from hobd.core.resolver.target import Target
from hobd.core.vocab.names import Name
from hobd.core.vocab.requirement import ConflictItem, Requirement
from hobd.core.vocab.settings import NONE, Choice
from hobd.core.vocab.source import LocalTree


class RootProject(Struct, frozen=True, kw_only=True):
    """A workspace member, with requirements lowered by sources (4.9) and groups flattened."""

    name: Name
    version: Version | None
    """None where dynamic."""
    built_version: Version | None = None
    """What the build backend says of a dynamic one; None where it was not asked."""
    source: LocalTree
    requires_dist: tuple[Requirement, ...]
    """Including those of extras, with `extra == 'x'` in the marker."""
    provides_extras: tuple[Name, ...]
    groups: tuple[tuple[Name, tuple[Requirement, ...]], ...]
    """Sorted by name, includes flattened, group requires-python in the markers."""
    requires_python: str | None = None
    default_groups: tuple[str, ...] | str | None = None
    """For the lock: None for the plain default, `["dev"]`."""
    group_requires_python: tuple[tuple[Name, str], ...] = ()
    """For the lock: sorted by name."""


class Cutoff(Struct, frozen=True, kw_only=True):
    """Files uploaded at or after this moment do not exist (RFC 3339, UTC); None: no cut-off."""

    before: str | None


class Preference(Struct, frozen=True, kw_only=True):
    """A version that was chosen before: taken again where it fits (4.4)."""

    version: Version
    index: str | None
    markers: tuple[Marker, ...] = ()
    """The forks that it was chosen for."""


class SearchedIndex(Struct, frozen=True):
    """An index in which names are looked for."""

    named: str
    """As a lock names it."""
    shown: str
    """Its address without credentials; of a folder, its `file:` URL."""


class Problem(Struct, frozen=True, kw_only=True):
    """Everything that decides a resolution but the indexes' content."""

    roots: tuple[RootProject, ...]
    """Workspace members, sorted by name."""
    requirements: tuple[Requirement, ...] = ()
    """Of a script, or given directly."""
    asked: Name | None = None
    """The one of them that no project states: somebody asks what if; for explanations only."""
    dependency_groups: tuple[tuple[Name, tuple[Requirement, ...]], ...] = ()
    """Of a root without `[project]`."""
    requires_python: RequiresPython
    constraints: tuple[Requirement, ...] = ()
    overrides: tuple[Requirement | ScopedRequirement, ...] = ()
    excludes: tuple[Name | ScopedRequirement, ...] = ()
    dependency_metadata: tuple[DependencyMetadata, ...] = ()
    conflicts: tuple[tuple[ConflictItem, ...], ...] = ()
    environments: tuple[Marker, ...] = ()
    required_environments: tuple[Marker, ...] = ()
    resolution_mode: str = "highest"
    """`highest`, `lowest` or `lowest-direct`."""
    prerelease_mode: str = "if-necessary"
    """`disallow`, `allow`, `if-necessary` or `explicit`."""
    prerelease_package: tuple[tuple[Name, str], ...] = ()
    fork_strategy: str = "requires-python"
    """`requires-python` or `fewest`."""
    cutoff: Cutoff = field(default_factory=lambda: Cutoff(before=None))
    cutoff_package: tuple[tuple[Name, Cutoff], ...] = ()
    no_build: Choice = NONE
    """Packages that may not be built."""
    no_binary: Choice = NONE
    """Packages whose wheels may not be used."""
    preferences: tuple[tuple[Name, tuple[Preference, ...]], ...] = ()
    """From the old lock, upgraded names left out; sorted by name."""
    initial_forks: tuple[Marker, ...] | None = None
    """The old lock's `resolution-markers` where they are used again, instead of the environments even where it has none; else None."""
    previous: Lock | None = None
    """Hashes of packages that stay at the same version are taken from it where the index gives none."""
    installed_python: Version | None = None
    """The interpreter that was found; used in explanations only."""
    current_environment: tuple[tuple[str, str], ...] | None = None
    """Its marker values by PEP 508 name; likewise."""
    target: Target | None = None
    """The one environment that is solved for; None: all of them. `requires_python` is then its Python and all later ones."""
    follows_dependencies: bool = True
    """False: only what is asked for directly is chosen (`--no-deps`)."""
    searched_indexes: tuple[SearchedIndex, ...] = ()
    """Those of which only the first that knows a name counts, in order of search; for hints only."""
    folder: str = ""
    """Absolute, of the lock: for paths in messages only."""
    options: Options = field(default_factory=Options)
    """What the lock records of how it was resolved."""
    manifest: Manifest = field(default_factory=Manifest)
    """What the lock records of what was asked for."""
