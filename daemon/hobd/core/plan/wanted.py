"""What wishes mean in a lock: its members, their extras and groups (uv-lock.md 6.2, 8.2)."""

from collections.abc import Iterator

from msgspec import Struct, field

from hobd.core.lockfile.model import Edge, Lock, LockedPackage
from hobd.core.markers import encode_extra, encode_group, encode_project
from hobd.core.plan.groups import GroupWishes, known_extras, known_groups
from hobd.core.plan.parts import Parts
from hobd.core.vocab.names import Name
from hobd.core.vocab.requirement import Requirement
from hobd.core.vocab.settings import NONE, Choice
from hobd.errors import RequestError


class NotInLock(RequestError):
    """Something was asked for that the lock does not have, or not for this environment."""


class Wishes(Struct, frozen=True, kw_only=True):
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
    parts: Parts = field(default_factory=Parts)
    """What of all that is wanted is installed."""
    no_build: Choice = NONE
    no_binary: Choice = NONE


def check_wishes(lock: Lock, wishes: Wishes) -> None:
    """Refuse projects, extras and groups that the lock does not know.

    Raises:
        NotInLock: one was asked for.
    """
    known = {package.name for package in lock.packages}
    for project in wishes.projects:
        if project not in known:
            raise NotInLock(f"Could not find root package `{project}`")
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
    for group in sorted(wishes.groups.named):
        if group not in groups:
            whose = "any" if wishes.is_workspace else "the"
            raise NotInLock(f"Group `{group}` is not defined in {whose} project's `dependency-groups` table")


class Wanted:
    """The members, extras and groups of a lock that are wanted. Packages are told by their place in the lock."""

    def __init__(self, lock: Lock, wishes: Wishes) -> None:
        self._lock = lock
        self._wishes = wishes

    def requested(self) -> Iterator[str]:
        """The encoded items that the wishes name themselves."""
        for _, package in self.projects():
            if not self._wishes.groups.is_only:
                yield encode_project(package.name)
                yield from (encode_extra(package.name, extra) for extra in self.extras(package))
        for place, group in self.groups():
            yield encode_group(self._lock.packages[place].name, group)

    def defaults(self) -> Iterator[str]:
        """Those of them that are groups nobody asked for."""
        for place, group in self.groups():
            if not self._wishes.groups.asks_for(group):
                yield encode_group(self._lock.packages[place].name, group)

    def projects(self) -> list[tuple[int, LockedPackage]]:
        """The members."""
        return [(place, package) for place, package in enumerate(self._lock.packages) if package.name in self._wishes.projects]

    def extras(self, package: LockedPackage) -> list[Name]:
        """The extras of a member."""
        wishes = self._wishes
        known = known_extras(package)
        return [extra for extra in known if extra not in wishes.no_extras and (wishes.all_extras or extra in wishes.extras)]

    def groups(self) -> Iterator[tuple[int, Name]]:
        """The groups that are wanted, with whose they are. What a single member lacks is looked up at the root."""
        for place, package in self.projects():
            yield from ((place, group) for group in known_groups(package) if self._wishes.groups.wants(group, package))
        if self._wishes.is_workspace or self._wishes.root is None or self._wishes.root in self._wishes.projects:
            return
        own = {group for _, package in self.projects() for group in known_groups(package)}
        for place, package in enumerate(self._lock.packages):
            found = known_groups(package) if package.name == self._wishes.root else ()
            yield from ((place, group) for group in found if group not in own and self._wishes.groups.asks_for(group))

    def group_edges(self) -> Iterator[tuple[int, Name, tuple[Edge, ...]]]:
        """What the wanted groups need, with whose they are."""
        for place, group in self.groups():
            yield place, group, dict(self._lock.packages[place].dev_dependencies).get(group, ())

    def manifest_requirements(self) -> Iterator[tuple[Name | None, tuple[Requirement, ...]]]:
        """What a script, or a root without `[project]`, requires itself; and by its wanted groups."""
        manifest = self._lock.manifest
        if not self._wishes.groups.is_only:
            yield None, manifest.requirements
        for group, requirements in manifest.dependency_groups:
            if self._wants_of_manifest(group):
                yield group, requirements

    def _wants_of_manifest(self, group: Name) -> bool:
        """Of a single member the root's groups are wanted only where they are asked for, and it has none of the name."""
        groups = self._wishes.groups
        if self._wishes.is_workspace or not self._wishes.projects:
            return groups.wants_of_manifest(group, self._lock.manifest.default_groups)
        return groups.asks_for(group) and all(group not in known_groups(package) for _, package in self.projects())
