"""The dependency tree of a lock, as text (features.md 1.6).

    lock ─graph─▶ nodes and labelled edges ─roots─▶ where to begin ─walk─▶ lines

Nodes are packages of the lock. An edge says how the target is reached: plainly, by an extra of the parent, or by
one of its groups; it carries the extras that the parent asks of the target.
"""

from collections import deque
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from hobd.core.lockfile.model import Edge, Lock, LockedPackage
from hobd.core.vocab.names import Name
from hobd.core.vocab.requirement import Requirement
from hobd.core.vocab.source import source_order

PLAIN, OPTIONAL, GROUP = range(3)
REPEATED = "(*) Package tree already displayed"


@dataclass(frozen=True, slots=True)
class _Link:
    """An edge of the drawn graph; `label` is the extra's or group's name."""

    kind: int
    label: str
    extras: tuple[Name, ...]
    target: int

    def order(self, nodes: tuple[LockedPackage, ...]) -> tuple[object, ...]:
        return self.kind, self.label, _package_order(nodes[self.target]), self.extras


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeOptions:
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


def render_tree(lock: Lock, options: TreeOptions) -> str:
    """The tree, one line a package, with a closing line where something was left out as drawn before."""
    graph = _Graph(lock, options)
    graph.build()
    drawing = _Drawing(graph, options)
    lines = [line for root, link in graph.roots() for line in drawing.draw(root, link)]
    if any(line.endswith("(*)") for line in lines):
        lines.append(REPEATED)
    return "".join(f"{line}\n" for line in lines)


def _package_order(package: LockedPackage) -> tuple[object, ...]:
    version = (package.version is not None, package.version) if package.version is not None else (False,)
    return package.name, version, source_order(package.source)


class _Graph:
    """Who reaches whom, among the packages that the options let in."""

    def __init__(self, lock: Lock, options: TreeOptions) -> None:
        self._lock = lock
        self._options = options
        self.nodes = lock.packages
        self.links: dict[int, list[_Link]] = {}
        self.starts: list[tuple[int, _Link | None]] = []
        """Where the lock itself begins: members, or what is required directly; in order, with the group that asks."""
        self._named: dict[Name, list[int]] = {}
        for index, package in enumerate(lock.packages):
            self._named.setdefault(package.name, []).append(index)
        self._waiting: deque[tuple[int, Name | None]] = deque()
        self._seen: set[tuple[int, Name | None]] = set()

    def build(self) -> None:
        """Follow all entries from the members, or from what a script or a virtual root requires."""
        for name in self._options.members:
            for index in self._named.get(name, ()):
                self._start_at(index)
        manifest, chosen = self._lock.manifest, self._options.manifest_groups
        for requirement in manifest.requirements:
            self._start_with(requirement, None)
        for group, rows in manifest.dependency_groups:
            for requirement in rows if group in chosen else ():
                self._start_with(requirement, group)
        while self._waiting:
            self._follow(*self._waiting.popleft())

    def _start_with(self, requirement: Requirement, group: Name | None) -> None:
        for index in self._named.get(requirement.name, ()):
            kind, label = (PLAIN, "") if group is None else (GROUP, group)
            self.starts.append((index, _Link(kind, label, requirement.extras, index)))
            self._enter(index, requirement.extras)

    def _start_at(self, index: int) -> None:
        package = self.nodes[index]
        self.starts.append((index, None))
        self.links.setdefault(index, [])
        if self._options.includes_projects:
            self._enter(index, [extra for extra, _ in package.optional_dependencies])
        groups = self._options.groups_of(package)
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
            if edge.name in self._options.prune or not self._holds(edge):
                continue
            for target in self._targets(edge):
                self.links[parent].append(_Link(kind, label, edge.extras, target))
                self._enter(target, edge.extras)

    def _holds(self, edge: Edge) -> bool:
        environment = self._options.environment
        return environment is None or edge.marker.complexify(self._lock.requires_python).evaluate(environment)

    def _targets(self, edge: Edge) -> list[int]:
        found = self._named.get(edge.name, [])
        if edge.version is None and edge.source is None:
            return found
        return [index for index in found if self._is_meant(self.nodes[index], edge)]

    @staticmethod
    def _is_meant(package: LockedPackage, edge: Edge) -> bool:
        has_version = edge.version is None or package.version == edge.version
        return has_version and (edge.source is None or package.source == edge.source)

    def turned(self) -> dict[int, list[_Link]]:
        """The same links, from target to parent."""
        turned: dict[int, list[_Link]] = {index: [] for index in self.links}
        for parent, links in self.links.items():
            for link in links:
                turned.setdefault(link.target, []).append(_Link(link.kind, link.label, link.extras, parent))
        return turned

    def roots(self) -> list[tuple[int, _Link | None]]:
        """Where drawing begins, in order. uv draws what the lock begins with from the last to the first."""
        if not self._options.packages and not self._options.is_inverted:
            return list(reversed(dict.fromkeys(self.starts)))
        if self._options.packages:
            found = [index for index in self.links if self.nodes[index].name in self._options.packages]
        else:
            found = [index for index, links in self.links.items() if not links] or list(self.links)
        return [(index, None) for index in sorted(found, key=lambda index: _package_order(self.nodes[index]))]


