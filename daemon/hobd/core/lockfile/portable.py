"""Portable locks: they name no server, so that they are the same wherever files come from (beyond uv; `[tool.hob] portable-lock`).

    locked from                  package                                 requirement
    any index                    { registry = "wheelhouse" }             -
    an index that a source pins  { registry = "wheelhouse/NAME" }        index = "wheelhouse:NAME"

Files are told by name, digest and size: `{ path = "NAME", hash = …, size = … }`. uv reads such a lock as one from a folder
beside it. Git, URL and path sources stay what they are: the project itself names them.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from hashlib import sha256

from msgspec import Struct, field
from msgspec.structs import replace
from packaging.version import Version

from hobd.core.lockfile.model import Edge, Lock, LockedFile, LockedPackage, Manifest, PackageMetadata, ScopedRequirement
from hobd.core.lockfile.order import edge_order, package_order, requirement_order
from hobd.core.vocab.names import Name
from hobd.core.vocab.requirement import Requirement
from hobd.core.vocab.source import Registry, Source
from hobd.errors import RequestError

WHEELHOUSE = "wheelhouse"
"""The folder beside the lock that holds its files, or may hold them."""
BUILD_REQUIREMENTS = "build-requirements"
"""The folder in it for what builds need: of that the lock says nothing."""
_FOLDER = f"{WHEELHOUSE}/"
_PINNED = f"{WHEELHOUSE}:"
_PLACE = re.compile(rf"{WHEELHOUSE}(?:/[A-Za-z0-9_-][A-Za-z0-9_.-]*)?", re.ASCII)


def is_wheelhouse(source: Source) -> bool:
    """Whether a source is the folder of a portable lock, or one right in it: nothing that a hostile lock says leads out of there."""
    return isinstance(source, Registry) and source.is_path and _PLACE.fullmatch(source.url) is not None


def files_of(package: LockedPackage) -> tuple[LockedFile, ...]:
    """All files of a package, the source distribution first."""
    return (*(() if package.sdist is None else (package.sdist,)), *package.wheels)


def names_no_index(lock: Lock) -> bool:
    """Whether no package is locked from an address, and every file has a digest to know it by."""
    found = (package for package in lock.packages if isinstance(package.source, Registry))
    return all(is_wheelhouse(package.source) and all(map(_is_told, files_of(package))) for package in found)


def is_portable(lock: Lock) -> bool:
    """Whether a lock is portable for sure. What uv locks from a folder of that name has no digests."""
    return names_no_index(lock) and any(isinstance(package.source, Registry) for package in lock.packages)


def _is_told(file: LockedFile) -> bool:
    return file.path is not None and "/" not in file.path and file.digest is not None


class Indistinct(RequestError):
    """Two packages that would become one."""


class Portability(Struct, frozen=True, dict=True):
    """How one project's indexes are told apart without their addresses."""

    pinnable: Mapping[str, Registry] = field(default_factory=dict)
    """The indexes that sources may pin, as requirements name them, by label."""
    locked: Mapping[Registry, str] = field(default_factory=dict)
    """The label of each of them, as packages name them."""

    @cached_property
    def _labels(self) -> Mapping[Registry, str]:
        return {**{registry: label for label, registry in self.pinnable.items()}, **self.locked}

    def close(self, lock: Lock) -> Lock:
        """The lock without the addresses of indexes.

        Raises:
            Indistinct: a version comes from two indexes that nothing else tells apart.
        """
        pins = self.pins(lock)
        closed = _converted(lock, lambda name, source: self._closed(name, source, pins), self._closed_requirement)
        packages = tuple(_closed_files(package) for package in closed.packages)
        _check_distinct(packages)
        return replace(closed, packages=packages)

    def open(self, lock: Lock) -> Lock:
        """A portable lock with the addresses of the indexes that sources pin, as they are configured now; another one as it is."""
        return _converted(lock, lambda _, source: self._opened(source), self._opened_requirement)

    def pins(self, lock: Lock) -> Mapping[Name, frozenset[str]]:
        """The labels of the indexes that the lock's requirements pin, by package."""
        found: dict[Name, set[str]] = {}
        for requirement in _requirements(lock):
            if isinstance(requirement.source, Registry):
                found.setdefault(requirement.name, set()).add(self._label(requirement.source))
        return {name: frozenset(labels) for name, labels in found.items()}

    def folder(self, package: LockedPackage, pins: Mapping[Name, frozenset[str]]) -> str:
        """The folder of a package's files, relative to the lock."""
        source = self._closed(package.name, package.source, pins)
        return source.url if is_wheelhouse(source) and isinstance(source, Registry) else WHEELHOUSE

    def _label(self, registry: Registry) -> str:
        if registry.url.startswith(_PINNED):
            return registry.url.removeprefix(_PINNED)
        return self._labels.get(registry) or unnamed(registry)

    def _closed(self, name: Name, source: Source, pins: Mapping[Name, frozenset[str]]) -> Source:
        if not isinstance(source, Registry) or is_wheelhouse(source):
            return source
        label = self._label(source)
        return Registry(_FOLDER + label if label in pins.get(name, frozenset()) else WHEELHOUSE, is_path=True)

    def _closed_requirement(self, source: Source) -> Source:
        return Registry(_PINNED + self._label(source)) if isinstance(source, Registry) else source

    def _opened(self, source: Source) -> Source:
        if not is_wheelhouse(source) or not isinstance(source, Registry):
            return source
        return self.pinnable.get(source.url.removeprefix(_FOLDER), source)

    def _opened_requirement(self, source: Source) -> Source:
        if not isinstance(source, Registry) or not source.url.startswith(_PINNED):
            return source
        return self.pinnable.get(source.url.removeprefix(_PINNED), source)


