"""The settings of one request, composed of command line, environment, project, user and system (features.md, section 12)."""

from pathlib import Path

from msgspec import Struct, field

from hobd.core.lockfile.model import DependencyMetadata, ExcludeNewer
from hobd.core.vocab.index import IndexSettings, NetworkSettings, Refresh
from hobd.core.vocab.names import Name
from hobd.core.vocab.requirement import Requirement
from hobd.core.vocab.settings_layer import CacheBudget, ExtraBuildDependency, HobSettings, PipLayer


class Choice(Struct, frozen=True, kw_only=True):
    """All packages, some, or none: the form of `no-build`, `no-binary`, `no-sources`, `reinstall` and their kin."""

    everything: bool = False
    packages: frozenset[Name] = frozenset()
    spared: frozenset[Name] = frozenset()
    """Not meant by `everything`."""

    def has(self, name: Name) -> bool:
        """Whether the package is meant."""
        return name in self.packages or (self.everything and name not in self.spared)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is meant."""
        return not self.everything and not self.packages


NONE = Choice()


class Upgrade(Struct, frozen=True, kw_only=True):
    """Which locked versions are not to be preferred (`-U`, `-P`, `--upgrade-group`)."""

    everything: bool = False
    packages: frozenset[Name] = frozenset()
    groups: frozenset[Name] = frozenset()
    constraints: tuple[Requirement, ...] = ()
    """The specifiers that were given with `-P name==version`: they constrain the resolution."""

    @property
    def is_empty(self) -> bool:
        """Whether every locked version is preferred."""
        return not self.everything and not self.packages and not self.groups


class ResolverSettings(Struct, frozen=True, kw_only=True):
    """What decides a resolution beside the requirements."""

    resolution_mode: str = "highest"
    """`highest`, `lowest` or `lowest-direct`."""
    prerelease_mode: str = "if-necessary"
    """`disallow`, `allow`, `if-necessary` or `explicit`."""
    prerelease_package: tuple[tuple[Name, str], ...] = ()
    """Sorted by name."""
    fork_strategy: str = "requires-python"
    """`requires-python` or `fewest`."""
    exclude_newer: ExcludeNewer | None = None
    exclude_newer_package: tuple[tuple[Name, ExcludeNewer | None], ...] = ()
    """Sorted by name; None: no cut-off for that package."""
    dependency_metadata: tuple[DependencyMetadata, ...] = ()
    upgrade: Upgrade = field(default_factory=Upgrade)
    no_sources: Choice = NONE
    torch_backend: str | None = None

    @property
    def follows_the_clock(self) -> bool:
        """Whether a cut-off is a span: then what can be chosen changes as time goes by."""
        cutoffs = (self.exclude_newer, *(cutoff for _, cutoff in self.exclude_newer_package))
        return any(cutoff is not None and cutoff.span is not None for cutoff in cutoffs)


class InstallSettings(Struct, frozen=True, kw_only=True):
    """How distributions come into an environment."""

    link_mode: str = "clone"
    """`clone`, `copy`, `hardlink` or `symlink`."""
    compile_bytecode: bool = False
    compile_timeout_seconds: float | None = 60.0
    """None: without limit."""
    reinstall: Choice = NONE
    installer_metadata: bool = True
    """Whether `INSTALLER` and `REQUESTED` are written."""
    concurrent_installs: int | None = None
    """None: as many as there are processors."""


ConfigSettings = tuple[tuple[str, tuple[str, ...]], ...]
"""Key and values for a build backend, in order of key (PEP 517); a key with one value is given as a string."""


class BuildSettings(Struct, frozen=True, kw_only=True):
    """Whether and how distributions are built."""

    no_build: Choice = NONE
    no_binary: Choice = NONE
    no_isolation: Choice = NONE
    config_settings: ConfigSettings = ()
    config_settings_package: tuple[tuple[Name, ConfigSettings], ...] = ()
    extra_dependencies: tuple[tuple[Name, tuple[ExtraBuildDependency, ...]], ...] = ()
    extra_variables: tuple[tuple[Name, tuple[tuple[str, str], ...]], ...] = ()
    require_hashes: bool = False
    hide_output: bool = False
    git_lfs: bool = False
    concurrent_builds: int | None = None
    """None: as many as there are processors."""


class PythonSettings(Struct, frozen=True, kw_only=True):
    """Which interpreters may be used, and where they come from."""

    preference: str = "managed"
    """`only-managed`, `managed`, `system` or `only-system`."""
    downloads: str = "automatic"
    """`automatic`, `manual` or `never`."""
    request: str | None = None
    """As asked by `--python` or `UV_PYTHON`; None where neither asks."""
    install_mirror: str | None = None
    pypy_install_mirror: str | None = None
    graalpy_install_mirror: str | None = None
    pyodide_install_mirror: str | None = None
    downloads_json_url: str | None = None


class CacheSettings(Struct, frozen=True, kw_only=True):
    """Where downloaded and built things are kept."""

    folder: Path | None
    """None: a temporary folder that is removed after the request (`--no-cache`)."""
    refresh: Refresh = field(default_factory=Refresh)
    lock_timeout_seconds: float = 300.0
    budget: CacheBudget = field(default_factory=CacheBudget)
    surrounding: Path | None = None
    """uv's own cache folder, where hob's lies in one that was named."""
    is_temporary: bool = False
    """Whether the folder is gone after the request."""


class PublishSettings(Struct, frozen=True, kw_only=True):
    """Where and how distributions are uploaded."""

    publish_url: str | None = None
    check_url: str | None = None
    trusted_publishing: str = "automatic"
    """`automatic`, `always` or `never`."""
    upload_timeout_seconds: float = 900.0


class AuditSettings(Struct, frozen=True, kw_only=True):
    """`[tool.uv.audit]`."""

    malware_check: bool = False
    malware_check_url: str | None = None
    ignore: tuple[str, ...] = ()
    ignore_until_fixed: tuple[str, ...] = ()


class Settings(Struct, frozen=True, kw_only=True):
    """All settings of one request."""

    index: IndexSettings
    network: NetworkSettings = field(default_factory=NetworkSettings)
    resolver: ResolverSettings = field(default_factory=ResolverSettings)
    install: InstallSettings = field(default_factory=InstallSettings)
    build: BuildSettings = field(default_factory=BuildSettings)
    python: PythonSettings = field(default_factory=PythonSettings)
    cache: CacheSettings
    publish: PublishSettings = field(default_factory=PublishSettings)
    audit: AuditSettings = field(default_factory=AuditSettings)
    hob: HobSettings = field(default_factory=HobSettings)
    add_bounds: str | None = None
    """`lower`, `major`, `minor` or `exact`."""
    preview: frozenset[str] = frozenset()
    """Names of the preview features that are on; `*` for all."""
    pip: PipLayer | None = None
    """`[tool.uv.pip]`: what the pip interface adds and overrides."""
    configuration_warnings: tuple[str, ...] = ()
    """Texts for standard error, each to be prefixed with `warning: `; in order, each once."""

    def previews(self, feature: str) -> bool:
        """Whether a preview feature is on."""
        return feature in self.preview or "*" in self.preview
