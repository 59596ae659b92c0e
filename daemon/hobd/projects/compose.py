"""Layers to settings: defaults, packages against everything, and what only the environment says."""

from collections.abc import Callable, Iterable, Iterator
from datetime import tzinfo
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from hobd.core.formats.byte_size import EXPECTED, parse_size
from hobd.core.formats.exclude_newer import parse_exclude_newer
from hobd.core.formats.requirement import parse_requirement
from hobd.core.lockfile.model import ExcludeNewer
from hobd.core.vocab.environ import Environ
from hobd.core.vocab.index import Index, IndexSettings, NetworkSettings, Refresh
from hobd.core.vocab.names import Name, normalize
from hobd.core.vocab.settings import (
    AuditSettings,
    BuildSettings,
    CacheSettings,
    Choice,
    ConfigSettings,
    InstallSettings,
    PublishSettings,
    PythonSettings,
    ResolverSettings,
    Settings,
    Upgrade,
)
from hobd.core.vocab.settings_layer import CacheBudget, ConfigPairs, ExtraBuildDependency, HobSettings, Layer, combine
from hobd.errors import RequestError
from hobd.projects.config_files import cache_folder, home_folder, user_data_folder
from hobd.projects.files import absolute
from hobd.projects.options import Options
from hobd.projects.preview_features import unknown_features

_DOWNLOADS = {"auto": "automatic", "true": "automatic", "manual": "manual", "never": "never", "false": "never"}
_DEPRECATED_PRERELEASE = (
    "The `if-necessary-or-explicit` pre-release mode is deprecated and will be removed in a future release. Use `if-necessary` instead."
)
_DEPRECATED_TLS = "The `native-tls` setting is deprecated and will be removed in a future release. Use `system-certs` instead."


