"""An export as a CycloneDX 1.5 document: a bill of materials in JSON (TRE-9, CycloneDX specification 1.5)."""

import json
from collections.abc import Collection, Iterable, Iterator
from typing import Any, TypeAlias
from urllib.parse import quote

from msgspec import Struct
from packaging.version import Version

from hobd.core.lockfile.export import Exported
from hobd.core.lockfile.model import Edge, Lock, LockedPackage
from hobd.core.lockfile.source_table import git_text
from hobd.core.vocab.digest import Digest
from hobd.core.vocab.names import Name
from hobd.core.vocab.source import Directory, Editable, Git, Path, Registry, Source, Url, Virtual

_SAFE_IN_PURLS = "!$&'()*,-./:_~"
_ALGORITHMS = {"md5": "MD5", "sha256": "SHA-256", "sha384": "SHA-384", "sha512": "SHA-512"}
_BLAKE2_BITS = {64: 256, 96: 384, 128: 512}
_NO_PROJECT = "uv-workspace"
"""What a document is about where no project is the root."""


class Occasion(Struct, frozen=True, kw_only=True):
    """What makes one document differ from the next about the same lock."""

    serial: str
    """A UUID."""
    moment: str
    """RFC 3339, in UTC."""
    tool: str
    tool_version: str


class CyclonedxOptions(Struct, frozen=True, kw_only=True):
    """What a document is about and what it tells."""

    roots: tuple[Name, ...]
    """The members that are exported."""
    has_hashes: bool
    is_whole_workspace: bool
    """With `--all-packages`: then a made-up component stands for the workspace."""
    default_site: str
    """The site of the default index: packages from there need no address."""


def render_cyclonedx(lock: Lock, rows: tuple[Exported, ...], options: CyclonedxOptions, occasion: Occasion) -> str:
    """The document, without a line end.

    Args:
        lock: what is exported.
        rows: its packages, in order; virtual ones too.
        options: what is told.
        occasion: when, by what.
    """
    bill = _Bill(lock, rows, options)
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "serialNumber": f"urn:uuid:{occasion.serial}",
        "metadata": {
            "timestamp": occasion.moment,
            "tools": [{"name": occasion.tool, "version": occasion.tool_version}],
            "component": bill.subject,
        },
        "components": bill.components,
        "dependencies": bill.dependencies,
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


_Identity: TypeAlias = tuple[Name, Version | None, Source]


def _identity(package: LockedPackage) -> _Identity:
    return package.name, package.version, package.source


