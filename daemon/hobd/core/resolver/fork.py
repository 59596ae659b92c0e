"""Where the dependencies of a version differ by environment, the search splits (uv-lock.md 4.6).

    a<2 ; linux     ─→  [not linux: ]   [linux: a<2]
    a>=2 ; darwin   ─→  [neither: ]   [darwin: a>=2]   [linux: a<2]

Names are taken alphabetically. One dependency of a name does not split, unless it is for newer Pythons only.
"""

from collections.abc import Iterable
from itertools import groupby

from msgspec import Struct

from hobd.core.markers import TRUE
from hobd.core.resolver.cuts import TOP
from hobd.core.resolver.dependencies import Dependency
from hobd.core.resolver.environment import Environment
from hobd.core.vocab.names import Name
from hobd.core.vocab.requirement import ConflictItem

ConflictSet = tuple[ConflictItem, ...]


class Fork(Struct, frozen=True):
    """One environment, and what the version depends on there."""

    environment: Environment
    dependencies: tuple[Dependency, ...] = ()

    def with_dependency(self, dependency: Dependency) -> "Fork":
        """The same, depending on one thing more."""
        return Fork(self.environment, (*self.dependencies, dependency))

    def within(self, environment: Environment) -> "Fork":
        """The part for a narrower environment: dependencies that it does not meet are dropped."""
        return Fork(environment, tuple(each for each in self.dependencies if environment.admits(each.package.marker)))

    @property
    def items(self) -> set[ConflictItem | None]:
        """What its dependencies activate."""
        return {each.package.conflict_item for each in self.dependencies}

    def choosing(self, included: Iterable[ConflictItem], excluded: Iterable[ConflictItem]) -> "Fork | None":
        """The part with some conflicting items in and others out; None if that contradicts itself."""
        environment = self.environment.choosing(included, excluded)
        if environment is None:
            return None
        return Fork(environment, tuple(each for each in self.dependencies if _stays(each, environment)))

    @property
    def upper_bounds(self) -> int:
        """How many of its dependencies exclude newer versions."""
        return sum(not each.versions.is_empty and each.versions.upper is not TOP for each in self.dependencies)


def _stays(dependency: Dependency, environment: Environment) -> bool:
    """Whether a dependency outlives the choice. A whole project goes only where the root asks for it: its extras need it."""
    item = dependency.package.conflict_item
    if environment.admits_item(item):
        return True
    return item is not None and item.extra is None and item.group is None and dependency.is_of_base


def split(dependencies: Iterable[Dependency], environment: Environment, conflicts: tuple[ConflictSet, ...]) -> list[Fork]:
    """The environments in which a version's dependencies differ, in order of discovery; one if they do not.

    Dependencies come out grouped by name, alphabetically.
    """
    forks = [Fork(environment)]
    ordered = sorted(dependencies, key=_name_of)  # stable: keeps the order within a name
    if all(each.package.marker.is_true for each in ordered):  # as it is of most versions
        forks = [Fork(environment, tuple(ordered) if environment.admits(TRUE) else ())]
        ordered = []
    for _, group in groupby(ordered, _name_of):
        same_name = list(group)
        if _needs_no_split(same_name, environment):
            forks = [_join(fork, same_name) for fork in forks]
        else:
            for dependency in same_name:
                forks = _split_by(dependency, forks, environment)
    for items in conflicts:
        forks = [part for fork in forks for part in _split_by_conflict(items, fork, conflicts)]
    return forks


def _name_of(dependency: Dependency) -> Name:
    assert dependency.package.name is not None
    return dependency.package.name


def _needs_no_split(same_name: list[Dependency], environment: Environment) -> bool:
    """All have one marker, and it does not ask for newer Pythons than the fork targets."""
    marker = same_name[0].package.marker
    if len(same_name) > 1 and any(each.package.marker != marker for each in same_name):
        return False
    return marker.python_bounds().lower_order <= environment.python.lower_order


def _join(fork: Fork, same_name: list[Dependency]) -> Fork:
    if not fork.environment.admits(same_name[0].package.marker):
        return fork
    return Fork(fork.environment, (*fork.dependencies, *same_name))


def _split_by(dependency: Dependency, forks: list[Fork], environment: Environment) -> list[Fork]:
    """Split every fork that the dependency's marker divides; where the marker holds, the dependency joins."""
    marker = dependency.package.marker
    if not environment.admits(marker):
        return forks
    if marker.is_true:
        return [fork.with_dependency(dependency) for fork in forks]
    parts: list[Fork] = []
    remaining = marker
    for fork in forks:
        if not fork.environment.admits(remaining):
            parts.append(fork)
            continue
        outside = ~remaining
        divided = [fork.environment.narrowed(outside)] if fork.environment.admits(outside) else []
        for narrower in (*divided, fork.environment.narrowed(remaining)):
            part = fork.within(narrower)
            if narrower.admits(marker):
                part = part.with_dependency(dependency)
            if not narrower.marker.is_disjoint(environment.python_marker):
                parts.append(part)
        remaining &= ~fork.environment.marker
    return parts


def _split_by_conflict(items: ConflictSet, fork: Fork, conflicts: tuple[ConflictSet, ...]) -> list[Fork]:
    """One part without any of the items, then one per item without the others (4.6, 3)."""
    active = fork.items
    if not any(item in active for item in items):
        return [fork]
    possible = [item for item in items if fork.environment.admits_item(item)]
    if len(possible) < 2 and not any(_is_contested(item, items, fork.environment, conflicts) for item in possible):
        cleaned = fork.choosing((), [item for item in items if item not in possible])
        return [] if cleaned is None else [cleaned]
    parts = [fork.choosing((), items)]
    parts += [fork.choosing([item], [other for other in items if other != item]) for item in items]
    return [part for part in parts if part is not None]


def _is_contested(item: ConflictItem, items: ConflictSet, environment: Environment, conflicts: tuple[ConflictSet, ...]) -> bool:
    """Whether another set has the item and a second one that is still possible."""
    others = [other for other in conflicts if other is not items and item in other]
    return any(each != item and environment.admits_item(each) for other in others for each in other)


def in_order_of_solving(forks: list[Fork], *, prefers_low_pythons: bool) -> list[Fork]:
    """Forks as they are put on the stack: the last is solved first (4.6)."""
    by_bounds = sorted(forks, key=lambda fork: fork.upper_bounds)
    return sorted(by_bounds, key=lambda fork: fork.environment.marker.python_bounds().lower_order, reverse=prefers_low_pythons)
