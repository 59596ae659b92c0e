"""A resolution as the rows that `hob pip compile` writes: who needs a package, where it was asked for, how it was written."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from packaging.version import Version

from hobd.core.formats.urls import path_url
from hobd.core.lockfile.export_pins import PinRow
from hobd.core.lockfile.model import LockedPackage
from hobd.core.resolver.resolution import Chosen, NodeKey, Resolution
from hobd.core.vocab.digest import Digest
from hobd.core.vocab.names import Name
from hobd.core.vocab.source import Directory, Editable, Registry, Source, Url
from hobd.core.vocab.source import Path as PathSource
from hobd.projects.files import absolute
from hobd.service.pip.collecting import Collected
from hobd.service.pip.solving import Solved
from hobd.service.pip.stated import Origin, Stated


def make_rows(collected: Collected, solved: Solved, kept: Mapping[tuple[Name, Version], tuple[Digest, ...]]) -> tuple[PinRow, ...]:
    """One row for each distribution that was chosen.

    Args:
        kept: the hashes of versions that were pinned before.
    """
    resolution, root = solved.resolution, collected.session.cwd
    values = None if solved.problem.target is None else solved.problem.target.values
    constraints = (each for each in collected.constraints if each.requirement.specifier or each.requirement.source is not None)
    origins = _origins((*collected.stated, *constraints, *collected.overrides), values)
    givens = {(each.requirement.name, _place(each.requirement.source, root)): each.given for each in collected.stated if each.given}
    return tuple(
        PinRow(
            name=node.name,
            version=node.version,
            source=chosen.source,
            given=givens.get((node.name, _place(node.source, root))),
            url=_url(node.source, root),
            index_url=_index_url(node.source, root),
            extras=tuple(sorted({each.extra for each in resolution.nodes if each.base == node and each.extra is not None})),
            marker=resolution.nodes[node].simplify(solved.problem.requires_python),
            digests=kept.get((node.name, node.version)) or _digests(chosen, solved.package_of(node)),
            dependents=_dependents(node, resolution),
            origins=tuple(origin.text for origin in sorted(origins.get(node.name, ()))),
        )
        for node, chosen in resolution.distributions.items()
    )


def _origins(stated: Iterable[Stated], values: Mapping[str, str] | None) -> dict[Name, set[Origin]]:
    """Where each name was asked for, by requirements that hold in the one environment if there is one."""
    found: dict[Name, set[Origin]] = {}
    for each in stated:
        marker = each.requirement.marker
        if each.origin is not None and (values is None or marker.evaluate(values)):
            found.setdefault(each.requirement.name, set()).add(each.origin)
    return found


def _dependents(node: NodeKey, resolution: Resolution) -> tuple[Name, ...]:
    """The packages that need one, or an extra of it; it does not need itself."""
    return tuple(
        sorted(
            {
                parent.name
                for parent, children in resolution.edges.items()
                if parent.name != node.name and parent in resolution.nodes and any(child.base == node for child in children)
            }
        )
    )


def _digests(chosen: Chosen, package: LockedPackage) -> tuple[Digest, ...]:
    """Of all files of the version that the index has; what it does not say was found out for those that may be installed."""
    said = [each.file.digests[:1] for each in chosen.files]
    if said and all(said):
        return tuple(digest for digests in said for digest in digests)
    files = (*package.wheels, *(() if package.sdist is None else (package.sdist,)))
    return tuple(file.digest for file in files if file.digest is not None)


def _place(source: Source | None, root: Path) -> Path | Source | None:
    """What tells one reference from another."""
    return absolute(Path(source.path), root) if isinstance(source, Directory | Editable | PathSource) else source


def _url(source: Source, root: Path) -> str | None:
    if isinstance(source, Url):
        return source.url + (f"#subdirectory={source.subdirectory}" if source.subdirectory else "")
    place = _place(source, root)
    return path_url(str(place)) if isinstance(place, Path) else None


def _index_url(source: Source, root: Path) -> str | None:
    if not isinstance(source, Registry):
        return None
    return path_url(str(absolute(Path(source.url), root))) if source.is_path else source.url
