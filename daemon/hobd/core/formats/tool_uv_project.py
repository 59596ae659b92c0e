"""The keys of `[tool.uv]` that belong to the project: they hold even where the settings beside them are broken (CFG-4)."""

from collections.abc import Mapping
from typing import Any

from hobd.core.formats.globs import check_glob
from hobd.core.formats.index_table import project_indexes
from hobd.core.formats.marker_text import parse_marker
from hobd.core.formats.requirement import parse_requirement
from hobd.core.formats.shapes import (
    Misfit,
    Place,
    Reader,
    boolean,
    checked,
    describe,
    fields,
    list_of,
    map_of,
    parsed,
    string,
    wrong_type,
)
from hobd.core.formats.sources_table import sources
from hobd.core.formats.version_text import parse_specifiers, parse_version
from hobd.core.markers import Marker
from hobd.core.vocab.names import Name, parse_name
from hobd.core.vocab.project import ConflictTable, ScopedTable, ToolUv, WorkspaceTable
from hobd.errors import HobError

requirement_text: Reader[str] = checked(parse_requirement)
"""A requirement, checked and kept as text: where it points to is decided when it is lowered."""


def supported_environments(value: object, place: Place) -> tuple[Marker, ...]:
    """One marker or a list of them."""
    if isinstance(value, str):
        return (_marker(value, place),)
    if not isinstance(value, list):
        raise wrong_type(value, place, "a string or a list of strings")
    return tuple(_marker(string(entry, (*place, number)), place) for number, entry in enumerate(value))


def _marker(text: str, place: Place) -> Marker:
    try:
        return parse_marker(text)
    except HobError as error:
        raise Misfit(error.message, place) from error


def _default_groups(value: object, place: Place) -> tuple[Name, ...] | str:
    if isinstance(value, str):
        if value != "all":
            raise Misfit('default-groups must be "all" or a ["list", "of", "groups"]', place)
        return value
    return list_of(parsed(parse_name), wanted='the string "all" or a list of strings')(value, place)


def _group_settings(value: object, place: Place) -> tuple[tuple[Name, str], ...]:
    def one(entry: object, at: Place) -> str | None:
        found = fields(entry, at, {"requires-python": checked(parse_specifiers)}, closed=False, wanted="struct DependencyGroupSettings")
        text: str | None = found.get("requires-python")
        return text

    rows = map_of(parse_name, one, duplicate="duplicate settings for dependency group `{}`")(value, place)
    return tuple(sorted((name, text) for name, text in rows if text is not None))


_PACKAGE: Mapping[str, Reader[Any]] = {"name": parsed(parse_name), "version": checked(parse_version)}


def _scoped(item: Reader[Any], enum: str) -> Reader[ScopedTable]:
    """A table with `package` and `dependencies`; whatever is wrong in it, uv only says that it does not fit."""

    def read(value: object, place: Place) -> ScopedTable:
        try:
            found = fields(value, place, {"package": _package, "dependencies": list_of(item)}, closed=True)
            name, version = found["package"]
            return ScopedTable(package=name, version=version, dependencies=tuple(map(str, found["dependencies"])))
        except (Misfit, KeyError) as fault:
            raise Misfit(f"data did not match any variant of untagged enum {enum}", place) from fault

    return read


def _package(value: object, place: Place) -> tuple[Name, str | None]:
    found = fields(value, place, _PACKAGE, closed=True)
    return found["name"], found.get("version")


def _text_or_table(text: Reader[Any], table: Reader[Any]) -> Reader[Any]:
    def read(value: object, place: Place) -> Any:
        if isinstance(value, str):
            return text(value, place)
        if isinstance(value, dict):
            return table(value, place)
        raise wrong_type(value, place, "a string or map")

    return read


overrides: Reader[tuple[str | ScopedTable, ...]] = list_of(_text_or_table(requirement_text, _scoped(requirement_text, "MapOverride")))
excludes: Reader[tuple[Name | ScopedTable, ...]] = list_of(
    _text_or_table(parsed(parse_name), _scoped(parsed(parse_name), "MapExcludeDependency"))
)


_CONFLICT: Mapping[str, Reader[Any]] = {"package": parsed(parse_name), "extra": parsed(parse_name), "group": parsed(parse_name)}


def conflicts(value: object, place: Place) -> tuple[tuple[ConflictTable, ...], ...]:
    """A list of sets, each of at least two different items."""

    def one_set(entry: object, at: Place) -> tuple[ConflictTable, ...]:
        items = list_of(_conflict)(entry, at)
        if len(set(items)) < 2:
            found = "only one" if items else "none"
            raise Misfit(f"Each set of conflicts must have at least two entries, but found {found}", place)
        return items

    return list_of(one_set)(value, place)


def _conflict(value: object, place: Place) -> ConflictTable:
    found = fields(value, place, _CONFLICT, closed=True, wanted="struct ConflictItemWire")
    if "extra" in found and "group" in found:
        raise Misfit("Expected one of `extra` or `group` in conflicting entry, but found both", place[:-1])
    if not found:
        raise Misfit("Expected `package`, `extra` or `group` field in conflicting entry", place[:-1])
    return ConflictTable(**found)


def _workspace(value: object, place: Place) -> WorkspaceTable:
    globs = list_of(checked(check_glob))
    found = fields(value, place, {"members": globs, "exclude": globs}, closed=True, wanted="struct ToolUvWorkspace")
    return WorkspaceTable(**found)


def minimum_libc_version(value: object, place: Place) -> str:
    """`{ glibc = "2.28" }` or `{ musl = "1.2" }`, as `glibc 2.28`."""
    if not isinstance(value, dict):
        raise Misfit(f"invalid type: {describe(value)}, expected struct MinimumLibcVersion", place)
    return " ".join(f"{key} {string(entry, (*place, key))}" for key, entry in value.items())


_KEYS: Mapping[str, Reader[Any]] = {
    "sources": sources,
    "index": project_indexes,
    "workspace": _workspace,
    "managed": boolean,
    "package": boolean,
    "default-groups": _default_groups,
    "dependency-groups": _group_settings,
    "dev-dependencies": list_of(requirement_text),
    "override-dependencies": overrides,
    "exclude-dependencies": excludes,
    "constraint-dependencies": list_of(requirement_text),
    "build-constraint-dependencies": list_of(requirement_text),
    "environments": supported_environments,
    "required-environments": supported_environments,
    "minimum-libc-version": minimum_libc_version,
    "conflicts": conflicts,
}

_NAMES = {
    "index": "indexes",
    "dependency-groups": "group_requires_python",
    "override-dependencies": "overrides",
    "exclude-dependencies": "excludes",
    "constraint-dependencies": "constraints",
    "build-constraint-dependencies": "build_constraints",
}


def tool_uv_project(value: object, place: Place) -> ToolUv:
    """The project's part of the table; the settings in it are read by `tool_uv_settings`."""
    found = fields(value, place, _KEYS, closed=False, wanted="struct ToolUv")
    return ToolUv(**{_NAMES.get(key, key.replace("-", "_")): entry for key, entry in found.items()})
