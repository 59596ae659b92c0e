"""The settings of `[tool.uv]`, `[tool.uv.pip]` and `uv.toml` (features.md, CFG-6): all keys, in the order in which errors list them.

An unknown key or a wrong type makes the whole table void, with one warning; what belongs to the project is read
elsewhere and stays (CFG-4).
"""

from collections.abc import Mapping
from typing import Any

from hobd.core.formats.exclude_newer import exclude_newer_text
from hobd.core.formats.index_table import index, parse_bare_index, parse_index_url
from hobd.core.formats.requirement import parse_requirement
from hobd.core.formats.setting_values import (
    TORCH_BACKENDS,
    audit,
    cache_key,
    config_settings,
    dependency_metadata,
    extra_build_dependency,
    insecure_host,
    parse_pip_group,
    parse_proxy,
    parse_python_version,
    parse_required_version,
    preview_features,
)
from hobd.core.formats.shapes import (
    Misfit,
    Place,
    Reader,
    any_value,
    boolean,
    checked,
    fields,
    list_of,
    map_of,
    parsed,
    positive,
    string,
    variant,
)
from hobd.core.formats.target_names import TARGETS
from hobd.core.formats.tool_uv_project import excludes, minimum_libc_version, overrides, supported_environments
from hobd.core.formats.urls import parse_url
from hobd.core.vocab.names import Name, parse_name
from hobd.core.vocab.settings_layer import Layer, PipLayer

names: Reader[tuple[Name, ...]] = list_of(parsed(parse_name))
requirements: Reader[tuple[str, ...]] = list_of(checked(parse_requirement))
prerelease_mode: Reader[str] = variant("disallow", "allow", "if-necessary", "explicit", "if-necessary-or-explicit")


def _specifier_name(text: str) -> str:
    return text if text in (":all:", ":none:") else parse_name(text)


def _paths_within(item: Reader[tuple[str, ...]]) -> Reader[tuple[str, ...]]:
    """Faults of one entry are told at the whole list, as uv does for some lists."""

    def read(value: object, place: Place) -> tuple[str, ...]:
        try:
            return item(value, place)
        except Misfit as misfit:
            raise Misfit(misfit.message, place) from misfit

    return read


_TUNING: Mapping[str, Reader[Any]] = {
    "index-url": parsed(parse_bare_index),
    "extra-index-url": list_of(parsed(parse_bare_index)),
    "no-index": boolean,
    "find-links": list_of(parsed(parse_bare_index)),
    "index-strategy": variant(
        "first-index",
        "unsafe-any-match",
        "unsafe-first-match",
        "unsafe-best-match",
        aliases={"unsafe-any-match": "unsafe-first-match"},
    ),
    "keyring-provider": variant("disabled", "subprocess"),
    "resolution": variant("highest", "lowest", "lowest-direct"),
    "prerelease": prerelease_mode,
    "fork-strategy": variant("fewest", "requires-python"),
    "dependency-metadata": list_of(dependency_metadata),
    "config-settings": config_settings,
    "config-settings-package": map_of(parse_name, config_settings),
    "no-build-isolation": boolean,
    "require-build-hashes": boolean,
    "no-build-isolation-package": names,
    "extra-build-dependencies": map_of(
        parse_name, list_of(extra_build_dependency), duplicate="duplicate extra-build-dependencies for `{}`"
    ),
    "extra-build-variables": map_of(parse_name, map_of(str, string)),
    "exclude-newer": exclude_newer_text,
    "exclude-newer-package": map_of(parse_name, exclude_newer_text),
    "link-mode": variant("clone", "reflink", "copy", "hardlink", "symlink", aliases={"reflink": "clone"}),
    "compile-bytecode": boolean,
    "no-sources": boolean,
    "no-sources-package": names,
    "upgrade": boolean,
    "upgrade-package": requirements,
    "reinstall": boolean,
    "reinstall-package": names,
    "torch-backend": variant(*TORCH_BACKENDS),
    "no-build": boolean,
}


def _tuning(*keys: str) -> dict[str, Reader[Any]]:
    return {key: _TUNING[key] for key in keys}


