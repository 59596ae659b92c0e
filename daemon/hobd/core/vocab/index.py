"""A package index as it is configured, and how the network is to be used."""

from msgspec import Struct

from hobd.core.vocab.names import Name


class Index(Struct, frozen=True, kw_only=True):
    """One configured index (features.md, section 4)."""

    url: str
    """As configured, with credentials if it has any; a `file:` URL or an absolute path for a local folder."""
    name: str | None = None
    is_default: bool = False
    is_explicit: bool = False
    is_flat: bool = False
    """A page or folder of links (`format = "flat"`, `find-links`), not one page a project."""
    authenticate: str = "auto"
    """`auto`, `always` or `never`."""
    ignore_error_codes: tuple[int, ...] | None = None
    cache_control_api: str | None = None
    cache_control_files: str | None = None
    exclude_newer: str | None = None
    hash_algorithm: str | None = None
    publish_url: str | None = None
    origin: str = "project"
    """Who configured it: `cli`, `env`, `project`, `user`, `system`, or `built-in` for the default index."""
    relative_to: str | None = None
    """Lock-relative text of a local index, where the lock writes a path."""


class IndexSettings(Struct, frozen=True, kw_only=True):
    """Which indexes are asked, in which order, and how."""

    indexes: tuple[Index, ...]
    """In order of search; the default index last; explicit ones included."""
    strategy: str = "first-index"
    """`first-index`, `unsafe-first-match` or `unsafe-best-match`."""
    no_index: bool = False
    find_links: tuple[Index, ...] = ()
    """Flat locations, merged into every index's list."""
    keyring_provider: str = "disabled"


class NetworkSettings(Struct, frozen=True, kw_only=True):
    """How to reach the network: from the request's environment and settings, never the daemon's own."""

    offline: bool = False
    connect_timeout_seconds: float = 10.0
    read_timeout_seconds: float = 30.0
    retries: int = 3
    concurrent_downloads: int = 50
    http_proxy: str | None = None
    https_proxy: str | None = None
    all_proxy: str | None = None
    no_proxy: str | None = None
    ca_file: str | None = None
    ca_folder: str | None = None
    client_cert: str | None = None
    system_certs: bool = False
    insecure_hosts: tuple[str, ...] = ()
    netrc: str | None = None
    """Path of the netrc file, or None for the home's."""
    home: str | None = None
    credentials: tuple[tuple[str, str, str], ...] = ()
    """(index name, user, password) from `UV_INDEX_<NAME>_USERNAME` and `_PASSWORD`."""
    credentials_folder: str | None = None


class Refresh(Struct, frozen=True, kw_only=True):
    """What is to be asked again although the cache has it."""

    everything: bool = False
    packages: frozenset[Name] = frozenset()