class _Bill:
    """Components and who depends on whom. References carry a running number: names and versions may repeat."""

    def __init__(self, lock: Lock, rows: tuple[Exported, ...], options: CyclonedxOptions) -> None:
        self._lock = lock
        self._options = options
        self._count = 0
        self._references: dict[_Identity, str] = {}
        members = frozenset(lock.manifest.members)
        root = self._find_root(rows)
        main = None if root is None else self._component(root, None, [("uv:package:is_project_root", "true")])
        self.components = [
            self._component(row.package, row.marker.to_text(), _workspace_path(row.package, members))
            for row in rows
            if root is None or _identity(row.package) != _identity(root)
        ]
        self.dependencies = [self._dependency(row.package) for row in rows]
        if options.is_whole_workspace or main is None:
            self.subject = self._stand_in(rows, members, main, root)
        else:
            self.subject = main

    def _find_root(self, rows: Iterable[Exported]) -> LockedPackage | None:
        """The one exported member, else the project at the workspace's root."""
        if len(self._options.roots) == 1:
            found = next((row.package for row in rows if row.package.name == self._options.roots[0]), None)
            if found is not None:
                return found
        return next((package for package in self._lock.packages if _is_at_root(package)), None)

    def _stand_in(
        self, rows: Iterable[Exported], members: Collection[Name], main: dict[str, Any] | None, root: LockedPackage | None
    ) -> dict[str, Any]:
        name = _NO_PROJECT if root is None else root.name
        reference = self._reference(name, None)
        needed = {self._references[_identity(row.package)] for row in rows if row.package.name in members}
        if main is not None:
            needed.add(main["bom-ref"])
            self.components.append(main)
        self.dependencies.append(_dependency(reference, needed))
        properties = _properties([("uv:package:is_synthetic_root", "true")])
        return {"type": "library", "bom-ref": reference, "name": name, "properties": properties}

    def _reference(self, name: str, version: str | None) -> str:
        self._count += 1
        return f"{name}-{self._count}" + ("" if version is None else f"@{version}")

    def _component(self, package: LockedPackage, marker: str | None, properties: list[tuple[str, str]]) -> dict[str, Any]:
        version = None if package.version is None else str(package.version)
        reference = self._references[_identity(package)] = self._reference(package.name, version)
        told = properties + ([] if marker is None else [("uv:package:marker", marker)])
        found: dict[str, Any] = {
            "type": "library",
            "bom-ref": reference,
            "name": package.name,
            "version": version,
            "purl": self._purl(package),
            "externalReferences": list(_external_references(package)) if self._options.has_hashes else None,
            "properties": _properties(told),
        }
        return {key: value for key, value in found.items() if value}

    def _purl(self, package: LockedPackage) -> str | None:
        """The address of a package (purl specification, type `pypi`); what is on this machine has none."""
        match package.source:
            case Registry(url, is_path):
                is_plain = is_path or url.startswith(f"{self._options.default_site}/")
                qualifier = "" if is_plain else f"?repository_url={_escaped(url)}"
            case Git() as git:
                qualifier = f"?vcs_url={_escaped(git_text(git))}"
            case Url(url):
                qualifier = f"?download_url={_escaped(url)}"
            case _:
                return None
        version = "" if package.version is None else f"@{_escaped(str(package.version))}"
        return f"pkg:pypi/{_escaped(package.name)}{version}{qualifier}"

    def _dependency(self, package: LockedPackage) -> dict[str, Any]:
        optional = (edges for _, edges in package.optional_dependencies)
        grouped = (edges for _, edges in package.dev_dependencies)
        needed = {reference for edges in (package.dependencies, *optional, *grouped) for edge in edges for reference in self._targets(edge)}
        return _dependency(self._references[_identity(package)], needed)

    def _targets(self, edge: Edge) -> Iterator[str]:
        for package in self._lock.packages:
            if package.name == edge.name and _identity(package) in self._references:
                has_version = edge.version is None or edge.version == package.version
                if has_version and (edge.source is None or edge.source == package.source):
                    yield self._references[_identity(package)]


def _dependency(reference: str, needed: Collection[str]) -> dict[str, Any]:
    return {"ref": reference, "dependsOn": sorted(needed)} if needed else {"ref": reference}


def _is_at_root(package: LockedPackage) -> bool:
    return isinstance(package.source, Virtual | Editable | Directory) and package.source.path == "."


def _workspace_path(package: LockedPackage, members: Collection[Name]) -> list[tuple[str, str]]:
    if package.name not in members or not isinstance(package.source, Directory | Editable | Path | Virtual):
        return []
    return [("uv:workspace:path", package.source.path)]


def _properties(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _external_references(package: LockedPackage) -> Iterator[dict[str, Any]]:
    """Where the files are, with their digests."""
    for file in (*(() if package.sdist is None else (package.sdist,)), *package.wheels):
        if file.url is not None and file.digest is not None:
            yield {"type": "distribution", "url": file.url, "hashes": [{"alg": _algorithm(file.digest), "content": file.digest.hex}]}


def _algorithm(digest: Digest) -> str:
    return _ALGORITHMS.get(digest.algorithm) or f"BLAKE2b-{_BLAKE2_BITS.get(len(digest.hex), 512)}"


def _escaped(text: str) -> str:
    return quote(text, safe=_SAFE_IN_PURLS)
