"""From a resolution to the lock: packages, their files, and their edges (uv-lock.md 1.3 to 1.10, 4.8)."""

from collections import Counter
from collections.abc import Iterable
from functools import reduce
from itertools import combinations
from operator import or_
from typing import Any

from msgspec.structs import replace
from packaging.version import Version

from hobd.core.lockfile.build_files import locked_sdist, locked_wheels
from hobd.core.lockfile.model import Edge, Lock, LockedPackage, Manifest, PackageMetadata, ScopedRequirement
from hobd.core.lockfile.order import SortKey, edge_order, package_order, requirement_order
from hobd.core.markers import FALSE, TRUE, Marker, RequiresPython
from hobd.core.resolver.conflict_items import item_order
from hobd.core.resolver.problem import Problem, RootProject
from hobd.core.resolver.resolution import Chosen, NodeKey, Resolution
from hobd.core.vocab.names import Name
from hobd.core.vocab.requirement import Requirement
from hobd.core.vocab.source import Directory, Editable, Path, Source, Url, Virtual


def build_lock(problem: Problem, resolution: Resolution, previous: Lock | None) -> Lock:
    """The lock that records a resolution.

    Args:
        previous: the lock that it replaces; its hashes are kept for packages that stay, where the index gives none.
    """
    builder = _Builder(problem, resolution, previous)
    python = problem.requires_python
    return Lock(
        requires_python=python,
        resolution_markers=_canonical(resolution.fork_markers, python),
        supported_markers=_simplified(problem.environments, python),
        required_markers=_simplified(problem.required_environments, python),
        conflicts=tuple(tuple(sorted(items, key=item_order)) for items in problem.conflicts),
        options=problem.options,
        manifest=_in_order_of_lock(problem.manifest),
        packages=builder.packages(),
    )


def locked_version(node: NodeKey, chosen: Chosen) -> Version | None:
    """The version that a lock gives; None for a folder whose version is dynamic."""
    is_tree = isinstance(node.source, Directory | Editable | Virtual)
    return None if is_tree and chosen.metadata.is_dynamic else node.version


def _simplified(markers: tuple[Marker, ...], python: RequiresPython) -> tuple[Marker, ...]:
    """Markers as a header lists them."""
    return tuple(marker.simplify(python) for marker in markers)


def _canonical(markers: tuple[Marker, ...], python: RequiresPython) -> tuple[Marker, ...]:
    """Fork markers without encoded items if they are disjoint then, else with them (1.3)."""
    plain = tuple(dict.fromkeys(marker.without_extras().simplify(python) for marker in markers))
    if any(not first.is_disjoint(second) for first, second in combinations(plain, 2)):
        plain = tuple(marker.simplify(python) for marker in markers)
    return tuple(marker for marker in plain if not marker.is_true)


