"""Choose from a lock what one environment is to hold (uv-lock.md 6.1 to 6.3)."""

from collections import deque
from collections.abc import Iterable, Mapping

from msgspec import Struct
from packaging.version import Version

from hobd.core.lockfile.model import Edge, Lock, LockedPackage
from hobd.core.markers import encode_extra, encode_project
from hobd.core.plan.choose_file import choose_file
from hobd.core.plan.conflicts import check_activated, check_requested
from hobd.core.plan.model import Pin, Reason, Selection
from hobd.core.plan.wanted import NotInLock, Wanted, Wishes, check_wishes
from hobd.core.tags import Tags
from hobd.core.vocab.names import Name
from hobd.core.vocab.requirement import Requirement
from hobd.core.vocab.source import Directory, Editable, Virtual

_MOST_ROUNDS = 16


class Place(Struct, frozen=True, kw_only=True):
    """The interpreter that the environment is for."""

    environment: Mapping[str, str]
    """The values of markers (PEP 508)."""
    version: Version
    tags: Tags
    name: str = "CPython"
    """The implementation as people write it, for hints."""


_Node = tuple[int, Name | None]
"""A package by its place in the lock, and one of its extras or none."""


def select(lock: Lock, wishes: Wishes, place: Place) -> Selection:
    """The pins of one environment.

    Raises:
        NotInLock: the interpreter, platform, an extra or a group is not the lock's; or two wishes exclude each other.
        NoUsableFile: a package has no file that can be installed.
    """
    _check_place(lock, place)
    check_wishes(lock, wishes)
    walk = _Walk(lock, wishes, place)
    wanted = Wanted(lock, wishes)
    check_requested(lock, wanted.requested(), frozenset(wanted.defaults()))
    nodes = walk.run()
    members = frozenset(lock.manifest.members) or frozenset(package.name for package in lock.packages if _is_root(package))
    pins = [
        choose_file(
            Pin(package=package, index=index, is_member=package.name in members), wishes.no_build, wishes.no_binary, place.tags, place.name
        )
        for index, package in ((index, lock.packages[index]) for index in nodes)
        if not isinstance(package.source, Virtual) and wishes.parts.takes(package, members)
    ]
    return Selection(
        pins=tuple(sorted(pins, key=lambda pin: pin.name)),
        packages=lock.packages,
        reasons=walk.reasons,
        active_extras=frozenset(walk.active) if lock.conflicts else frozenset(),
    )


def _is_root(package: LockedPackage) -> bool:
    return isinstance(package.source, Virtual | Editable | Directory) and package.source.path == "."


def _check_place(lock: Lock, place: Place) -> None:
    if not lock.requires_python.contains(place.version):
        allowed = f"the locked Python requirement: `{lock.requires_python.text()}`"
        raise NotInLock(f"The current Python version ({place.version}) is not compatible with {allowed}")
    if lock.supported_markers and not any(marker.evaluate(place.environment) for marker in lock.supported_markers):
        shown = ", ".join(f"`{marker}`" for marker in lock.supported_markers)
        raise NotInLock(f"The current Python platform is not compatible with the lockfile's supported environments: {shown}")


class _Walk:
    """Breadth first from the roots, over the entries whose markers hold."""

    def __init__(self, lock: Lock, wishes: Wishes, place: Place) -> None:
        self._lock = lock
        self._wishes = wishes
        self._wanted = Wanted(lock, wishes)
        self._environment = place.environment
        self._named: dict[Name, list[int]] = {}
        for index, package in enumerate(lock.packages):
            self._named.setdefault(package.name, []).append(index)
        self.active: set[str] = set()
        """Encoded items of conflicts that hold."""
        self.reasons: dict[int, Reason] = {}
        self._seen: set[_Node] = set()
        self._waiting: deque[_Node] = deque()

    def run(self) -> list[int]:
        """The packages reached, in order. With conflicts the walk is repeated until no further extra becomes active."""
        if not self._lock.conflicts:
            return self._pass(set())
        active = set(self._wanted.requested())
        for _ in range(_MOST_ROUNDS):
            nodes = self._pass(active)
            if self.active <= active:
                break
            active |= self.active
        check_activated(self._lock, active)
        return self._pass(active) if not self.active <= active else nodes

    def _pass(self, active: set[str]) -> list[int]:
        self._given = frozenset(active)
        self.active = set()
        self.reasons = {}
        self._seen.clear()
        self._start()
        while self._waiting:
            index, extra = self._waiting.popleft()
            package = self._lock.packages[index]
            edges = package.dependencies if extra is None else dict(package.optional_dependencies).get(extra, ())
            self._follow(edges, Reason(parent=index, extra=extra))
        return list(dict.fromkeys(index for index, _ in sorted(self._seen, key=lambda node: node[0])))

    def _start(self) -> None:
        for place, package in self._wanted.projects():
            if not self._wishes.groups.is_only:
                self._enter(place, self._wanted.extras(package))
        for place, group, edges in self._wanted.group_edges():
            self._follow(edges, Reason(parent=place, group=group))
        for asking, requirements in self._wanted.manifest_requirements():
            self._follow(map(_edge_of, requirements), Reason(parent=None, group=asking))

    def _follow(self, edges: Iterable[Edge], reason: Reason) -> None:
        for edge in edges:
            if not self._holds(edge):
                continue
            for index in self._targets(edge):
                if (index, None) not in self._seen and index != reason.parent:
                    self.reasons[index] = reason
                self._enter(index, edge.extras)

    def _holds(self, edge: Edge) -> bool:
        """The interpreter lies within requires-python: the simplified marker decides as the whole one would.

        An entry that asks for an extra may hold only where that is active: asking makes it so.
        """
        if edge.marker.is_true:
            return True
        asked = {encode_extra(edge.name, extra) for extra in edge.extras} if self._lock.conflicts else set()
        return edge.marker.evaluate(self._environment, self._given | asked)

    def _enter(self, index: int, extras: Iterable[Name]) -> None:
        name = self._lock.packages[index].name
        self.active.add(encode_project(name))
        self._visit((index, None))
        for extra in extras:
            self.active.add(encode_extra(name, extra))
            self._visit((index, extra))

    def _visit(self, node: _Node) -> None:
        if node not in self._seen:
            self._seen.add(node)
            self._waiting.append(node)

    def _targets(self, edge: Edge) -> list[int]:
        """The packages that an entry means. Of several that it does not tell apart, those of this environment's fork."""
        found = self._named.get(edge.name, [])
        if len(found) > 1:
            found = [index for index in found if self._is_meant(self._lock.packages[index], edge)]
        if len(found) > 1:
            found = [index for index in found if self._is_here(self._lock.packages[index])]
        return found

    @staticmethod
    def _is_meant(package: LockedPackage, edge: Edge) -> bool:
        has_version = edge.version is None or package.version == edge.version
        return has_version and (edge.source is None or package.source == edge.source)

    def _is_here(self, package: LockedPackage) -> bool:
        markers = package.resolution_markers
        return not markers or any(marker.evaluate(self._environment, self._given) for marker in markers)


def _edge_of(requirement: Requirement) -> Edge:
    """A requirement of the manifest, as an entry."""
    return Edge(name=requirement.name, extras=requirement.extras, marker=requirement.marker)
