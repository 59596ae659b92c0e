"""`[tool.uv.sources]`: where requirements come from during development (features.md, section 3).

An entry for a package is one table, or a list of tables told apart by markers, extras or groups.
"""

from itertools import pairwise
from typing import Any

from hobd.core.formats.index_table import index_name
from hobd.core.formats.marker_text import parse_marker
from hobd.core.formats.shapes import Misfit, Place, Reader, boolean, fields, map_of, parsed, string, wrong_type
from hobd.core.formats.urls import parse_url
from hobd.core.markers import TRUE, Marker
from hobd.core.vocab.names import Name, parse_name
from hobd.core.vocab.project import GitEntry, IndexEntry, PathEntry, SourceEntry, UrlEntry, WorkspaceEntry
from hobd.errors import RequestError


class InvalidSources(RequestError):
    """A list of sources that does not say which one is meant. Told without the place, as uv does."""


def sources(value: object, place: Place) -> tuple[tuple[Name, tuple[SourceEntry, ...]], ...]:
    """The whole table; the lists in it are not checked against themselves yet (`check_sources`)."""
    found = map_of(parse_name, _entries, duplicate="duplicate sources for package `{}`")(value, place)
    return tuple(sorted(found, key=lambda pair: pair[0]))


def check_sources(value: tuple[tuple[Name, tuple[SourceEntry, ...]], ...]) -> None:
    """Check that of several sources of one package at most one applies anywhere.

    Raises:
        InvalidSources: a list is empty, or two neighbours overlap.
    """
    for _, entries in value:
        if not entries:
            raise InvalidSources("Must provide at least one source")
        for left, right in pairwise(entries):
            if (left.extra, left.group) == (right.extra, right.group) and not left.marker.is_disjoint(right.marker):
                raise _overlap(left.marker, right.marker)


def _overlap(left: Marker, right: Marker) -> InvalidSources:
    if left.is_true or right.is_true:
        return InvalidSources(
            "When multiple sources are provided, each source must include a platform marker (e.g., `marker = \"sys_platform == 'linux'\"`)"
        )
    better = (~left & right).to_text() or "true"
    return InvalidSources(
        f"Source markers must be disjoint, but the following markers overlap: `{left}` and `{right}`.",
        hint=f"replace `{right}` with `{better}`",
    )


def _entries(value: object, place: Place) -> tuple[SourceEntry, ...]:
    if isinstance(value, dict):
        return (_entry(value, place, place),)
    if isinstance(value, list):
        return tuple(_entry(entry, (*place, number), place) for number, entry in enumerate(value))
    raise wrong_type(value, place, "a single source (as a map) or list of sources")


def _workspace(value: object, place: Place) -> bool | str:
    if isinstance(value, bool | str):
        return value
    raise wrong_type(value, place, "a boolean or a string")


_KEYS: dict[str, Reader[Any]] = {
    "git": parsed(parse_url),
    "subdirectory": string,
    "rev": string,
    "tag": string,
    "branch": string,
    "lfs": boolean,
    "url": parsed(parse_url),
    "path": string,
    "editable": boolean,
    "package": boolean,
    "index": index_name,
    "workspace": _workspace,
    "marker": parsed(parse_marker),
    "extra": parsed(parse_name),
    "group": parsed(parse_name),
}

_KINDS: dict[str, tuple[str, ...]] = {
    "git": ("index", "workspace", "url", "editable", "package"),
    "url": ("index", "workspace", "path", "git", "rev", "tag", "branch", "editable", "package"),
    "path": ("index", "workspace", "git", "url", "rev", "tag", "branch"),
    "index": ("workspace", "git", "url", "path", "rev", "tag", "branch", "editable", "package"),
    "workspace": ("index", "git", "url", "path", "rev", "tag", "branch", "package"),
}
"""Kinds in the order in which they are looked for, each with the keys that may not stand beside it, in order."""


def _entry(value: object, place: Place, owner: Place) -> SourceEntry:
    """One table. Faults of the whole table are told at its `owner`: the list that it stands in, or itself."""
    found = fields(value, place, _KEYS, closed=True, wanted="struct CatchAll")
    if "extra" in found and "group" in found:
        raise Misfit("cannot specify both `extra` and `group`", owner)
    kind = next((kind for kind in _KINDS if kind in found), None)
    if kind is None:
        raise Misfit("expected one of `git`, `url`, `path`, `index`, or `workspace`", owner)
    fault = _clash(kind, found)
    if fault is not None:
        raise Misfit(fault, owner)
    return _build(kind, found)


def _clash(kind: str, found: dict[str, Any]) -> str | None:
    """What two keys of one table say against each other."""
    for other in _KINDS[kind]:
        if other in found:
            return f"cannot specify both `{kind}` and `{other}`"
    if kind == "git" and "subdirectory" in found and "path" in found:
        return "cannot specify both `subdirectory` and `path`"
    if kind == "git" and len(found.keys() & {"rev", "tag", "branch"}) > 1:
        return "expected at most one of `rev`, `tag`, or `branch`"
    if kind == "path" and found.get("editable") is True and found.get("package") is False:
        return "cannot specify both `editable = true` and `package = false`"
    return None


def _build(kind: str, found: dict[str, Any]) -> SourceEntry:
    applies: dict[str, Any] = {"marker": found.get("marker", TRUE), "extra": found.get("extra"), "group": found.get("group")}

    def chosen(*keys: str) -> dict[str, Any]:
        return {key: found[key] for key in keys if key in found} | applies

    if kind == "git":
        plain = found["git"].removeprefix("git+")
        return GitEntry(**chosen("subdirectory", "path", "rev", "tag", "branch", "lfs") | {"git": plain})
    if kind == "url":
        return UrlEntry(**chosen("url", "subdirectory"))
    if kind == "path":
        return PathEntry(**chosen("path", "editable", "package"))
    if kind == "index":
        return IndexEntry(**chosen("index"))
    return WorkspaceEntry(**chosen("workspace", "editable"))
