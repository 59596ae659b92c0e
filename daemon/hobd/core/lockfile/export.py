"""What an export holds: every package that is wanted of a lock, with the marker under which it is (uv-lock.md 8.2).

    wishes ─build→ graph ─reach→ marker of each package ─filter→ rows

A marker is the union, over all ways from what is wanted, of the markers on the way. Extras and groups in them, which
a lock writes where some conflict, are replaced by the conditions under which they are active.
"""

from collections import deque
from collections.abc import Collection, Iterable
from functools import reduce
from operator import or_

from msgspec import Struct, field

from hobd.core.lockfile.model import Edge, Lock, LockedPackage
from hobd.core.lockfile.order import package_order
from hobd.core.markers import FALSE, TRUE, Marker, encode_extra, encode_project
from hobd.core.plan.conflicts import check_requested
from hobd.core.plan.parts import Parts
from hobd.core.plan.wanted import Wanted, Wishes, check_wishes
from hobd.core.vocab.names import Name
from hobd.core.vocab.requirement import Requirement

_ROOT = -1
"""Stands for the command line among the packages, which are told by their place in the lock."""


class Exported(Struct, frozen=True, kw_only=True):
    """One package of an export."""

    package: LockedPackage
    marker: Marker
    """Simplified by the lock's requires-python."""
    dependents: tuple[Name, ...] = ()
    """The packages that need it, sorted; the command line and groups have no name."""


def export(lock: Lock, wishes: Wishes, *, prune: Collection[Name] = (), parts: Parts | None = None) -> tuple[Exported, ...]:
    """The packages of an export, by name, version and source.

    Args:
        lock: what is exported.
        wishes: the members, extras and groups; how they are installed does not matter.
        prune: packages that are cut off, with what only they need.
        parts: which of the packages are shown.
    """
    graph = _Graph(lock, Wanted(lock, wishes), wishes, frozenset(prune))
    graph.build()
    markers = _Reach(graph).run()
    shown = parts or Parts()
    rows = [
        Exported(package=lock.packages[place], marker=markers[place].simplify(lock.requires_python), dependents=graph.dependents(place))
        for place in graph.places
        if shown.takes(lock.packages[place], lock.manifest.members) and not markers[place].is_false
    ]
    return tuple(sorted(rows, key=lambda row: package_order(row.package)))


def check_export(lock: Lock, wishes: Wishes, *, allows_conflicts: bool) -> None:
    """Refuse wishes that the lock cannot fulfil.

    Args:
        lock: what is exported.
        wishes: the members, extras and groups.
        allows_conflicts: for documents that list everything and install nothing.
    Raises:
        NotInLock: an extra or a group is not there.
        ConflictingWishes: two of them exclude each other.
    """
    check_wishes(lock, wishes)
    if not allows_conflicts:
        wanted = Wanted(lock, wishes)
        check_requested(lock, wanted.requested(), frozenset(wanted.defaults()))


class _Link(Struct, frozen=True):
    """A way from one package to another."""

    target: int
    marker: Marker
    extras: tuple[Name, ...] = ()
    """Asked of the target."""
    by_extra: Name | None = None
    """The extra of the parent that it belongs to."""


class _Graph(Struct):
    """Who needs whom."""

    lock: Lock
    wanted: Wanted
    wishes: Wishes
    prune: frozenset[Name]
    places: list[int] = field(default_factory=list)
    """The packages, in the order in which they were reached."""
    links: dict[int, list[_Link]] = field(default_factory=lambda: {_ROOT: []})
    _parents: dict[int, set[Name]] = field(default_factory=dict)
    _named: dict[Name, list[int]] = field(default_factory=dict)
    _waiting: deque[tuple[int, Name | None]] = field(default_factory=deque)
    _seen: set[tuple[int, Name | None]] = field(default_factory=set)
    _supported: Marker = TRUE

    def build(self) -> None:
        """Follow all entries from what is wanted."""
        for place, package in enumerate(self.lock.packages):
            self._named.setdefault(package.name, []).append(place)
        if self.lock.supported_markers:
            self._supported = reduce(or_, self.lock.supported_markers)
        self._start()
        while self._waiting:
            place, extra = self._waiting.popleft()
            package = self.lock.packages[place]
            edges = package.dependencies if extra is None else dict(package.optional_dependencies).get(extra, ())
            self._follow(place, edges, extra)

    def dependents(self, place: int) -> tuple[Name, ...]:
        """The names of the packages that need one."""
        return tuple(sorted(self._parents.get(place, ())))

    def known(self) -> dict[str, Marker]:
        """The encoded items of conflicts that the wishes make active."""
        named = {encode_project(package.name): TRUE for _, package in self.wanted.projects() if package.name not in self.prune}
        return named | dict.fromkeys(self.wanted.requested(), TRUE)

    def _start(self) -> None:
        for place, package in self.wanted.projects():
            if package.name not in self.prune and not self.wishes.groups.is_only:
                extras = tuple(self.wanted.extras(package))
                self._link(_ROOT, _Link(place, TRUE, extras))
                self._enter(place, extras)
        for place, _, edges in self.wanted.group_edges():
            if self.lock.packages[place].name not in self.prune:
                self._follow(_ROOT, edges, None)
        for _, requirements in self.wanted.manifest_requirements():
            for requirement in requirements:
                self._require(requirement)

    def _require(self, requirement: Requirement) -> None:
        """What a script or a root without `[project]` requires: of several versions those whose forks it meets."""
        for place in self._named.get(requirement.name, ()) if requirement.name not in self.prune else ():
            forks = self.lock.packages[place].resolution_markers
            marker = requirement.marker
            if forks:
                marker &= reduce(or_, (fork.without_extras() for fork in forks))
            if not marker.is_false:
                self._link(_ROOT, _Link(place, self._supported & marker.simplify(self.lock.requires_python), requirement.extras))
                self._enter(place, requirement.extras)

    def _follow(self, parent: int, edges: Iterable[Edge], by_extra: Name | None) -> None:
        for edge in edges:
            for place in self._targets(edge) if edge.name not in self.prune else ():
                self._link(parent, _Link(place, edge.marker & self._supported, edge.extras, by_extra))
                self._enter(place, edge.extras)

    def _link(self, parent: int, link: _Link) -> None:
        self.links[parent].append(link)
        if parent != _ROOT:
            self._parents.setdefault(link.target, set()).add(self.lock.packages[parent].name)
        if link.target not in self.links:
            self.places.append(link.target)
            self.links[link.target] = []

    def _enter(self, place: int, extras: Iterable[Name]) -> None:
        for node in ((place, None), *((place, extra) for extra in extras)):
            if node not in self._seen:
                self._seen.add(node)
                self._waiting.append(node)

    def _targets(self, edge: Edge) -> list[int]:
        found = self._named.get(edge.name, [])
        return [place for place in found if _is_meant(self.lock.packages[place], edge)] if len(found) > 1 else found


