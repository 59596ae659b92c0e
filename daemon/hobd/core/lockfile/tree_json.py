"""The dependency tree of a lock as data: what `--format json` writes (features.md 1.6).

    graph ─walk, down or up─▶ nodes and edges by their ids ─▶ JSON

Here extras and groups are nodes of their own: an extra needs its package, and what it adds; a group needs what it lists.
The schema is uv's preview of it, key for key.
"""

import json
from collections import deque
from collections.abc import Hashable, Iterator
from pathlib import PurePosixPath
from typing import Any, TypeAlias

from msgspec import Struct

from hobd.core.lockfile.model import Lock, LockedFile, LockedPackage
from hobd.core.lockfile.source_table import git_text
from hobd.core.lockfile.tree_graph import GROUP, OPTIONAL, PLAIN, Link, TreeGraph, TreeOptions
from hobd.core.lockfile.tree_walk import Downward, Step, Upward
from hobd.core.plan.origin import absolute
from hobd.core.tags.wheel_name import parse_wheel_name
from hobd.core.vocab.source import Git, Registry, Source, Url

Node: TypeAlias = dict[str, Any]
"""A JSON object."""


class TreePlace(Struct, frozen=True, kw_only=True):
    """Where the lock is, absolute: data names places in full."""

    root: PurePosixPath
    """The folder that relative paths of the lock start from."""
    script: PurePosixPath | None = None
    """The script whose lock it is."""


def render_tree_data(lock: Lock, options: TreeOptions, place: TreePlace) -> str:
    """The document, with a line end."""
    document = _Document(TreeGraph(lock, options), place)
    return json.dumps(document.write(), indent=2, ensure_ascii=False) + "\n"


