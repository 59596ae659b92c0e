"""From a distribution's requirements to what the search depends on (uv-lock.md 4.2).

requirements ─overrides, exclusions→ ─split by extra→ ─recursive extras→ ─constraints→ dependencies ─fork→ those that matter
└─────────────────────────── once per version, extra and group ────────────────────────────┘ └─ per fork ─┘
"""

from collections import deque
from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace
from packaging.specifiers import SpecifierSet

from hobd.core.lockfile.order import ordered_specifiers
from hobd.core.markers import FALSE, TRUE, Marker
from hobd.core.resolver.amendments import Amendments, Parent
from hobd.core.resolver.environment import Environment
from hobd.core.resolver.package import Package, PackageTable
from hobd.core.resolver.problem import Problem
from hobd.core.resolver.rejection import Rejection
from hobd.core.resolver.specifiers import versions_matching
from hobd.core.resolver.versions import EVERY_VERSION, VersionSet
from hobd.core.vocab.names import Name
from hobd.core.vocab.requirement import ConflictItem, Requirement
from hobd.core.vocab.source import Registry, Source


class Dependency(Struct, frozen=True):
    """One thing that a version depends on."""

    package: Package
    versions: VersionSet
    source: Source | None
    """A direct source; or an index, for requirements of dependency groups."""
    is_of_base: bool
    """Whether a distribution itself asks for it, not the root, an extra or a group."""


class Prepared(Struct, frozen=True):
    """A requirement, ready for any fork."""

    requirement: Requirement
    dependencies: tuple[Dependency, ...]
    guard: ConflictItem | None
    """Dropped where this is out."""

    @property
    def is_plain(self) -> bool:
        """Whether it is the same in every fork."""
        return self.requirement.marker.is_true and self.guard is None and not self.dependencies[0].versions.is_empty


