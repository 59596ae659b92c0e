"""Readers for single settings whose values have a form of their own."""

import re
from typing import Any

from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from hobd.core.formats.requirement import parse_requirement
from hobd.core.formats.shapes import (
    Misfit,
    Place,
    Reader,
    boolean,
    checked,
    describe,
    expected,
    fields,
    list_of,
    parsed,
    required,
    string,
    wrong_type,
)
from hobd.core.formats.urls import InvalidUrl, parse_url
from hobd.core.formats.version_text import parse_specifiers, parse_version
from hobd.core.lockfile.model import DependencyMetadata
from hobd.core.vocab.names import parse_name
from hobd.core.vocab.settings_layer import ExtraBuildDependency
from hobd.errors import RequestError

_TORCH_BACKENDS = """
    auto cpu cu132 cu130 cu129 cu128 cu126 cu125 cu124 cu123 cu122 cu121 cu120 cu118 cu117 cu116 cu115 cu114 cu113 cu112 cu111 cu110
    cu102 cu101 cu100 cu92 cu91 cu90 cu80 rocm7.2 rocm7.1 rocm7.0 rocm6.4 rocm6.3 rocm6.2.4 rocm6.2 rocm6.1 rocm6.0 rocm5.7 rocm5.6
    rocm5.5 rocm5.4.2 rocm5.4 rocm5.3 rocm5.2 rocm5.1.1 rocm4.2 rocm4.1 rocm4.0.1 xpu
"""

TORCH_BACKENDS = tuple(_TORCH_BACKENDS.split())

_PROXY_SCHEMES = ("http", "https", "socks5", "socks5h")


class InvalidSetting(RequestError):
    """A text that a setting cannot mean."""


def parse_required_version(text: str) -> SpecifierSet:
    """Specifiers, or a bare version that means exactly itself.

    Raises:
        InvalidVersionText: it is neither.
    """
    try:
        return SpecifierSet(f"=={Version(text)}")
    except InvalidVersion:
        return parse_specifiers(text)


def parse_python_version(text: str) -> str:
    """A version of Python to resolve for, `3.12` or `3.12.1`.

    Raises:
        InvalidSetting: it is no version, or has parts that a Python has not.
    """
    try:
        version = parse_version(text)
    except RequestError as error:
        raise InvalidSetting(f"Python version `{text}` could not be parsed: {error.message}") from error
    if version.local or version.epoch or version.is_postrelease or version.is_devrelease:
        raise InvalidSetting(f"Python version `{text}` is not a release or a pre-release")
    return text


def parse_pip_group(text: str) -> str:
    """`GROUP`, or `PATH/pyproject.toml:GROUP`.

    Raises:
        InvalidSetting: the path names another file.
        InvalidName: the group cannot be named so.
    """
    path, separator, name = text.rpartition(":")
    if separator and path.rpartition("/")[2] != "pyproject.toml":
        raise InvalidSetting(f"The `--group` path is required to end in `pyproject.toml` for compatibility with pip; got: {path}")
    parse_name(name)
    return text


def parse_proxy(text: str) -> str:
    """The address of a proxy; `http` where it does not say.

    Raises:
        InvalidSetting: it is no URL, or of another scheme.
    """
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*)://", text)
    try:
        url = parse_url(text if scheme else f"http://{text}")
    except InvalidUrl as error:
        raise InvalidSetting(f"invalid proxy URL: {error.message.partition(': ')[0]}") from error
    if re.search(r"\s", text):
        raise InvalidSetting("invalid proxy URL: invalid international domain name")
    if scheme and scheme[1].lower() not in _PROXY_SCHEMES:
        shown = url if url.endswith("/") else f"{url}/"
        raise InvalidSetting(f"invalid proxy URL scheme `{scheme[1]}` in `{shown}`: expected http, https, socks5, or socks5h")
    return url


def preview_features(value: object, place: Place) -> tuple[str, ...]:
    """Names of features, or a switch for all of them: `*`."""
    if isinstance(value, bool):
        return ("*",) if value else ()
    return list_of(string, wanted="a boolean or a list of preview feature names")(value, place)


