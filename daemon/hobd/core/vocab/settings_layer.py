"""What one source of settings says: a file, the environment, or the command line. Layers are combined, highest first.

command line & environment ┐
project                    ├─ combine ─→ one Layer ─→ Settings
user, system               ┘
"""

from typing import TypeVar

from msgspec import Struct

from hobd.core.lockfile.model import DependencyMetadata
from hobd.core.vocab.index import Index
from hobd.core.vocab.names import Name

Pairs = tuple[tuple[Name, str], ...]
ConfigPairs = tuple[tuple[str, str | tuple[str, ...]], ...]


class ExtraBuildDependency(Struct, frozen=True, kw_only=True):
    """One requirement that is added to a package's build environment."""

    requirement: str
    """PEP 508 text as it was written."""
    match_runtime: bool = False
    """Whether the version of the resolution is to be used."""


class HobSettings(Struct, frozen=True, kw_only=True):
    """`[tool.hob]`: what hob can do beyond uv. A uv user of the same project notices nothing of it."""

    portable_lock: bool = False
    strict_wheels: bool = False
    cache_budget_bytes: int | None = None
    cache_budget_inodes: int | None = None
    generations: int | None = None
    background_bytecode: bool = True
    """Whether modules are compiled while nobody waits, and installed with what was compiled."""


class CacheBudget(Struct, frozen=True, kw_only=True):
    """How large a cache may be."""

    size_bytes: int | None = None
    """Of the disk; None: without limit."""
    inodes: int | None = None
    """Files and folders; None: without limit."""

    def over(self, lower: "CacheBudget") -> "CacheBudget":
        """This budget where it says something, else the lower one."""
        return CacheBudget(
            size_bytes=lower.size_bytes if self.size_bytes is None else self.size_bytes,
            inodes=lower.inodes if self.inodes is None else self.inodes,
        )


class Tuning(Struct, frozen=True, kw_only=True):
    """The keys that `[tool.uv]` and `[tool.uv.pip]` share. None: not said. Tuples of layers are joined, the higher first."""

    index: tuple[Index, ...] | None = None
    index_url: Index | None = None
    extra_index_url: tuple[Index, ...] | None = None
    no_index: bool | None = None
    find_links: tuple[Index, ...] | None = None
    index_strategy: str | None = None
    keyring_provider: str | None = None
    no_build: bool | None = None
    no_build_isolation: bool | None = None
    no_build_isolation_package: tuple[Name, ...] | None = None
    require_build_hashes: bool | None = None
    extra_build_dependencies: tuple[tuple[Name, tuple[ExtraBuildDependency, ...]], ...] | None = None
    extra_build_variables: tuple[tuple[Name, tuple[tuple[str, str], ...]], ...] | None = None
    resolution: str | None = None
    prerelease: str | None = None
    fork_strategy: str | None = None
    dependency_metadata: tuple[DependencyMetadata, ...] | None = None
    config_settings: ConfigPairs | None = None
    config_settings_package: tuple[tuple[Name, ConfigPairs], ...] | None = None
    exclude_newer: str | None = None
    """As written, or `false`."""
    exclude_newer_package: Pairs | None = None
    link_mode: str | None = None
    compile_bytecode: bool | None = None
    no_sources: bool | None = None
    no_sources_package: tuple[Name, ...] | None = None
    upgrade: bool | None = None
    upgrade_package: tuple[str, ...] | None = None
    reinstall: bool | None = None
    reinstall_package: tuple[Name, ...] | None = None
    torch_backend: str | None = None


class PipLayer(Tuning, frozen=True, kw_only=True):
    """`[tool.uv.pip]`: settings of the pip interface alone."""

    python: str | None = None
    system: bool | None = None
    break_system_packages: bool | None = None
    target: str | None = None
    prefix: str | None = None
    no_binary: tuple[str, ...] | None = None
    only_binary: tuple[str, ...] | None = None
    strict: bool | None = None
    extra: tuple[Name, ...] | None = None
    all_extras: bool | None = None
    no_extra: tuple[Name, ...] | None = None
    no_deps: bool | None = None
    group: tuple[str, ...] | None = None
    allow_empty_requirements: bool | None = None
    output_file: str | None = None
    no_strip_extras: bool | None = None
    no_strip_markers: bool | None = None
    no_annotate: bool | None = None
    no_header: bool | None = None
    custom_compile_command: str | None = None
    generate_hashes: bool | None = None
    python_version: str | None = None
    python_platform: str | None = None
    universal: bool | None = None
    no_emit_package: tuple[Name, ...] | None = None
    emit_index_url: bool | None = None
    emit_find_links: bool | None = None
    emit_build_options: bool | None = None
    emit_marker_expression: bool | None = None
    emit_index_annotation: bool | None = None
    annotation_style: str | None = None
    require_hashes: bool | None = None
    verify_hashes: bool | None = None


class Layer(Tuning, frozen=True, kw_only=True):
    """`[tool.uv]` or a `uv.toml`, and `[tool.hob]` beside it."""

    required_version: str | None = None
    system_certs: bool | None = None
    native_tls: bool | None = None
    offline: bool | None = None
    no_cache: bool | None = None
    cache_dir: str | None = None
    preview: bool | None = None
    preview_features: tuple[str, ...] | None = None
    """`*` for all of them."""
    python_preference: str | None = None
    python_downloads: str | None = None
    concurrent_downloads: int | None = None
    concurrent_builds: int | None = None
    concurrent_installs: int | None = None
    http_proxy: str | None = None
    https_proxy: str | None = None
    no_proxy: tuple[str, ...] | None = None
    allow_insecure_host: tuple[str, ...] | None = None
    prerelease_package: Pairs | None = None
    no_build_package: tuple[Name, ...] | None = None
    no_binary: bool | None = None
    no_binary_package: tuple[Name, ...] | None = None
    python_install_mirror: str | None = None
    pypy_install_mirror: str | None = None
    graalpy_install_mirror: str | None = None
    pyodide_install_mirror: str | None = None
    python_downloads_json_url: str | None = None
    publish_url: str | None = None
    trusted_publishing: str | None = None
    check_url: str | None = None
    add_bounds: str | None = None
    malware_check: bool | None = None
    malware_check_url: str | None = None
    audit_ignore: tuple[str, ...] | None = None
    audit_ignore_until_fixed: tuple[str, ...] | None = None
    pip: PipLayer | None = None
    hob: HobSettings | None = None
    cache_budget: CacheBudget | None = None
    """Of a `hob.toml`: the user's, or the machine's."""


NOTHING = Layer()
"""The layer that says nothing."""

TuningT = TypeVar("TuningT", Layer, PipLayer)


def combine(higher: TuningT, lower: TuningT) -> TuningT:
    """Both layers as one: single values of the higher win, tuples are joined with the higher's part first (CFG-3)."""
    joined = {}
    for name in higher.__struct_fields__:
        ours, theirs = getattr(higher, name), getattr(lower, name)
        if ours is None or theirs is None:
            joined[name] = theirs if ours is None else ours
        elif isinstance(ours, tuple):
            joined[name] = ours + theirs
        elif isinstance(ours, PipLayer):
            joined[name] = combine(ours, theirs)
        elif isinstance(ours, CacheBudget):
            joined[name] = ours.over(theirs)
        else:
            joined[name] = ours
    return type(higher)(**joined)