class Composer(Struct, kw_only=True):
    """Composes the settings of one request, and gathers what is to be said of them."""

    options: Options
    line: Layer
    files: Layer
    environ: Environ
    cwd: Path
    zone: tzinfo
    default_index: Callable[[], str]
    warnings: list[str]
    is_pip: bool = False
    """Whether every index of the command line goes before those of files, even `--index-url`, as pip's commands have it."""

    def settings(self) -> Settings:
        """The settings.

        Raises:
            RequestError: a variable has a value that cannot be meant.
        """
        both = combine(self.line, self.files)
        index = self._index(both)
        return Settings(
            index=index,
            network=self._network(both, index),
            resolver=self._resolver(both),
            install=self._install(both),
            build=self._build(both),
            python=self._python(both),
            cache=self._cache(both),
            publish=self._publish(both),
            audit=self._audit(both),
            hob=both.hob or HobSettings(),
            add_bounds=both.add_bounds,
            preview=self._preview(),
            pip=both.pip,
            configuration_warnings=tuple(dict.fromkeys(self.warnings)),
        )

    def _index(self, both: Layer) -> IndexSettings:
        links = tuple(replace(index, is_flat=True) for index in both.find_links or ())
        return IndexSettings(
            indexes=() if both.no_index else self._ordered(both),
            strategy=both.index_strategy or "first-index",
            no_index=bool(both.no_index),
            find_links=links,
            keyring_provider=both.keyring_provider or "disabled",
        )

    def _ordered(self, both: Layer) -> tuple[Index, ...]:
        """In order of search: of one name the first, of one address the first, the default last."""
        layers = (self.line, self.files) if self.is_pip else (both,)
        named: set[str] = set()
        found: list[Index] = []
        for index in (index for layer in layers for index in _listed(layer)):
            if index.name is None or index.name not in named:
                named.add(index.name or "")
                found.append(index)
        default = next((index for index in found if index.is_default), None)
        if default is None and not both.no_index:  # knowing the address costs an import: only who may ask it pays
            default = Index(url=self.default_index(), is_default=True, origin="built-in")
        ordered = [*(index for index in found if not index.is_default), *filter(None, (default,))]
        first_at = {index.url: index for index in reversed(ordered) if not index.is_explicit}
        kept = (index for index in ordered if index.is_explicit or first_at[index.url] is index)
        return tuple(_also_default(index, default) for index in kept)

    def _network(self, both: Layer, index: IndexSettings) -> NetworkSettings:
        environ = self.environ
        read_timeout = next(filter(None, map(self._number, ("UV_HTTP_TIMEOUT", "UV_REQUEST_TIMEOUT", "HTTP_TIMEOUT"))), None)
        retries = self._number("UV_HTTP_RETRIES")
        return NetworkSettings(
            offline=bool(self.files.offline if self.options.offline is None else self.options.offline),
            connect_timeout_seconds=float(self._number("UV_HTTP_CONNECT_TIMEOUT") or 10),
            read_timeout_seconds=float(read_timeout or 30),
            retries=3 if retries is None else retries,
            concurrent_downloads=self._number("UV_CONCURRENT_DOWNLOADS") or self.files.concurrent_downloads or 50,
            http_proxy=both.http_proxy or self._either_case("HTTP_PROXY"),
            https_proxy=both.https_proxy or self._either_case("HTTPS_PROXY"),
            all_proxy=self._either_case("ALL_PROXY"),
            no_proxy=",".join(both.no_proxy) if both.no_proxy is not None else self._either_case("NO_PROXY"),
            ca_file=self._located(self.options.cert or environ.get("SSL_CERT_FILE")),
            ca_folder=None if self.options.cert else environ.get("SSL_CERT_DIR") or None,
            client_cert=environ.get("SSL_CLIENT_CERT") or None,
            system_certs=self._system_certs(),
            insecure_hosts=both.allow_insecure_host or (),
            netrc=environ.get("NETRC") or None,
            home=None if (home := home_folder(environ)) is None else str(home),
            credentials=self._credentials(index.indexes),
            credentials_folder=self._credentials_folder(),
        )

    def _located(self, path: str | None) -> str | None:
        return str(self.cwd / path) if path else None

    def _system_certs(self) -> bool:
        if self.files.native_tls is not None:
            self.warnings.append(_DEPRECATED_TLS)
        if self.options.system_certs is not None:
            return self.options.system_certs
        return bool(self.files.native_tls if self.files.system_certs is None else self.files.system_certs)

    def _either_case(self, name: str) -> str | None:
        return self.environ.get(name) or self.environ.get(name.lower()) or None

    def _credentials(self, indexes: Iterable[Index]) -> tuple[tuple[str, str, str], ...]:
        """`UV_INDEX_<NAME>_USERNAME` and `_PASSWORD`; the name in capitals, all else than letters and digits as `_`."""
        said = self.environ.with_prefix("UV_INDEX_")
        found = []
        for index in indexes:
            if index.name is None:
                continue
            stem = "UV_INDEX_" + "".join(letter if letter.isalnum() else "_" for letter in index.name.upper())
            user, password = said.get(f"{stem}_USERNAME"), said.get(f"{stem}_PASSWORD")
            if user is not None or password is not None:
                found.append((index.name, user or "", password or ""))
        return tuple(found)

    def _credentials_folder(self) -> str | None:
        said = self.environ.get("UV_CREDENTIALS_DIR")
        data = user_data_folder(self.environ)
        return said or (str(data / "uv" / "credentials") if data is not None else None)

    def _number(self, name: str) -> int | None:
        """A whole number of the environment; None where it is not set or empty."""
        said = self.environ.get(name)
        if not said:
            return None
        if not (said.isascii() and said.removeprefix("+").isdigit()):
            raise RequestError(f"Failed to parse environment variable `{name}` with invalid value `{said}`: invalid digit found in string")
        return int(said)

    def _resolver(self, both: Layer) -> ResolverSettings:
        return ResolverSettings(
            resolution_mode=both.resolution or "highest",
            prerelease_mode=self._prerelease(both.prerelease or "if-necessary"),
            prerelease_package=tuple((name, self._prerelease(mode)) for name, mode in _first_of_each(both.prerelease_package)),
            fork_strategy=both.fork_strategy or "requires-python",
            exclude_newer=self._cutoff(both.exclude_newer) if both.exclude_newer is not None else None,
            exclude_newer_package=tuple((name, self._cutoff(text)) for name, text in _first_of_each(both.exclude_newer_package)),
            dependency_metadata=both.dependency_metadata or (),
            upgrade=self._upgrade(),
            no_sources=_plain_choice(both.no_sources, both.no_sources_package),
            torch_backend=both.torch_backend,
        )

    def _prerelease(self, mode: str) -> str:
        if mode == "if-necessary-or-explicit":
            self.warnings.append(_DEPRECATED_PRERELEASE)
            return "if-necessary"
        return mode

    def _cutoff(self, text: str) -> ExcludeNewer | None:
        return parse_exclude_newer(text, self.zone)

    def _upgrade(self) -> Upgrade:
        """The command line's wish, with that of files: `-U` and `--no-upgrade` go before packages that files name."""
        requirements = [parse_requirement(text) for text in (*(self.line.upgrade_package or ()), *(self.files.upgrade_package or ()))]
        line_names = {parse_requirement(text).name for text in self.line.upgrade_package or ()}
        groups = frozenset(normalize(group) for group in self.options.upgrade_group)
        says_no = self.line.upgrade is False and not line_names and not groups
        constraints = tuple(each for each in requirements if each.source is not None or len(each.specifier))
        if says_no:
            return Upgrade(constraints=constraints)
        is_silent = self.line.upgrade is None and not line_names and not groups
        everything = self.line.upgrade is True or bool(self.files.upgrade)
        if is_silent and self.files.upgrade is False and not self.files.upgrade_package:
            everything = False
        packages = frozenset(each.name for each in requirements)
        return Upgrade(everything=everything, packages=packages, groups=groups, constraints=constraints)

    def _install(self, both: Layer) -> InstallSettings:
        timeout = self._number("UV_COMPILE_BYTECODE_TIMEOUT")
        return InstallSettings(
            link_mode=both.link_mode or "clone",
            compile_bytecode=bool(both.compile_bytecode),
            compile_timeout_seconds=60.0 if timeout is None else float(timeout) or None,
            reinstall=self._choice("reinstall", "reinstall_package"),
            installer_metadata=not self.options.no_installer_metadata,
            concurrent_installs=self._number("UV_CONCURRENT_INSTALLS") or self.files.concurrent_installs,
        )

    def _choice(self, switch: str, packages: str) -> Choice:
        """A switch with packages, of the line and then of files: a switch silences packages below it, packages do not silence a switch."""
        said: bool | None = getattr(self.line, switch)
        if said is not None:
            return Choice(everything=said)
        below: bool | None = getattr(self.files, switch)
        ours = frozenset(getattr(self.line, packages) or ())
        if below is not None:
            return Choice(everything=below, packages=frozenset() if below else ours)
        return Choice(packages=ours | frozenset(getattr(self.files, packages) or ()))

    def _build(self, both: Layer) -> BuildSettings:
        no_build, no_binary = _plain_choice(both.no_build, both.no_build_package), _plain_choice(both.no_binary, both.no_binary_package)
        return BuildSettings(
            no_build=replace(no_build, spared=no_binary.packages),  # whose wheels may not be used has to be built
            no_binary=replace(no_binary, spared=no_build.packages),
            no_isolation=self._choice("no_build_isolation", "no_build_isolation_package"),
            config_settings=_config(both.config_settings or ()),
            config_settings_package=_config_by_package(both.config_settings_package or ()),
            extra_dependencies=_joined(both.extra_build_dependencies or ()),
            extra_variables=_variables(both.extra_build_variables or ()),
            require_hashes=bool(both.require_build_hashes),
            hide_output=self._flag("UV_HIDE_BUILD_OUTPUT"),
            git_lfs=self._flag("UV_GIT_LFS"),
            concurrent_builds=self._number("UV_CONCURRENT_BUILDS") or self.files.concurrent_builds,
        )

    def _flag(self, name: str) -> bool:
        return (self.environ.get(name) or "").lower() in ("1", "true", "yes", "on", "t", "y")

    def _python(self, both: Layer) -> PythonSettings:
        environ, files = self.environ, self.files
        return PythonSettings(
            preference=self._python_preference(),
            downloads=self._python_downloads(),
            request=self.options.python or None,  # an empty variable asks for nothing
            install_mirror=environ.get("UV_PYTHON_INSTALL_MIRROR") or files.python_install_mirror,
            pypy_install_mirror=environ.get("UV_PYPY_INSTALL_MIRROR") or files.pypy_install_mirror,
            graalpy_install_mirror=environ.get("UV_GRAALPY_INSTALL_MIRROR") or files.graalpy_install_mirror,
            pyodide_install_mirror=environ.get("UV_PYODIDE_INSTALL_MIRROR") or files.pyodide_install_mirror,
            downloads_json_url=environ.get("UV_PYTHON_DOWNLOADS_JSON_URL") or both.python_downloads_json_url,
        )

    def _python_preference(self) -> str:
        if self.options.managed_python:
            return "only-managed"
        if self.options.no_managed_python:
            return "only-system"
        return self.options.python_preference or self.files.python_preference or "managed"

    def _python_downloads(self) -> str:
        if self.options.python_downloads is not None:
            return "automatic" if self.options.python_downloads else "never"
        said = self.environ.get("UV_PYTHON_DOWNLOADS")
        if said is not None:
            if said not in _DOWNLOADS:
                raise RequestError(
                    "invalid value for UV_PYTHON_DOWNLOADS, expected one of 'auto', 'true', 'manual', 'never', or 'false'", code=1
                )
            return _DOWNLOADS[said]
        return self.files.python_downloads or "automatic"

    def _cache(self, both: Layer) -> CacheSettings:
        is_off = self.options.no_cache or self.files.no_cache
        said = self.options.cache_dir or self.files.cache_dir
        refreshed = frozenset(normalize(name) for name in self.options.refresh_package)
        everything = bool(self.options.refresh)
        folder = None if is_off else cache_folder(said, self.environ, self.cwd)
        named = None if said is None else absolute(Path(said), self.cwd)
        return CacheSettings(
            folder=folder,
            surrounding=named if folder is not None and named == folder.parent else None,
            refresh=Refresh(everything=everything, packages=frozenset() if self.options.refresh is not None else refreshed),
            lock_timeout_seconds=self._lock_timeout(),
            budget=self._budget(both),
        )

    def _budget(self, both: Layer) -> CacheBudget:
        """The user's word goes before the project's: the cache is the user's, and serves all projects. 0 of a variable: without limit."""
        own = both.hob or HobSettings()
        said = CacheBudget(size_bytes=self._size("HOB_CACHE_BUDGET"), inodes=self._number("HOB_CACHE_BUDGET_INODES"))
        of_project = CacheBudget(size_bytes=own.cache_budget_bytes, inodes=own.cache_budget_inodes)
        found = said.over(both.cache_budget or CacheBudget()).over(of_project)
        return CacheBudget(size_bytes=found.size_bytes or None, inodes=found.inodes or None)

    def _size(self, name: str) -> int | None:
        """A size of the environment, in bytes; None where it is not set or empty."""
        said = self.environ.get(name)
        try:
            return parse_size(said) if said else None
        except ValueError as error:
            raise RequestError(f"Failed to parse environment variable `{name}` with invalid value `{said}`: {EXPECTED}") from error

    def _lock_timeout(self) -> float:
        try:
            return float(self.environ.get("UV_LOCK_TIMEOUT") or 300)
        except ValueError:
            return 300.0  # uv ignores what it cannot read here

    def _publish(self, both: Layer) -> PublishSettings:
        timeout = self._number("UV_UPLOAD_HTTP_TIMEOUT")
        return PublishSettings(
            publish_url=both.publish_url,
            check_url=both.check_url,
            trusted_publishing=both.trusted_publishing or "automatic",
            upload_timeout_seconds=float(timeout or self._number("UV_HTTP_TIMEOUT") or 900),
        )

    def _audit(self, both: Layer) -> AuditSettings:
        said = self.environ.get("UV_MALWARE_CHECK")
        return AuditSettings(
            malware_check=self._flag("UV_MALWARE_CHECK") if said else bool(both.malware_check),
            malware_check_url=self.environ.get("UV_MALWARE_CHECK_URL") or both.malware_check_url,
            ignore=both.audit_ignore or (),
            ignore_until_fixed=both.audit_ignore_until_fixed or (),
        )

    def _preview(self) -> frozenset[str]:
        if self.options.preview is not None:
            return frozenset({"*"}) if self.options.preview else frozenset()
        configured = self.files.preview_features or ()
        if self.files.preview or "*" in configured:
            return frozenset({"*"})
        chosen = self.options.preview_features or configured
        self.warnings += [f"Unknown preview feature: `{name}`" for name in unknown_features(chosen)]
        return frozenset(chosen)