class _Document:
    """Gathers nodes and edges on the ways that a tree would show."""

    def __init__(self, graph: TreeGraph, place: TreePlace) -> None:
        self._graph = graph
        self._place = place
        self._is_inverted = graph.options.is_inverted
        self._whole = f"workspace+{place.root}" if place.script is None else f"script+{place.script}"
        self._nodes: dict[str, Node] = {}
        self._edges: dict[str, set[tuple[str, str]]] = {}
        """From a node to others, each with its marker as text, or empty."""
        self._parts: dict[str, dict[str, dict[str, str]]] = {}
        """Of a package, or the whole: ids of its extras and groups, by key and name."""

    def write(self) -> Node:
        """The whole document."""
        self._enter_whole()
        roots = self._graph.roots()
        ids = {root for node, link in roots for root in self._enter_root(node, link)}
        self._walk([Step(node, link) for node, link in roots])
        if self._is_inverted:
            self._end_ways()
        members = [self._member(node) for node, link in self._graph.starts if link is None and self._id(node) in self._nodes]
        document = {
            "schema": {"version": "preview"},
            "workspace_root": str(self._place.root),
            ("workspace" if self._place.script is None else "script"): {
                "path": str(self._place.script or self._place.root),
                "id": self._whole,
            },
            "roots": [{"id": root} for root in sorted(ids)],
            "inverted": self._is_inverted,
            "members": members,
            "resolution": {node: self._finished(node) for node in sorted(self._nodes)},
        }
        return document if members else {key: value for key, value in document.items() if key != "members"}

    def _walk(self, steps: list[Step]) -> None:
        """All steps from the roots, the nearest first, as far as the depth that is asked for."""
        walk = Upward(self._graph) if self._is_inverted else Downward(self._graph)
        waiting = deque((step, 0) for step in steps)
        seen: set[Hashable] = set()
        while waiting:
            step, depth = waiting.popleft()
            key = walk.key(step)
            if key in seen or depth == self._graph.options.depth:
                continue
            seen.add(key)
            for after in walk.next_steps(step):
                assert after.link is not None  # only roots have none
                self._connect(step.node, after.link)
                waiting.append((after, depth + 1))

    def _connect(self, node: int, link: Link) -> None:
        """The edges that a link stands for: between the parent's part that it belongs to, and the target's that it asks for."""
        parent, child = (link.target, node) if self._is_inverted else (node, link.target)
        near = self._enter_part(parent, link.kind, link.label)
        for far in self._enter_target(child, link):
            self._join(near, far, self._marker(link))

    def _join(self, parent: str, child: str, marker: str = "") -> None:
        if self._is_inverted:
            parent, child = child, parent
        self._edges.setdefault(parent, set()).add((child, marker))

    def _marker(self, link: Link) -> str:
        return link.marker.without_extras().simplify(self._graph.lock.requires_python).to_text() or ""

    def _enter_root(self, node: int, link: Link | None) -> list[str]:
        if link is not None:
            return self._enter_start(node, link)
        whole = self._enter_package(node)
        parts = [] if self._is_inverted else [self._enter_part(node, *part) for part in self._parts_of_root(node)]
        is_whole = self._graph.options.includes_projects or bool(self._graph.options.packages)
        return [whole, *parts] if is_whole else parts

    def _parts_of_root(self, node: int) -> Iterator[tuple[int, str]]:
        """The extras and groups of a root that need anything."""
        yield from dict.fromkeys((link.kind, link.label) for link in self._graph.links[node] if link.kind != PLAIN)

    def _end_ways(self) -> None:
        """Ways back end at what requires directly."""
        for node, link in self._graph.starts:
            if link is not None and self._id(node) in self._nodes:
                self._enter_start(node, link)

    def _enter_start(self, node: int, link: Link) -> list[str]:
        """What a script or a root without `[project]` requires directly."""
        group = link.label if link.kind == GROUP else None
        whole = self._whole if group is None else self._enter_whole_group(group)
        for target in self._enter_target(node, link):
            self._join(whole, target, self._marker(link))
        return [whole]

    def _enter_whole(self) -> None:
        kind = "workspace" if self._place.script is None else "script"
        self._nodes[self._whole] = {"kind": kind, "path": str(self._place.script or self._place.root)}

    def _enter_whole_group(self, group: str) -> str:
        found = f"{self._whole}:{group}"
        self._nodes[found] = {"kind": {"group": group}, "path": str(self._place.root)}
        self._parts.setdefault(self._whole, {}).setdefault("dependency_groups", {})[group] = found
        return found

    def _enter_target(self, node: int, link: Link) -> list[str]:
        return [self._enter_part(node, OPTIONAL, extra) for extra in link.extras] or [self._enter_package(node)]

    def _enter_part(self, node: int, kind: int, label: str) -> str:
        """A package, or an extra or a group of it, with the package itself."""
        whole = self._enter_package(node)
        if kind not in (OPTIONAL, GROUP):
            return whole
        part = self._id(node, f"[{label}]" if kind == OPTIONAL else f":{label}")
        if part not in self._nodes:
            key, name = ("optional_dependencies", "extra") if kind == OPTIONAL else ("dependency_groups", "group")
            self._nodes[part] = {**self._identity(self._graph.nodes[node]), "kind": {name: label}}
            self._parts.setdefault(whole, {}).setdefault(key, {})[label] = part
            if kind == OPTIONAL:
                self._join(part, whole)
        return part

    def _enter_package(self, node: int) -> str:
        found = self._id(node)
        if found not in self._nodes:
            self._nodes[found] = {**self._identity(self._graph.nodes[node]), "kind": "package", "_package": node}
        return found

    def _id(self, node: int, part: str = "") -> str:
        package = self._graph.nodes[node]
        version = "" if package.version is None else f"=={package.version}"
        return f"{package.name}{part}{version}@{self._source_text(package.source)}"

    def _identity(self, package: LockedPackage) -> Node:
        version = {} if package.version is None else {"version": str(package.version)}
        return {"name": package.name, **version, "source": self._source(package.source)}

    def _source(self, source: Source) -> Node:
        match source:
            case Registry(url, is_path):
                return {"registry": {"path": self._path(url)} if is_path else {"url": url}}
            case Git():
                return {"git": git_text(source)}
            case Url(url, subdirectory):
                return {"url": url} | ({} if subdirectory is None else {"subdirectory": subdirectory})
            case _:
                return {type(source).__name__.lower(): self._path(source.path)}

    def _source_text(self, source: Source) -> str:
        match source:
            case Registry(url, is_path):
                return f"registry+{self._path(url) if is_path else url}"
            case Git():
                return f"git+{git_text(source)}"
            case Url(url):
                return f"direct+{url}"
            case _:
                return f"{type(source).__name__.lower()}+{self._path(source.path)}"

    def _path(self, path: str) -> str:
        """A path of the lock, absolute, as it is written: `..` stays."""
        return str(self._place.root / path)

    def _member(self, node: int) -> Node:
        package = self._graph.nodes[node]
        return {"name": package.name, "path": str(self._place.root / getattr(package.source, "path", ".")), "id": self._id(node)}

    def _finished(self, node: str) -> Node:
        """A node with its edges and parts, its newest version and its files."""
        told = dict(self._nodes[node])
        place = told.pop("_package", None)
        edges = sorted(self._edges.get(node, ()))
        told["dependencies"] = [{"id": target} | ({"marker": marker} if marker else {}) for target, marker in edges]
        for key, parts in sorted(self._parts.get(node, {}).items(), reverse=True):
            told[key] = [{"name": name, "id": part} for name, part in sorted(parts.items())]
        return told if place is None else told | dict(self._details(self._graph.nodes[place]))

    def _details(self, package: LockedPackage) -> Iterator[tuple[str, Any]]:
        if (latest := self._graph.options.latest.get(package.name)) is not None:
            yield "latest_version", latest
        if package.wheels:
            yield "wheels", [dict(self._wheel(wheel, package.source)) for wheel in package.wheels]

    def _wheel(self, file: LockedFile, source: Source) -> Iterator[tuple[str, Any]]:
        if file.url is not None:
            yield "url", file.url
        elif file.path is not None:
            folder = self._place.root / source.url if isinstance(source, Registry) and source.is_path else self._place.root
            yield "path", str(absolute(folder, file.path))
        if file.digest is not None:
            yield "hashes", {file.digest.algorithm: file.digest.hex}
        if file.size is not None:
            yield "size", file.size
        if file.upload_time is not None:
            yield "upload_time", file.upload_time
        yield "filename", parse_wheel_name(file.name).canonical()