_PIP: Mapping[str, Reader[Any]] = {
    "python": string,
    "system": boolean,
    "break-system-packages": boolean,
    "target": string,
    "prefix": string,
    **_tuning("index-url", "extra-index-url", "no-index", "find-links", "index-strategy", "keyring-provider", "no-build"),
    "no-binary": list_of(parsed(_specifier_name), wanted="a sequence"),
    "only-binary": list_of(parsed(_specifier_name), wanted="a sequence"),
    **_tuning(
        "no-build-isolation",
        "require-build-hashes",
        "no-build-isolation-package",
        "extra-build-dependencies",
        "extra-build-variables",
    ),
    "strict": boolean,
    "extra": names,
    "all-extras": boolean,
    "no-extra": names,
    "no-deps": boolean,
    "group": _paths_within(list_of(checked(parse_pip_group))),
    "allow-empty-requirements": boolean,
    **_tuning("resolution", "prerelease", "fork-strategy", "dependency-metadata"),
    "output-file": string,
    "no-strip-extras": boolean,
    "no-strip-markers": boolean,
    "no-annotate": boolean,
    "no-header": boolean,
    "custom-compile-command": string,
    "generate-hashes": boolean,
    **_tuning("config-settings", "config-settings-package"),
    "python-version": checked(parse_python_version),
    "python-platform": variant(*TARGETS),
    "universal": boolean,
    **_tuning("exclude-newer", "exclude-newer-package"),
    "no-emit-package": names,
    "emit-index-url": boolean,
    "emit-find-links": boolean,
    "emit-build-options": boolean,
    "emit-marker-expression": boolean,
    "emit-index-annotation": boolean,
    "annotation-style": variant("line", "split"),
    **_tuning("link-mode", "compile-bytecode"),
    "require-hashes": boolean,
    "verify-hashes": boolean,
    **_tuning(
        "no-sources",
        "no-sources-package",
        "upgrade",
        "upgrade-package",
        "reinstall",
        "reinstall-package",
        "torch-backend",
    ),
}


def _pip(value: object, place: Place) -> PipLayer:
    found = fields(value, place, _PIP, closed=True, wanted="struct PipOptions")
    return PipLayer(**{key.replace("-", "_"): entry for key, entry in found.items()})


KEYS: Mapping[str, Reader[Any]] = {
    "required-version": checked(parse_required_version),
    "system-certs": boolean,
    "native-tls": boolean,
    "offline": boolean,
    "no-cache": boolean,
    "cache-dir": string,
    "preview": boolean,
    "preview-features": preview_features,
    "python-preference": variant("only-managed", "managed", "system", "only-system"),
    "python-downloads": variant("auto", "automatic", "manual", "never", aliases={"auto": "automatic"}),
    "concurrent-downloads": positive,
    "concurrent-builds": positive,
    "concurrent-installs": positive,
    "index": list_of(index),
    **_tuning("index-url", "extra-index-url", "no-index", "find-links", "index-strategy", "keyring-provider"),
    "http-proxy": parsed(parse_proxy),
    "https-proxy": parsed(parse_proxy),
    "no-proxy": list_of(string),
    "allow-insecure-host": list_of(insecure_host),
    **_tuning("resolution", "prerelease"),
    "prerelease-package": map_of(parse_name, prerelease_mode),
    **_tuning(
        "fork-strategy",
        "dependency-metadata",
        "config-settings",
        "config-settings-package",
        "no-build-isolation",
        "require-build-hashes",
        "no-build-isolation-package",
        "extra-build-dependencies",
        "extra-build-variables",
        "exclude-newer",
        "exclude-newer-package",
        "link-mode",
        "compile-bytecode",
        "no-sources",
        "no-sources-package",
        "upgrade",
        "upgrade-package",
        "reinstall",
        "reinstall-package",
        "no-build",
    ),
    "no-build-package": names,
    "no-binary": boolean,
    "no-binary-package": names,
    **_tuning("torch-backend"),
    "python-install-mirror": string,
    "pypy-install-mirror": string,
    "graalpy-install-mirror": string,
    "pyodide-install-mirror": string,
    "python-downloads-json-url": string,
    "publish-url": parsed(parse_url),
    "trusted-publishing": variant("automatic", "always", "never"),
    "check-url": parsed(parse_index_url),
    "add-bounds": variant("lower", "major", "minor", "exact"),
    "audit": audit,
    "pip": _pip,
    "cache-keys": list_of(cache_key),
    "override-dependencies": overrides,
    "exclude-dependencies": excludes,
    "constraint-dependencies": requirements,
    "build-constraint-dependencies": requirements,
    "environments": supported_environments,
    "required-environments": supported_environments,
    "minimum-libc-version": minimum_libc_version,
    "conflicts": any_value,
    "workspace": any_value,
    "sources": any_value,
    "managed": any_value,
    "package": any_value,
    "default-groups": any_value,
    "dependency-groups": any_value,
    "dev-dependencies": any_value,
    "build-backend": any_value,
}

_OF_THE_PROJECT = frozenset(list(KEYS)[list(KEYS).index("cache-keys") :])
"""Keys that are checked here, and mean something only where the project is read."""

OF_SCRIPTS: Mapping[str, Reader[Any]] = dict(list(KEYS.items())[: list(KEYS).index("python-install-mirror")])
"""What a script may set too."""


def tool_uv_settings(value: object, place: Place) -> Layer:
    """The settings of one table.

    Raises:
        Misfit: an unknown key, or a value that does not fit.
    """
    found = fields(value, place, KEYS, closed=True, wanted="struct OptionsWire")
    if "preview" in found and "preview-features" in found:
        raise Misfit("cannot specify both `preview` and `preview-features`", place)
    return layer_of(found)


def layer_of(found: Mapping[str, Any]) -> Layer:
    """Values by key as a layer; keys of the project are left out."""
    settings = {key: entry for key, entry in found.items() if key not in _OF_THE_PROJECT and key != "audit"}
    settings |= found.get("audit", {})
    return Layer(**{key.replace("-", "_"): entry for key, entry in settings.items()})