def unnamed(registry: Registry) -> str:
    """The label of an index that has no name of its own, or shares it."""
    return f"index-{sha256(registry.url.encode()).hexdigest()[:8]}"


def _closed_files(package: LockedPackage) -> LockedPackage:
    if not is_wheelhouse(package.source):
        return package
    sdist = None if package.sdist is None else _closed_file(package.sdist)
    return replace(package, sdist=sdist, wheels=tuple(map(_closed_file, package.wheels)))


def _closed_file(file: LockedFile) -> LockedFile:
    return replace(file, url=None, path=file.name, filename=None)


def _check_distinct(packages: Iterable[LockedPackage]) -> None:
    seen: set[tuple[Name, Version | None, Source]] = set()
    for package in packages:
        key = package.name, package.version, package.source
        if key in seen:
            raise Indistinct(
                f"`{package.name}=={package.version}` is locked from two indexes, which a portable lock cannot tell apart",
                hint="Give each index a name, and say in `tool.uv.sources` which one the package comes from",
            )
        seen.add(key)


Sources = Callable[[Name, Source], Source]
RequirementSources = Callable[[Source], Source]


def _converted(lock: Lock, sources: Sources, requirement_sources: RequirementSources) -> Lock:
    """The lock with other sources, in the order that they give it."""

    def requirement(each: Requirement) -> Requirement:
        return each if each.source is None else replace(each, source=requirement_sources(each.source))

    def requirements(several: tuple[Requirement, ...]) -> tuple[Requirement, ...]:
        return several if all(each.source is None for each in several) else tuple(sorted(map(requirement, several), key=requirement_order))

    def edges(several: tuple[Edge, ...]) -> tuple[Edge, ...]:
        if all(each.source is None for each in several):
            return several
        moved = (each if each.source is None else replace(each, source=sources(each.name, each.source)) for each in several)
        return tuple(sorted(moved, key=edge_order))

    def metadata(said: PackageMetadata) -> PackageMetadata:
        groups = tuple((name, requirements(group)) for name, group in said.requires_dev)
        return replace(said, requires_dist=requirements(said.requires_dist), requires_dev=groups)

    def package(each: LockedPackage) -> LockedPackage:
        return replace(
            each,
            source=sources(each.name, each.source),
            dependencies=edges(each.dependencies),
            optional_dependencies=tuple((name, edges(listed)) for name, listed in each.optional_dependencies),
            dev_dependencies=tuple((name, edges(listed)) for name, listed in each.dev_dependencies),
            metadata=None if each.metadata is None else metadata(each.metadata),
        )

    packages = tuple(sorted(map(package, lock.packages), key=package_order))
    return replace(lock, packages=packages, manifest=_converted_manifest(lock.manifest, requirement, requirements))


def _converted_manifest(
    manifest: Manifest, one: Callable[[Requirement], Requirement], several: Callable[[tuple[Requirement, ...]], tuple[Requirement, ...]]
) -> Manifest:
    return replace(
        manifest,
        requirements=several(manifest.requirements),
        constraints=several(manifest.constraints),
        build_constraints=several(manifest.build_constraints),
        overrides=tuple(
            one(each) if isinstance(each, Requirement) else replace(each, dependencies=tuple(map(one, each.dependencies)))
            for each in manifest.overrides
        ),
        dependency_groups=tuple((name, several(group)) for name, group in manifest.dependency_groups),
    )


def _requirements(lock: Lock) -> Iterator[Requirement]:
    """All requirements that a lock records."""
    for package in lock.packages:
        if package.metadata is not None:
            yield from package.metadata.requires_dist
            yield from (each for _, group in package.metadata.requires_dev for each in group)
    manifest = lock.manifest
    yield from (*manifest.requirements, *manifest.constraints, *manifest.build_constraints)
    yield from (each for _, group in manifest.dependency_groups for each in group)
    for override in manifest.overrides:
        yield from override.dependencies if isinstance(override, ScopedRequirement) else (override,)