class _Drawing:
    """Draws trees one after the other; what one has drawn the next ones refer to."""

    def __init__(self, graph: _Graph, options: TreeOptions) -> None:
        self._nodes = graph.nodes
        self._links = graph.turned() if options.is_inverted else graph.links
        self._options = options
        self._drawn: dict[tuple[int, frozenset[str]], bool] = {}
        """Nodes drawn so far, with the extras that were asked of them; and whether they have children."""

    def draw(self, root: int, link: _Link | None) -> list[str]:
        """The lines of the tree below `root`; `link` says which group asks for it."""
        return self._visit(root, link, [])

    def _visit(self, node: int, link: _Link | None, path: list[int]) -> list[str]:
        if len(path) > self._options.depth:
            return []
        line = self._line(node, link)
        key = node, self._asked_extras(node, link)
        if key in self._drawn and (self._options.is_deduplicated or node in path):
            return [f"{line} (*)"] if self._drawn[key] else [line]
        if node in path:
            return [f"{line} (*)"]
        if (latest := self._options.latest.get(self._nodes[node].name)) is not None:  # said once, where the package is drawn
            line += f" (latest: v{latest})"
        asked = [child for child in self._links.get(node, ()) if self._is_asked(child, link)]
        children = sorted(asked, key=lambda child: child.order(self._nodes))
        self._drawn[key] = bool(children)
        blocks = [self._visit(child.target, child, [*path, node]) for child in children]
        return [line, *_indented([block for block in blocks if block])]

    def _asked_extras(self, node: int, link: _Link | None) -> frozenset[str]:
        """The extras that a node is drawn with: at a root all that it is reached with."""
        if self._options.is_inverted:
            return frozenset()
        known = frozenset(child.label for child in self._links.get(node, ()) if child.kind == OPTIONAL)
        return known if link is None else known & frozenset(link.extras)

    def _is_asked(self, child: _Link, link: _Link | None) -> bool:
        """Whether a child belongs below: those of extras only where the extra was asked for."""
        return self._options.is_inverted or child.kind != OPTIONAL or link is None or child.label in link.extras

    def _line(self, node: int, link: _Link | None) -> str:
        package = self._nodes[node]
        line = str(package.name)
        if link is not None and link.extras:
            line += f"[{', '.join(link.extras)}]"
        if package.version is not None:
            line += f" v{package.version}"
        if link is not None and link.kind != PLAIN:
            line += f" ({'extra' if link.kind == OPTIONAL else 'group'}: {link.label})"
        if self._options.shows_sizes and package.wheels and package.wheels[0].size is not None:
            line += f" ({self._options.format_size(package.wheels[0].size)})"
        return line


def _indented(blocks: list[list[str]]) -> list[str]:
    lines: list[str] = []
    for index, block in enumerate(blocks):
        is_last = index == len(blocks) - 1
        first, rest = ("└── ", "    ") if is_last else ("├── ", "│   ")
        lines += [(first if number == 0 else rest) + line for number, line in enumerate(block)]
    return lines