class Dependencies:
    """Turns requirements into dependencies, and remembers what does not depend on the fork."""

    def __init__(self, problem: Problem, table: PackageTable, amendments: Amendments) -> None:
        self._table = table
        self._amendments = amendments
        self._conflicting = frozenset(item for items in problem.conflicts for item in items)
        self._prepared: dict[tuple[Package, Parent | None, frozenset[ConflictItem]], tuple[Prepared, ...]] = {}
        self._plain: dict[tuple[Package, Parent | None, frozenset[ConflictItem]], list[Dependency]] = {}
        """Of those that are the same in every fork: what they come to."""
        self._bases: dict[Marker, tuple[frozenset[str], Marker]] = {}
        """By marker: the extras that it names, and what is left of it without any."""
        self._versions: dict[str, VersionSet] = {}  # by text: `>=2` and `>=2.0` are equal, and yet told as they are written

    def of(
        self, package: Package, parent: Parent | None, requirements: Iterable[Requirement], environment: Environment
    ) -> list[Dependency] | Rejection:
        """What one version depends on in a fork.

        Args:
            package: the distribution, extra or group that asks; the root for the first-party requirements.
            parent: its name and version; None for the root.
            requirements: all requirements of the distribution (or of the group).

        Returns:
            The dependencies in order of declaration; or why the version cannot be used at all.
        """
        key = (package, parent, environment.excluded)
        if (plain := self._plain.get(key)) is not None and environment.needs(TRUE):
            return plain
        wanted: list[Dependency] = []
        for each in self.prepared(package, parent, requirements, environment):
            if not environment.needs(each.requirement.marker) or not environment.admits_item(each.guard):
                continue
            if each.dependencies[0].versions.is_empty:
                return _contradictory(each.requirement)
            wanted += each.dependencies
        return wanted

    def prepared(
        self, package: Package, parent: Parent | None, requirements: Iterable[Requirement], environment: Environment
    ) -> tuple[Prepared, ...]:
        """The requirements of one version, ready for any fork with the same conflicting items out. See `of`."""
        key = (package, parent, environment.excluded)
        prepared = self._prepared.get(key)
        if prepared is None:
            prepared = self._prepared[key] = tuple(self._prepare(package, parent, tuple(requirements), environment))
            if all(each.is_plain for each in prepared):
                self._plain[key] = [dependency for each in prepared for dependency in each.dependencies]
        return prepared

    def versions(self, specifier: SpecifierSet) -> VersionSet:
        """The versions that a requirement's specifiers allow."""
        text = str(specifier)
        found = self._versions.get(text)
        if found is None:
            found = self._versions[text] = versions_matching(specifier)
        return found

    def _prepare(
        self, package: Package, parent: Parent | None, requirements: tuple[Requirement, ...], environment: Environment
    ) -> Iterator[Prepared]:
        name, extra = package.name, package.extra
        active = list(self._active(requirements, extra, parent, is_group=package.group is not None))
        if package.group is None and any(each.name == name and each.extras for each in requirements):
            active = list(self._flattened(active, requirements, extra, parent, environment))
        for requirement in active:
            guard = None if extra is None else ConflictItem(package=requirement.name, extra=extra)
            for each in (requirement, *self._constraints_for(requirement)):
                yield Prepared(each, tuple(self._lowered(package, each)), guard if guard in self._conflicting else None)

    def _active(
        self, requirements: Iterable[Requirement], extra: Name | None, parent: Parent | None, *, is_group: bool
    ) -> Iterator[Requirement]:
        """The requirements of the base distribution or of one extra, amended, each with its share of the marker."""
        for requirement in self._amendments.overridden(None if is_group else parent, requirements):
            if self._amendments.excludes(parent, requirement.name):
                continue
            marker = self._share(requirement.marker, extra)
            if not marker.is_false:
                yield requirement if marker == requirement.marker else replace(requirement, marker=marker)

    def _share(self, marker: Marker, extra: Name | None) -> Marker:
        """The part of a marker that is the base's own, or that an extra adds to it (4.2).

        Asked for every pair of an extra and a requirement, so what does not depend on the extra is kept: a distribution may have
        hundreds of both.
        """
        known = self._bases.get(marker)
        if known is None:
            known = self._bases[marker] = frozenset(marker.extra_names()), marker.assume_extras(lambda _: False)
        names, base = known
        if extra is None:
            return base
        return marker.assume_extras(lambda name: name == extra) & ~base if extra in names else FALSE

    def _flattened(
        self,
        active: list[Requirement],
        requirements: tuple[Requirement, ...],
        extra: Name | None,
        parent: Parent | None,
        environment: Environment,
    ) -> Iterator[Requirement]:
        """Replace requirements on extras of the distribution itself by what those extras require, breadth first."""
        assert parent is not None
        name = parent[0]
        found = list(active)
        seen: set[tuple[Name, Marker]] = set()
        queue = deque((each, requirement.marker) for requirement in active if requirement.name == name for each in requirement.extras)
        while queue:
            included, marker = queue.popleft()
            if (included, marker) in seen:
                continue
            seen.add((included, marker))
            for requirement in self._active(requirements, included, parent, is_group=False):
                nested = requirement.under(marker)
                if nested.marker.is_false or not environment.admits_item(ConflictItem(package=nested.name, extra=included)):
                    continue
                if nested.name == name:
                    queue.extend((each, nested.marker) for each in nested.extras)
                found.append(nested)
        yield from (each for each in found if each.name != name or not each.extras)
        for each in found:
            if each.name == name and each.extras and each.specifier:
                yield replace(each, extras=())

    def _constraints_for(self, requirement: Requirement) -> Iterator[Requirement]:
        for constraint in self._amendments.constraints_on(requirement.name):
            amended = constraint.under(requirement.marker)
            if not amended.marker.is_false:
                yield amended

    def _lowered(self, package: Package, requirement: Requirement) -> Iterator[Dependency]:
        """One dependency per extra or group that is asked for; the base too where one of them is part of a conflict."""
        versions = EVERY_VERSION if _is_direct(requirement.source) else self.versions(requirement.specifier)
        source = requirement.source if _is_direct(requirement.source) or package.group is not None else None
        marker = requirement.marker.assume_extras(lambda _: True)
        name = requirement.name
        parts: list[tuple[Name | None, Name | None]] = [(extra, None) for extra in requirement.extras]
        parts = parts or [(None, group) for group in requirement.groups]
        items = (ConflictItem(package=name, extra=extra, group=group) for extra, group in parts)
        if not parts or any(item in self._conflicting for item in items):
            parts = [(None, None), *parts]
        is_of_base = package.name is not None and package.extra is None and package.group is None
        for extra, group in parts:
            needed = self._table.required(name, extra, group, marker)
            yield Dependency(needed, versions, source, is_of_base and extra is None and group is None)


def proxied(table: PackageTable, proxy: Package) -> list[Package]:
    """What a proxy depends on, all at its own version."""
    assert proxy.name is not None
    markers = [TRUE] if proxy.marker.is_true else [TRUE, proxy.marker]
    parts: list[tuple[Name | None, Name | None]] = [] if proxy.group is not None else [(None, None)]
    if proxy.extra is not None or proxy.group is not None:
        parts.append((proxy.extra, proxy.group))
    return [table.package(proxy.name, extra, group, marker) for marker in markers for extra, group in parts]


def _is_direct(source: Source | None) -> bool:
    return source is not None and not isinstance(source, Registry)


def _contradictory(requirement: Requirement) -> Rejection:
    """Its specifiers allow nothing."""
    label = requirement.name + (f"[{','.join(requirement.extras)}]" if requirement.extras else "")
    texts = [str(each) for each in ordered_specifiers(requirement.specifier)]
    ending = "which are incompatible" if len(texts) > 1 else "which does not allow any versions"
    return Rejection(verb="depends on", what=f"{' and '.join(label + text for text in texts)}, {ending}")