def _is_meant(package: LockedPackage, edge: Edge) -> bool:
    has_version = edge.version is None or package.version == edge.version
    return has_version and (edge.source is None or package.source == edge.source)


class _Reach:
    """Carries markers along the links until nothing changes any more."""

    def __init__(self, graph: _Graph) -> None:
        self._graph = graph
        self._known = graph.known()
        self._markers = {_ROOT: TRUE}
        self._active: dict[int, dict[str, Marker]] = {}
        """For each package the encoded items that are active where it is reached, and when."""
        self._asked: dict[tuple[int, Name], Marker] = {}
        """For each extra of each package, of one version as of another, when it is asked for."""

    def run(self) -> dict[int, Marker]:
        """The marker of each package. The order, last found first, shows in markers of conflicts: it is uv's."""
        waiting = [_ROOT]
        while waiting:
            parent = waiting.pop()
            active = self._active.get(parent, self._known)
            self._markers[parent] = _resolve(self._markers[parent], self._name(parent), active)
            waiting.extend(link.target for link in reversed(self._graph.links[parent]) if self._carry(parent, link))
        return self._markers

    def _name(self, place: int) -> Name | None:
        return None if place == _ROOT else self._graph.lock.packages[place].name

    def _carry(self, parent: int, link: _Link) -> bool:
        """Whether the target is reached where it was not before."""
        here, scope = self._markers[parent], self._name(parent)
        active = dict(self._active.get(parent, self._known))
        condition = TRUE if link.by_extra is None else self._asked.get((parent, link.by_extra), FALSE)
        target = self._graph.lock.packages[link.target].name
        active |= {encode_extra(target, extra): here for extra in link.extras}
        marker = _resolve(link.marker, scope, active) & condition
        self._activate(link.target, {item: when & marker for item, when in active.items()})
        is_asked = self._ask(link, here & marker)
        before = self._markers.get(link.target, FALSE)
        after = before | (here & marker)
        is_new = link.target not in self._markers
        self._markers[link.target] = after
        return is_new or after != before or is_asked

    def _ask(self, link: _Link, marker: Marker) -> bool:
        """Whether an extra of the target is asked for where it was not before: then what it needs is reached anew."""
        before = [self._asked.get((link.target, extra), FALSE) for extra in link.extras]
        self._asked |= {(link.target, extra): was | marker for extra, was in zip(link.extras, before, strict=True)}
        return any(self._asked[link.target, extra] != was for extra, was in zip(link.extras, before, strict=True))

    def _activate(self, place: int, active: dict[str, Marker]) -> None:
        found = self._active.setdefault(place, {})
        for item, when in active.items():
            found[item] = found.get(item, FALSE) | when


def _resolve(marker: Marker, scope: Name | None, active: dict[str, Marker]) -> Marker:
    """The marker with each extra replaced by the condition under which it is active; unknown ones are not."""
    for extra in sorted(marker.extra_names()):
        when = active.get(extra)
        if when is None and scope is not None:
            when = active.get(encode_extra(scope, Name(extra)))
        if when is None:
            when = FALSE
        marker = (when & marker.assume_extra(extra, active=True)) | (~when & marker.assume_extra(extra, active=False))
    return marker