def _also_default(index: Index, default: Index | None) -> Index:
    """An index of the files; the default one too where the command line gives its address for that: `add` writes it down so."""
    if default is None or default.origin != "cli" or index.origin == "cli" or index.is_explicit or index.url != default.url:
        return index
    return replace(index, is_default=True)


def _listed(layer: Layer) -> Iterator[Index]:
    """The indexes of a layer, the one of `index-url` last."""
    yield from layer.index or ()
    yield from layer.extra_index_url or ()
    if layer.index_url is not None:
        yield replace(layer.index_url, is_default=True)


def _plain_choice(said: bool | None, packages: tuple[Name, ...] | None) -> Choice:
    return Choice(everything=said) if said is not None else Choice(packages=frozenset(packages or ()))


def _first_of_each(pairs: tuple[tuple[Name, str], ...] | None) -> list[tuple[Name, str]]:
    """The pairs of the highest layer for each name, sorted."""
    return sorted(dict(reversed(pairs or ())).items())


def _config(pairs: ConfigPairs) -> ConfigSettings:
    """All values of each key: those of higher layers first, the keys sorted."""
    found: dict[str, tuple[str, ...]] = {}
    for key, value in pairs:
        found[key] = found.get(key, ()) + ((value,) if isinstance(value, str) else value)
    return tuple(sorted(found.items()))


def _config_by_package(rows: tuple[tuple[Name, ConfigPairs], ...]) -> tuple[tuple[Name, ConfigSettings], ...]:
    found: dict[Name, ConfigPairs] = {}
    for name, pairs in rows:
        found[name] = found.get(name, ()) + pairs
    return tuple((name, _config(pairs)) for name, pairs in sorted(found.items()))


def _joined(rows: tuple[tuple[Name, tuple[ExtraBuildDependency, ...]], ...]) -> tuple[tuple[Name, tuple[ExtraBuildDependency, ...]], ...]:
    found: dict[Name, tuple[ExtraBuildDependency, ...]] = {}
    for name, dependencies in rows:
        found[name] = found.get(name, ()) + dependencies
    return tuple(sorted(found.items()))


def _variables(rows: tuple[tuple[Name, tuple[tuple[str, str], ...]], ...]) -> tuple[tuple[Name, tuple[tuple[str, str], ...]], ...]:
    found: dict[Name, dict[str, str]] = {}
    for name, variables in rows:
        known = found.setdefault(name, {})
        for key, value in variables:
            known.setdefault(key, value)
    return tuple((name, tuple(sorted(variables.items()))) for name, variables in sorted(found.items()))
