"""All settings of a request: options over environment over files (features.md, section 12)."""

from collections.abc import Callable
from datetime import UTC, tzinfo
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from hobd.core.formats.option_layer import (
    config_settings,
    config_settings_package,
    exclude_newer,
    exclude_newer_package,
    given_index,
    names,
    prerelease_package,
    requirement_texts,
)
from hobd.core.vocab.environ import Environ
from hobd.core.vocab.evidence import Evidence
from hobd.core.vocab.index import Index
from hobd.core.vocab.settings import Settings
from hobd.core.vocab.settings_layer import Layer, Tuning, combine
from hobd.projects.compose import Composer
from hobd.projects.config_files import ConfigFiles, placed, rebased
from hobd.projects.options import Options


class SettingsPlace(Struct, frozen=True, kw_only=True):
    """Where settings are looked for."""

    cwd: Path
    start: Path
    """The root of the workspace where there is a project, else the folder that the command is about."""
    lock_root: Path
    """The folder of the lock: that of the workspace, or a script's."""
    is_user_level: bool = False
    """Whether projects are left out, as commands on tools do."""
    is_pip: bool = False
    """Whether what `[tool.uv.pip]` says goes before `[tool.uv]`."""


def read_settings(
    options: Options,
    environ: Environ,
    evidence: Evidence,
    place: SettingsPlace,
    default_index: Callable[[], str],
    script: Layer | None = None,
) -> Settings:
    """Compose the settings of a request.

    Args:
        options: of the command line and its own variables.
        environ: all other variables.
        evidence: is told of every file that was looked for.
        place: where to look.
        default_index: gives the address of the index that is asked where nobody says.
        script: the settings of a script's own metadata: they go before those of files.
    Raises:
        RequestError: an option or a variable has a value that cannot be meant, or a `uv.toml` is broken.
    """
    files = ConfigFiles(environ=environ, evidence=evidence, cwd=place.cwd, lock_root=place.lock_root)
    configured = files.read(
        place.start, config_file=options.config_file, no_config=bool(options.no_config), is_user_level=place.is_user_level
    )
    if script is not None:
        configured = combine(rebased(script, place.lock_root, place.lock_root, "project"), configured)
    if place.is_pip and configured.pip is not None:
        shared = {name: getattr(configured.pip, name) for name in Tuning.__struct_fields__}
        configured = combine(Layer(**shared), configured)
    line = layer_of_options(options, configured, place, files.warnings.append)
    composer = Composer(
        options=options,
        line=line,
        files=configured,
        environ=environ,
        cwd=place.cwd,
        zone=local_zone(environ, evidence),
        default_index=default_index,
        warnings=files.warnings,
        is_pip=place.is_pip,
    )
    return composer.settings()


def layer_of_options(options: Options, configured: Layer, place: SettingsPlace, warn: Callable[[str], None]) -> Layer:
    """The command line as a layer.

    Raises:
        InvalidOption: a value cannot be meant.
    """
    known = configured.index or ()

    def one(flag: str, value: str, *, is_default: bool = False) -> Index:
        index, warning = given_index(flag, value, known, lambda path: (place.cwd / path).exists())
        if warning is not None:
            warn(warning)
        located = placed(index, place.cwd, place.lock_root, "cli")
        return replace(located, is_default=is_default, is_explicit=False)

    def plain(flag: str, value: str) -> Index:
        return placed(given_index(flag, value, (), lambda path: True)[0], place.cwd, place.lock_root, "cli")

    indexes = [one("--default-index", options.default_index, is_default=True)] if options.default_index else []
    indexes += [one("--index", value) for value in options.index]
    return Layer(
        index=tuple(indexes) or None,
        index_url=plain("--index-url", options.index_url) if options.index_url else None,
        extra_index_url=tuple(plain("--extra-index-url", value) for value in options.extra_index_url) or None,
        find_links=tuple(plain("--find-links", value) for value in options.find_links) or None,
        no_index=options.no_index,
        index_strategy=options.index_strategy,
        keyring_provider=options.keyring_provider,
        upgrade=options.upgrade,
        upgrade_package=requirement_texts("--upgrade-package", options.upgrade_package),
        resolution=options.resolution,
        prerelease=options.prerelease,
        prerelease_package=prerelease_package("--prerelease-package", options.prerelease_package),
        fork_strategy=options.fork_strategy,
        exclude_newer=exclude_newer("--exclude-newer", options.exclude_newer),
        exclude_newer_package=exclude_newer_package("--exclude-newer-package", options.exclude_newer_package),
        no_sources=options.no_sources,
        no_sources_package=names("--no-sources-package", options.no_sources_package),
        torch_backend=options.torch_backend,
        no_build=options.no_build,
        no_build_package=names("--no-build-package", options.no_build_package),
        no_binary=options.no_binary,
        no_binary_package=names("--no-binary-package", options.no_binary_package),
        require_build_hashes=options.require_build_hashes,
        config_settings=config_settings("--config-setting", options.config_settings),
        config_settings_package=config_settings_package("--config-settings-package", options.config_settings_package),
        no_build_isolation=options.no_build_isolation,
        no_build_isolation_package=names("--no-build-isolation-package", options.no_build_isolation_package),
        reinstall=options.reinstall,
        reinstall_package=names("--reinstall-package", options.reinstall_package),
        link_mode=options.link_mode,
        compile_bytecode=options.compile_bytecode,
        publish_url=options.publish_url,
        check_url=options.check_url,
        trusted_publishing=options.trusted_publishing,
        add_bounds=options.bounds,
        allow_insecure_host=options.allow_insecure_host or None,
    )


def local_zone(environ: Environ, evidence: Evidence) -> tzinfo:
    """Where the caller lives: `TZ`, else the machine's zone; UTC where neither can be read."""
    from zoneinfo import ZoneInfo

    said = (environ.get("TZ") or "").removeprefix(":")
    path = Path(said) if said.startswith("/") else Path("/etc/localtime")
    try:
        if said and not said.startswith("/"):
            return ZoneInfo(said)
        evidence.saw(path)
        with path.open("rb") as file:
            return ZoneInfo.from_file(file)
    except (OSError, ValueError, KeyError):
        return UTC
