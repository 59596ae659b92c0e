"""What a lock must not say of itself: told in uv's words."""

from collections.abc import Iterator, Mapping

from packaging.version import Version

from hobd.core.lockfile.model import Edge, Lock, LockedPackage
from hobd.core.lockfile.source_table import git_text
from hobd.core.vocab.names import Name
from hobd.core.vocab.source import Git, Path, Registry, Source, Url


def check_consistency(lock: Lock) -> str | None:
    """What is wrong with a lock whose every part is well formed; None if nothing is.

    An entry without source means the one package of its name; every entry has its package; no package is there
    twice; wheels of direct archives have a hash.
    """
    by_name: dict[Name, list[LockedPackage]] = {}
    for package in lock.packages:
        by_name.setdefault(package.name, []).append(package)
    return next(_faults(lock, by_name), None)


def _faults(lock: Lock, by_name: dict[Name, list[LockedPackage]]) -> Iterator[str]:
    for package in lock.packages:
        if isinstance(package.source, Registry) and package.version is None:
            yield f"Package `{package.name}` from a registry source has a missing `version` field"
        for edge in edges_of(package):
            if edge.source is None and len(by_name.get(edge.name, ())) != 1:
                yield f"Dependency `{edge.name}` has missing `source` field but has more than one matching package"
    for package in lock.packages:
        yield from _duplicate_edges(package, by_name)
    for packages in by_name.values():
        yield from _duplicates(packages)
    for package in lock.packages:
        for edge in edges_of(package):
            if not any(is_target(edge, candidate) for candidate in by_name[edge.name]):
                yield f"For package `{identity(package)}`, found dependency `{_shown(edge, edge.version)}` with no locked package"
        yield from _missing_hashes(package)


def is_target(edge: Edge, package: LockedPackage) -> bool:
    """Whether an entry means a package of its name."""
    return (edge.source is None or edge.source == package.source) and (edge.version is None or edge.version == package.version)


def _duplicate_edges(package: LockedPackage, by_name: Mapping[Name, list[LockedPackage]]) -> Iterator[str]:
    lists = [("", package.dependencies)]
    lists += [(f"[{extra}]", edges) for extra, edges in package.optional_dependencies]
    lists += [(f":{group}", edges) for group, edges in package.dev_dependencies]
    for suffix, edges in lists:
        names = [edge.name for edge in edges]
        if len(set(names)) == len(names) or len(set(edges)) == len(edges):
            continue
        twice = next(edge for index, edge in enumerate(edges) if edge in edges[:index])
        target = _shown(twice, twice.version or by_name[twice.name][0].version)
        yield f"For package `{identity(package)}{suffix}`, found duplicate dependency `{target}`"


def _shown(edge: Edge, version: Version | None) -> str:
    """The target of an entry as messages name it."""
    extras = f"[{','.join(edge.extras)}]" if edge.extras else ""
    return f"{edge.name}{extras}{'' if version is None else f'=={version}'}"


def _duplicates(packages: list[LockedPackage]) -> Iterator[str]:
    seen: set[tuple[Version | None, Source]] = set()
    for package in packages:
        key = package.version, package.source
        if key in seen:
            yield f"Found duplicate package `{identity(package)}`"
        seen.add(key)


def _missing_hashes(package: LockedPackage) -> Iterator[str]:
    kind = {Url: "direct", Path: "path"}.get(type(package.source))
    if kind is not None and any(wheel.digest is None for wheel in package.wheels):
        yield (
            f"Since the package `{identity(package)}` comes from a {kind} dependency, a hash was expected but one was not found for wheel"
        )


def edges_of(package: LockedPackage) -> Iterator[Edge]:
    """All entries of a package: its own, its extras', its groups'."""
    yield from package.dependencies
    for _, edges in (*package.optional_dependencies, *package.dev_dependencies):
        yield from edges


def identity(package: LockedPackage) -> str:
    """A package as messages name it: `name==version @ kind+source`."""
    version = "" if package.version is None else f"=={package.version}"
    source = package.source
    match source:
        case Registry():
            text = f"registry+{source.url}"
        case Git():
            text = f"git+{git_text(source)}"
        case Url():
            text = f"direct+{source.url}"
        case _:
            text = f"{type(source).__name__.lower()}+{source.path}"
    return f"{package.name}{version} @ {text}"
