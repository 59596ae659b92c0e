"""Choose from a lock what one environment is to hold (uv-lock.md 6.1 to 6.3)."""

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from packaging.version import Version

from hobd.core.lockfile.model import Edge, Lock, LockedPackage
from hobd.core.markers import encode_extra, encode_group, encode_project
from hobd.core.plan.choose_file import choose_file
from hobd.core.plan.conflicts import check_activated, check_requested
from hobd.core.plan.groups import GroupWishes, known_extras, known_groups
from hobd.core.plan.model import Pin, Reason, Selection
from hobd.core.tags import Tags
from hobd.core.vocab.names import Name
from hobd.core.vocab.requirement import Requirement
from hobd.core.vocab.settings import NONE, Choice
from hobd.core.vocab.source import Directory, Editable, Path, Virtual
from hobd.errors import RequestError

_ANY_EXTRAS = "any project's `optional-dependencies` table"
_MOST_ROUNDS = 16


class NotInLock(RequestError):
    """Something was asked for that the lock does not have, or not for this environment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What was asked for on the command line and in the settings."""

    projects: tuple[Name, ...] = ()
    """The members to install; empty for a script, or a root without `[project]`."""
    is_workspace: bool = False
    """Whether all members, or several, were asked for: then extras and groups need only be some member's."""
    root: Name | None = None
    """The project at the workspace's root: groups that a single member lacks are looked up in it."""
    extras: frozenset[Name] = frozenset()
    all_extras: bool = False
    no_extras: frozenset[Name] = frozenset()
    groups: GroupWishes = field(default_factory=GroupWishes)
    no_install_project: bool = False
    no_install_workspace: bool = False
    no_install_local: bool = False
    no_install: frozenset[Name] = frozenset()
    only_install: frozenset[Name] | None = None
    """Where not None, only these are installed of all that is wanted."""
    no_build: Choice = NONE
    no_binary: Choice = NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
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
    _check_wishes(lock, wishes)
    walk = _Walk(lock, wishes, place)
    check_requested(lock, walk.requested(), frozenset(walk.defaults()))
    nodes = walk.run()
    members = frozenset(lock.manifest.members) or frozenset(package.name for package in lock.packages if _is_root(package))
    pins = [
        choose_file(
            Pin(package=package, index=index, is_member=package.name in members), wishes.no_build, wishes.no_binary, place.tags, place.name
        )
        for index, package in ((index, lock.packages[index]) for index in nodes)
        if not _is_left_out(package, wishes, members)
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


def _check_wishes(lock: Lock, wishes: Wishes) -> None:
    chosen = [package for package in lock.packages if package.name in wishes.projects]
    extras = {extra for package in chosen for extra in known_extras(package)}
    for extra in sorted(wishes.extras | wishes.no_extras):
        if chosen and extra not in extras:
            table = (
                "in any project's `optional-dependencies` table"
                if wishes.is_workspace
                else f"in the `optional-dependencies` table for `{chosen[0].name}`"
            )
            raise NotInLock(f"Extra `{extra}` is not defined {table}")
    groups = {group for package in lock.packages if package.name in (*wishes.projects, wishes.root) for group in known_groups(package)}
    groups |= {name for name, _ in lock.manifest.dependency_groups}
    for group in sorted(wishes.groups.named - {Name("dev")}):
        if group not in groups:
            whose = "any" if wishes.is_workspace else "the"
            raise NotInLock(f"Group `{group}` is not defined in {whose} project's `dependency-groups` table")


def _is_left_out(package: LockedPackage, wishes: Wishes, members: Collection[Name]) -> bool:
    if isinstance(package.source, Virtual) or package.name in wishes.no_install:
        return True
    if wishes.only_install is not None and package.name not in wishes.only_install:
        return True
    if wishes.no_install_project and package.name in wishes.projects:
        return True
    if wishes.no_install_workspace and package.name in members:
        return True
    return wishes.no_install_local and (package.name in members or isinstance(package.source, Directory | Editable | Path))


class _Walk:
    """Breadth first from the roots, over the entries whose markers hold."""

    def __init__(self, lock: Lock, wishes: Wishes, place: Place) -> None:
        self._lock = lock
        self._wishes = wishes
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
        active = set(self.requested())
        for _ in range(_MOST_ROUNDS):
            nodes = self._pass(active)
            if self.active <= active:
                break
            active |= self.active
        check_activated(self._lock, active)
        return self._pass(active) if not self.active <= active else nodes

    def requested(self) -> Iterator[str]:
        """The encoded items that the wishes name themselves."""
        for _, package in self._projects():
            if not self._wishes.groups.is_only:
                yield encode_project(package.name)
                yield from (encode_extra(package.name, extra) for extra in self._extras(package))
        for place, group in self._groups():
            yield encode_group(self._lock.packages[place].name, group)

    def defaults(self) -> Iterator[str]:
        """Those of them that are groups nobody asked for."""
        for place, group in self._groups():
            if not self._wishes.groups.asks_for(group):
                yield encode_group(self._lock.packages[place].name, group)

    def _projects(self) -> list[tuple[int, LockedPackage]]:
        return [(place, package) for place, package in enumerate(self._lock.packages) if package.name in self._wishes.projects]

    def _extras(self, package: LockedPackage) -> list[Name]:
        wishes = self._wishes
        known = known_extras(package)
        return [extra for extra in known if extra not in wishes.no_extras and (wishes.all_extras or extra in wishes.extras)]

    def _groups(self) -> Iterator[tuple[int, Name]]:
        """The groups that are wanted, with whose they are. What a single member lacks is looked up at the root."""
        for place, package in self._projects():
            yield from ((place, group) for group in known_groups(package) if self._wishes.groups.wants(group, package))
        if self._wishes.is_workspace or self._wishes.root is None or self._wishes.root in self._wishes.projects:
            return
        own = {group for _, package in self._projects() for group in known_groups(package)}
        for place in self._named.get(self._wishes.root, ()):
            found = known_groups(self._lock.packages[place])
            yield from ((place, group) for group in found if group not in own and self._wishes.groups.asks_for(group))

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
        for place, package in self._projects():
            if not self._wishes.groups.is_only:
                self._enter(place, self._extras(package))
        for place, group in self._groups():
            edges = next((edges for name, edges in self._lock.packages[place].dev_dependencies if name == group), ())
            self._follow(edges, Reason(parent=place, group=group))
        if not self._wishes.groups.is_only:
            self._follow(_edges_of(self._lock.manifest.requirements), Reason(parent=None))
        for group, requirements in self._lock.manifest.dependency_groups:
            if self._wishes.groups.wants_of_manifest(group, self._lock.manifest.default_groups):
                self._follow(_edges_of(requirements), Reason(parent=None, group=group))

    def _follow(self, edges: Iterable[Edge], reason: Reason) -> None:
        for edge in edges:
            # The interpreter lies within requires-python: the simplified marker decides as the whole one would.
            if not edge.marker.is_true and not edge.marker.evaluate(self._environment, self._given):
                continue
            for index in self._targets(edge):
                if (index, None) not in self._seen and index != reason.parent:
                    self.reasons[index] = reason
                self._enter(index, edge.extras)

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


def _edges_of(requirements: Iterable[Requirement]) -> Iterator[Edge]:
    """Requirements of the manifest, as entries."""
    for requirement in requirements:
        yield Edge(name=requirement.name, extras=requirement.extras, marker=requirement.marker)