class _Builder:
    """Builds the packages of one lock."""

    def __init__(self, problem: Problem, resolution: Resolution, previous: Lock | None) -> None:
        self._resolution = resolution
        self._python = problem.requires_python
        self._members: dict[Name, RootProject] = {root.name: root for root in problem.roots}
        self._previous = {(each.name, each.version): each for each in previous.packages} if previous is not None else {}
        self._preferred = {(name, each.version) for name, preferences in problem.preferences for each in preferences}
        counts = Counter(node.name for node in resolution.distributions)
        self._ambiguous = {name for name, count in counts.items() if count > 1}
        self._environment = self._forks_union()
        supported = [marker.complexify(self._python) for marker in problem.environments]
        self._supported = reduce(or_, supported, FALSE) if supported else TRUE
        self._filled = {node for node, children in resolution.edges.items() if children}
        """Extras and groups that have at least one edge: others are not written."""
        self._parts: dict[NodeKey, list[NodeKey]] = {}
        for node in self._filled:
            if node != node.base:
                self._parts.setdefault(node.base, []).append(node)

    def _forks_union(self) -> Marker:
        """All environments of the resolution, simplified: what edges need not say (4.8, 2)."""
        plain = [marker.without_extras() for marker in self._resolution.fork_markers]
        return reduce(or_, plain).simplify(self._python) if plain else TRUE

    def packages(self) -> tuple[LockedPackage, ...]:
        return tuple(sorted((self._package(node, chosen) for node, chosen in self._resolution.distributions.items()), key=package_order))

    def _package(self, node: NodeKey, chosen: Chosen) -> LockedPackage:
        member = self._members.get(node.name) if isinstance(node.source, Directory | Editable | Virtual) else None
        marker = self._resolution.nodes[node]
        kept = self._kept(node, chosen)
        parts = self._parts.get(node, [])
        return LockedPackage(
            name=node.name,
            version=self._version(node),
            source=chosen.source,
            default_groups=member.default_groups if member else None,
            resolution_markers=self._fork_markers(marker) if node.name in self._ambiguous else (),
            dependencies=self._edges(node),
            optional_dependencies=tuple(sorted((each.extra, self._edges(each)) for each in parts if each.extra is not None)),
            dev_dependencies=tuple(sorted((each.group, self._edges(each)) for each in parts if each.group is not None)),
            group_requires_python=member.group_requires_python if member else (),
            sdist=locked_sdist(chosen, kept),
            wheels=locked_wheels(chosen, kept, self._python, marker & self._supported),
            metadata=_metadata(chosen),
        )

    def _kept(self, node: NodeKey, chosen: Chosen) -> LockedPackage | None:
        """The package in the lock before, if it stays. Its hashes are promises; where a path or URL names it, only an upgrade ends them."""
        kept = self._previous.get((node.name, node.version))
        if kept is None or not isinstance(chosen.source, Url | Path):
            return kept
        return kept if kept.source == chosen.source and (node.name, node.version) in self._preferred else None

    def _version(self, node: NodeKey) -> Version | None:
        return locked_version(node, self._resolution.distributions[node.base])

    def _fork_markers(self, marker: Marker) -> tuple[Marker, ...]:
        return _canonical(tuple(each for each in self._resolution.fork_markers if not each.is_disjoint(marker)), self._python)

    def _edges(self, parent: NodeKey) -> tuple[Edge, ...]:
        """One entry per target and marker, with the extras that are asked of the target under it; in the order of all of them."""
        reached = self._resolution.nodes[parent].without_extras().simplify(self._python)
        extras: dict[tuple[NodeKey, Marker], set[Name]] = {}
        for child, marker in self._resolution.edges[parent].items():
            restricted = marker.simplify(self._python).restrict(reached).simplify(self._python) & self._environment
            asked = extras.setdefault((child.base, restricted), set())
            if child.extra is not None:
                asked.add(child.extra)
        found = sorted(((target, self._edge(target, asked, marker)) for (target, marker), asked in extras.items()), key=_edge_order)
        return tuple(replace(edge, extras=tuple(each for each in edge.extras if self._is_filled(target, each))) for target, edge in found)

    def _is_filled(self, target: NodeKey, extra: Name) -> bool:
        return replace(target, extra=extra) in self._filled

    def _edge(self, target: NodeKey, extras: set[Name], marker: Marker) -> Edge:
        is_ambiguous = target.name in self._ambiguous
        return Edge(
            name=target.name,
            version=self._version(target) if is_ambiguous else None,
            source=self._source(target) if is_ambiguous else None,
            extras=tuple(sorted(extras)),
            marker=marker.restrict(self._environment),
        )

    def _source(self, node: NodeKey) -> Source:
        return self._resolution.distributions[node].source


def _edge_order(found: tuple[NodeKey, Edge]) -> SortKey:
    return edge_order(found[1])


def _in_order(requirements: Iterable[Requirement]) -> tuple[Requirement, ...]:
    """Requirements as a table lists them: sorted, equal ones once, as the last is spelled."""
    return tuple({requirement_order(each): each for each in sorted(requirements, key=requirement_order)}.values())


def _in_order_of_lock(manifest: Manifest) -> Manifest:
    """The manifest with its tables sorted (1.5)."""
    groups = tuple((name, _in_order(requirements)) for name, requirements in sorted(manifest.dependency_groups, key=lambda group: group[0]))
    return replace(
        manifest,
        requirements=_in_order(manifest.requirements),
        constraints=_in_order(manifest.constraints),
        build_constraints=_in_order(manifest.build_constraints),
        overrides=tuple({_override_order(each): each for each in sorted(manifest.overrides, key=_override_order)}.values()),
        excludes=tuple(sorted(manifest.excludes, key=_exclude_order)),
        dependency_groups=groups,
    )


def _override_order(override: Requirement | ScopedRequirement) -> tuple[Any, ...]:
    """Those that hold for one package come first."""
    if isinstance(override, Requirement):
        return 1, requirement_order(override)
    return 0, override.package, override.version or "", tuple(map(requirement_order, override.dependencies))


def _exclude_order(exclude: Name | ScopedRequirement) -> tuple[Any, ...]:
    """Those that hold for one package come first."""
    if isinstance(exclude, ScopedRequirement):
        return 0, exclude.package, exclude.version or "", tuple(each.name for each in exclude.dependencies)
    return 1, exclude


def _metadata(chosen: Chosen) -> PackageMetadata | None:
    """What sources that can change without a new version said when they were locked (1.6)."""
    if not isinstance(chosen.source, Url | Path | Directory | Editable | Virtual):
        return None
    metadata = chosen.metadata
    found = PackageMetadata(
        requires_dist=_in_order(metadata.requires_dist),
        provides_extras=metadata.provides_extras,
        requires_dev=tuple((name, _in_order(requirements)) for name, requirements in sorted(metadata.groups, key=lambda group: group[0])),
    )
    return found if found != PackageMetadata() else None
