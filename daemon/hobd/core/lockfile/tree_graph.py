"""Who reaches whom in a lock: what trees are drawn of (features.md 1.6).

    lock ─entries that hold─▶ nodes and labelled links ─roots─▶ where to begin

Nodes are packages of the lock. A link says how the target is reached: plainly, by an extra of the parent, or by one of
its groups; it carries the extras that the parent asks of the target, and the marker under which it does.
"""

from collections import deque
from collections.abc import Callable, Collection, Mapping
from functools import reduce
from operator import or_

from msgspec import Struct, field

from hobd.core.lockfile.model import Edge, Lock, LockedPackage
from hobd.core.lockfile.order import SortKey, package_order
from hobd.core.markers import TRUE, Marker
from hobd.core.vocab.names import Name
from hobd.core.vocab.requirement import Requirement

PLAIN, OPTIONAL, GROUP = range(3)


class Link(Struct, frozen=True):
    """A way to another package; `label` is the extra's or group's name."""

    kind: int
    label: str
    extras: tuple[Name, ...]
    target: int
    marker: Marker = TRUE
    """For the lock's Pythons and platforms and no others."""

    def order(self, nodes: tuple[LockedPackage, ...]) -> SortKey:
        """What sorts links as uv draws them."""
        return self.kind, self.label, package_order(nodes[self.target]), self.extras


class TreeOptions(Struct, frozen=True, kw_only=True):
    """What to draw of a lock."""

    environment: Mapping[str, str] | None = None
    """Marker environment to filter by; None: all platforms and Pythons."""
    depth: int = 255
    prune: frozenset[Name] = frozenset()
    packages: tuple[Name, ...] = ()
    """Where to begin; empty: at the workspace's members."""
    members: tuple[Name, ...] = ()
    """The workspace's members, or empty for a script."""
    includes_projects: bool = True
    """False with `--only-group`: only the groups hang on the members."""
    groups_of: Callable[[LockedPackage], Collection[str]] = field(default=lambda package: ())
    """The groups to draw, for each member."""
    manifest_groups: frozenset[str] = frozenset()
    """The groups to draw of a root without `[project]`."""
    is_inverted: bool = False
    is_deduplicated: bool = True
    shows_sizes: bool = False
    latest: Mapping[Name, str] = field(default_factory=dict)
    """Newer versions by name, for `--outdated`."""
    format_size: Callable[[int], str] = str


class TreeGraph:
    """Who reaches whom, among the packages that the options let in."""

    def __init__(self, lock: Lock, options: TreeOptions) -> None:
        """Follow all entries from the members, or from what a script or a virtual root requires."""
        self.lock = lock
        self.options = options
        self.nodes = lock.packages
        self.links: dict[int, list[Link]] = {}
        """Of each node that is reached."""
        self.starts: list[tuple[int, Link | None]] = []
        """Where the lock itself begins: members, or what is required directly; in order, with the group that asks."""
        self._named: dict[Name, list[int]] = {}
        for index, package in enumerate(lock.packages):
            self._named.setdefault(package.name, []).append(index)
        self._supported = reduce(or_, lock.supported_markers) if lock.supported_markers else TRUE
        self._waiting: deque[tuple[int, Name | None]] = deque()
        self._seen: set[tuple[int, Name | None]] = set()
        self._build()

    def turned(self) -> dict[int, list[Link]]:
        """The same links, from target to parent."""
        turned: dict[int, list[Link]] = {index: [] for index in self.links}
        for parent, links in self.links.items():
            for link in links:
                turned.setdefault(link.target, []).append(Link(link.kind, link.label, link.extras, parent, link.marker))
        return turned

    def roots(self) -> list[tuple[int, Link | None]]:
        """Where drawing begins, in order. What the lock begins with is drawn from the last to the first, as uv does."""
        options = self.options
        if not options.packages and not options.is_inverted:
            return list(reversed(dict.fromkeys(self.starts)))
        named = [index for index in self.links if self.nodes[index].name in options.packages]
        found = named if options.packages else self._ends()
        return [(index, None) for index in sorted(found, key=self._order)]

    def _order(self, index: int) -> SortKey:
        return package_order(self.nodes[index])

    def _ends(self) -> list[int]:
        """What needs nothing; of packages that need each other and nothing else, the first."""
        reached = {index: self._reached(index) for index in self.links}
        ends = [index for index, others in reached.items() if all(index in reached[other] for other in others)]
        return [index for index in ends if index == min({index, *reached[index]}, key=self._order)]

    def _reached(self, index: int) -> set[int]:
        """All that is needed by a package, directly or not; itself only where it is in a cycle."""
        found: set[int] = set()
        waiting = [index]
        while waiting:
            for link in self.links[waiting.pop()]:
                if link.target not in found:
                    found.add(link.target)
                    waiting.append(link.target)
        return found

    def _build(self) -> None:
        for name in self.options.members:
            for index in self._named.get(name, ()):
                self._start_at(index)
        manifest, chosen = self.lock.manifest, self.options.manifest_groups
        for requirement in manifest.requirements:
            self._start_with(requirement, None)
        for group, rows in manifest.dependency_groups:
            for requirement in rows if group in chosen else ():
                self._start_with(requirement, group)
        while self._waiting:
            self._follow(*self._waiting.popleft())

    def _start_with(self, requirement: Requirement, group: Name | None) -> None:
        kind, label = (PLAIN, "") if group is None else (GROUP, group)
        for index in self._named.get(requirement.name, ()):
            marker = self._reach(requirement.marker)
            if self._holds(marker):
                self.starts.append((index, Link(kind, label, requirement.extras, index, marker)))
                self._enter(index, requirement.extras)

    def _start_at(self, index: int) -> None:
        package = self.nodes[index]
        self.starts.append((index, None))
        self.links.setdefault(index, [])
        if self.options.includes_projects:
            self._enter(index, [extra for extra, _ in package.optional_dependencies])
        groups = self.options.groups_of(package)
        for group, edges in package.dev_dependencies:
            if group in groups:
                self._link(index, GROUP, group, edges)

    def _enter(self, index: int, extras: Collection[Name]) -> None:
        for key in [(index, None), *((index, extra) for extra in extras)]:
            if key not in self._seen:
                self._seen.add(key)
                self._waiting.append(key)

    def _follow(self, index: int, extra: Name | None) -> None:
        package = self.nodes[index]
        self.links.setdefault(index, [])
        if extra is None:
            self._link(index, PLAIN, "", package.dependencies)
        else:
            self._link(index, OPTIONAL, extra, dict(package.optional_dependencies).get(extra, ()))

    def _link(self, parent: int, kind: int, label: str, edges: tuple[Edge, ...]) -> None:
        for edge in edges:
            marker = self._reach(edge.marker)
            if edge.name in self.options.prune or not self._holds(marker):
                continue
            for target in self._targets(edge):
                self.links[parent].append(Link(kind, label, edge.extras, target, marker))
                self._enter(target, edge.extras)

    def _reach(self, marker: Marker) -> Marker:
        return marker.complexify(self.lock.requires_python) & self._supported

    def _holds(self, marker: Marker) -> bool:
        environment = self.options.environment
        return environment is None or marker.evaluate(environment)

    def _targets(self, edge: Edge) -> list[int]:
        found = self._named.get(edge.name, [])
        if edge.version is None and edge.source is None:
            return found
        return [index for index in found if _is_meant(self.nodes[index], edge)]


def _is_meant(package: LockedPackage, edge: Edge) -> bool:
    has_version = edge.version is None or package.version == edge.version
    return has_version and (edge.source is None or package.source == edge.source)
