"""What the command line says of settings, its own environment variables included: nothing is said by default."""

from typing import Any

from msgspec import Struct


class Options(Struct, frozen=True, kw_only=True):
    """Values as they were typed, by the names of the flags. None, or an empty tuple: not said."""

    index: tuple[str, ...] = ()
    """`[NAME=]URL`, a path, or the name of a configured index."""
    default_index: str | None = None
    index_url: str | None = None
    extra_index_url: tuple[str, ...] = ()
    find_links: tuple[str, ...] = ()
    no_index: bool | None = None
    index_strategy: str | None = None
    keyring_provider: str | None = None
    upgrade: bool | None = None
    upgrade_package: tuple[str, ...] = ()
    upgrade_group: tuple[str, ...] = ()
    resolution: str | None = None
    prerelease: str | None = None
    prerelease_package: tuple[str, ...] = ()
    """`NAME=MODE` each."""
    fork_strategy: str | None = None
    exclude_newer: str | None = None
    exclude_newer_package: tuple[str, ...] = ()
    """`NAME=CUT-OFF` each."""
    no_sources: bool | None = None
    no_sources_package: tuple[str, ...] = ()
    torch_backend: str | None = None
    no_build: bool | None = None
    no_build_package: tuple[str, ...] = ()
    no_binary: bool | None = None
    no_binary_package: tuple[str, ...] = ()
    require_build_hashes: bool | None = None
    config_settings: tuple[str, ...] = ()
    """`KEY=VALUE` each."""
    config_settings_package: tuple[str, ...] = ()
    """`NAME:KEY=VALUE` each."""
    no_build_isolation: bool | None = None
    no_build_isolation_package: tuple[str, ...] = ()
    reinstall: bool | None = None
    reinstall_package: tuple[str, ...] = ()
    link_mode: str | None = None
    compile_bytecode: bool | None = None
    refresh: bool | None = None
    refresh_package: tuple[str, ...] = ()
    offline: bool | None = None
    cache_dir: str | None = None
    no_cache: bool | None = None
    python: str | None = None
    managed_python: bool | None = None
    no_managed_python: bool | None = None
    python_preference: str | None = None
    python_downloads: bool | None = None
    system_certs: bool | None = None
    cert: str | None = None
    """`--cert`: a bundle of certificates in place of all others."""
    allow_insecure_host: tuple[str, ...] = ()
    preview: bool | None = None
    preview_features: tuple[str, ...] = ()
    no_installer_metadata: bool | None = None
    config_file: str | None = None
    no_config: bool | None = None
    publish_url: str | None = None
    check_url: str | None = None
    trusted_publishing: str | None = None
    bounds: str | None = None
    """`--bounds` of `add`."""


def options_of(*groups: object) -> Options:
    """Collect options from values that have attributes of these names: the first that says something counts.

    Switches may be any value that is true when it is on, so that it can tell where it comes from.
    """
    said: dict[str, Any] = {}
    for name, stated in Options.__annotations__.items():
        for group in groups:
            value = getattr(group, name, None)
            if value is None or value == ():
                continue
            said[name] = bool(value) if "bool" in str(stated) else value
            break
    return Options(**said)