def insecure_host(value: object, place: Place) -> str:
    """`host`, `host:port`, `scheme://host`, `*`, or a table of these parts."""
    if isinstance(value, str):
        return value
    if not isinstance(value, dict):
        raise wrong_type(value, place, "a string or map")
    scheme, port = value.get("scheme"), value.get("port")
    host = string(required(value, "host", place), (*place, "host"))
    return (f"{scheme}://" if scheme else "") + host + (f":{port}" if port else "")


def config_settings(value: object, place: Place) -> tuple[tuple[str, str | tuple[str, ...]], ...]:
    """Settings for a build backend: each a string or a list of strings."""
    if not isinstance(value, dict):
        raise wrong_type(value, place, "a map from string to string or list of strings")
    return tuple((key, _config_value(entry, (*place, key))) for key, entry in value.items())


def _config_value(value: object, place: Place) -> str | tuple[str, ...]:
    if isinstance(value, str):
        return value
    return list_of(string, wanted="a string or list of strings")(value, place)


def extra_build_dependency(value: object, place: Place) -> ExtraBuildDependency:
    """A requirement, or a table that says whether the version of the resolution is meant."""
    if isinstance(value, str):
        return ExtraBuildDependency(requirement=_requirement(value, place))
    if not isinstance(value, dict):
        raise wrong_type(value, place, "a requirement string or a table with requirement and match-runtime")
    found = fields(value, place, {"requirement": _requirement, "match-runtime": boolean}, closed=True)
    return ExtraBuildDependency(requirement=required(found, "requirement", place), match_runtime=required(found, "match-runtime", place))


_requirement: Reader[str] = checked(parse_requirement)

_METADATA: dict[str, Reader[Any]] = {
    "name": parsed(parse_name),
    "version": parsed(parse_version),
    "requires-dist": list_of(parsed(parse_requirement)),
    "requires-python": checked(parse_specifiers),
    "provides-extra": list_of(parsed(parse_name)),
    "provides-extras": list_of(parsed(parse_name)),
}


def dependency_metadata(value: object, place: Place) -> DependencyMetadata:
    """One `[[tool.uv.dependency-metadata]]` entry."""
    found = fields(value, place, _METADATA, closed=True, wanted="struct StaticMetadata")
    return DependencyMetadata(
        name=required(found, "name", place),
        version=found.get("version"),
        requires_dist=found.get("requires-dist", ()),
        requires_python=found.get("requires-python"),
        provides_extras=found.get("provides-extras", found.get("provides-extra")),
    )


_AUDIT: dict[str, Reader[Any]] = {
    "malware-check": boolean,
    "malware-check-url": parsed(parse_url),
    "ignore": list_of(string),
    "ignore-until-fixed": list_of(string),
}


def audit(value: object, place: Place) -> dict[str, Any]:
    """`[tool.uv.audit]`, its keys as a layer names them; others are ignored."""
    found = fields(value, place, _AUDIT, closed=False, wanted="struct AuditOptions")
    return {f"audit-{key}" if key.startswith("ignore") else key: entry for key, entry in found.items()}


def cache_key(value: object, place: Place) -> str:
    """One of `cache-keys`, as text: `file:GLOB`, `dir:PATH`, `env:NAME`, `git:commit,tags`."""
    if isinstance(value, str):
        return f"file:{value}"
    if not isinstance(value, dict):
        raise Misfit(f"invalid type: {describe(value)}, expected a path or a cache key table", place)
    readers: dict[str, Reader[str]] = {"file": string, "dir": string, "git": _git_key, "env": string}
    for number, key in enumerate(value):
        if key not in readers:
            raise Misfit(f"unknown field `{key}`, {expected(tuple(readers))}", (*place, key), is_key=True)
        if number:
            raise Misfit("extra cache key field", place)
    if not value:
        raise Misfit("missing cache key field", place)
    [(key, entry)] = value.items()
    return f"{key}:{readers[key](entry, (*place, key))}"


def _git_key(value: object, place: Place) -> str:
    if isinstance(value, bool):
        return "commit" if value else ""
    if not isinstance(value, dict):
        raise wrong_type(value, place, "a boolean or a Git cache key table")
    found = fields(value, place, {"commit": boolean, "tags": boolean}, closed=True)
    return ",".join(key for key in ("commit", "tags") if found.get(key))
