"""What earlier forks decided, for forks that stand before the same questions: they decide the same.

    fork 1   choose ─ read metadata ─ prepare ─ divide by marker ─→ tqdm==4.66, which needs colorama ; win32
                                                                       │ noted
    fork 2   may it be decided here? ─ what of it is needed here? ─────┴──→ the same step, without asking again

A precedent holds what does not depend on the fork. What does is asked of every fork anew: whether its Pythons admit the version, and
which requirements hold throughout the fork and which nowhere in it. Where one holds in a part of it, the fork goes the long way.
"""

from collections.abc import Sequence
from itertools import compress
from typing import NamedTuple, TypeAlias

from hobd.core.markers import TRUE, Marker
from hobd.core.resolver.candidates import Candidate
from hobd.core.resolver.dependencies import Dependency, Prepared, proxied
from hobd.core.resolver.environment import Environment
from hobd.core.resolver.package import Kind, Package
from hobd.core.resolver.page_versions import Versions
from hobd.core.resolver.platforms import may_miss_platforms
from hobd.core.resolver.rejection import Rejection
from hobd.core.resolver.versions import Point, VersionSet
from hobd.core.resolver.world import World, requirements_of
from hobd.core.vocab.names import Name

_Order: TypeAlias = tuple[int, tuple[int, ...], int]


class Needs:
    """Dependencies, as a search and its priorities take them."""

    __slots__ = ("dependencies", "packages", "pins_some", "ranges", "ranked")

    def __init__(self, dependencies: Sequence[Dependency]) -> None:
        self.dependencies = dependencies
        self.ranges = [(each.package, each.versions) for each in dependencies]
        self.ranked = [
            (package, each.versions.is_pin) for each in dependencies for package in (each.package, each.package.base) if package is not None
        ]
        """Those that become known, and whether they are pinned."""
        self.packages = frozenset(package for package, _ in self.ranked)
        self.pins_some = any(is_pinned for _, is_pinned in self.ranked)


class Part(NamedTuple):
    """What a version needs where a marker holds."""

    marker: Marker
    dependencies: tuple[Dependency, ...]
    whole_from: _Order | None
    """From which oldest Python on a fork takes it even where the marker holds in a part only: no other part is about its name."""

    def is_needed_in(self, environment: Environment) -> bool | None:
        """Whether a fork takes it; None where it may split."""
        holds = environment.holds(self.marker)
        return True if holds is None and self.whole_from is not None and self.whole_from <= environment.python.lower_order else holds


class Precedent:
    """A version of an index that was decided, and what it needs."""

    __slots__ = ("_admitting", "_needs", "_parts", "candidate", "gap", "is_alike_everywhere", "lower", "place")

    def __init__(self, place: Point, candidate: Candidate, gap: VersionSet, lower: _Order, parts: Sequence[Part]) -> None:
        self.place = place
        self.candidate = candidate
        self.gap = gap
        """The versions around it among which it is the only one known."""
        self.lower = lower
        """Sort key of the oldest Python that it admits."""
        self.is_alike_everywhere = all(part.marker.is_true for part in parts)
        """Whether it needs the same in every fork."""
        self._parts = parts
        """In the order in which a fork takes them."""
        self._needs: dict[tuple[bool, ...], Needs] = {}
        """By which parts hold."""
        self._admitting: VersionSet | None = None
        """The last range that it was in: most forks ask for the very same."""

    def is_in(self, versions: VersionSet | None) -> bool:
        """Whether its version lies in a range."""
        if versions is None or (versions is not self._admitting and self.place not in versions):
            return False
        self._admitting = versions
        return True

    def needs_in(self, environment: Environment) -> Needs | None:
        """What it needs in a fork; None where that differs from one part of the fork to another."""
        holding: tuple[bool, ...] = ()
        if not self.is_alike_everywhere:
            answers = [part.is_needed_in(environment) for part in self._parts]
            if None in answers:
                return None
            holding = tuple(map(bool, answers))
        found = self._needs.get(holding)
        if found is None:
            held = compress(self._parts, holding) if holding else self._parts
            found = self._needs[holding] = Needs([each for part in held for each in part.dependencies])
        return found


class Precedents:
    """What was decided in the forks of one resolution: of each package the last version."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._is_open = world.problem.target is None and not world.problem.conflicts
        self._decided: dict[Package, Point] = {}
        self._made: dict[Package, tuple[Point, Precedent | None]] = {}

    def note(self, package: Package, place: Point) -> None:
        """A fork has decided this."""
        self._decided[package] = place

    def in_fork(self, environment: Environment) -> dict[Package, Precedent]:
        """Those that hold in a fork as soon as it has to decide the package and their version is in range."""
        if not self._is_open or not environment.is_proper:
            return {}
        found = {}
        for package, place in self._decided.items():
            if package.name is not None and self._world.chooser.settled(package.name) is place:
                precedent = self._precedent(package, place, environment)
                if precedent is not None and self._fits(precedent, environment):
                    found[package] = precedent
        return found

    @staticmethod
    def _fits(precedent: Precedent, environment: Environment) -> bool:
        """Whether the version admits the Pythons of a fork, and has a file for them."""
        return precedent.lower <= environment.python.lower_order and precedent.candidate.has_file_below(environment.python.upper)

    def _precedent(self, package: Package, place: Point, environment: Environment) -> Precedent | None:
        known = self._made.get(package)
        if known is None or known[0] is not place:
            known = self._made[package] = place, self._make(package, place, environment)
        return known[1]

    def _make(self, package: Package, place: Point, environment: Environment) -> Precedent | None:
        """None where more decides than a precedent knows."""
        world, name = self._world, package.name
        if name is None or name in world.members or not world.sources.is_free(name):
            return None
        versions = world.pages.seen(name, None)
        candidate = None if versions is None else _sole(world, versions, place)
        if versions is None or candidate is None:
            return None
        pythons = [candidate.requires_python]
        if package.kind is Kind.PROXY:
            dependencies = tuple(Dependency(each, place.only, None, is_of_base=False) for each in proxied(world.table, package))
            parts: list[Part] | None = [Part(TRUE, dependencies, None)]
        else:
            metadata = world.candidate_metadata(candidate)
            if isinstance(metadata, Rejection):
                return None
            pythons.append(world.python_text(metadata))
            parent = (metadata.name, metadata.version)
            requirements = requirements_of(metadata, package.group) if world.problem.follows_dependencies else ()
            parts = self._parts(package, world.dependencies.prepared(package, parent, requirements, environment))
        if parts is None:
            return None
        lower = max((world.pages.lower_python(text) for text in pythons if text is not None), default=(0, (), 0))
        return Precedent(place, candidate, versions.gap_around(place), lower, parts)

    def _parts(self, package: Package, prepared: Sequence[Prepared]) -> list[Part] | None:
        """Requirements by name, as a split takes them; None where one rules the version out, or says more than what is needed where."""
        if not all(self._is_plain(package, each, dependency) for each in prepared for dependency in each.dependencies):
            return None
        markers: dict[Name, set[Marker]] = {}
        for each in prepared:
            markers.setdefault(each.requirement.name, set()).add(each.requirement.marker)
        ordered = sorted(prepared, key=lambda each: each.requirement.name)
        return [_part(each, is_sole=len(markers[each.requirement.name]) == 1) for each in ordered]

    def _is_plain(self, package: Package, prepared: Prepared, dependency: Dependency) -> bool:
        on = dependency.package
        is_free = dependency.source is None and on.name is not None and self._world.sources.is_free(on.name)
        return is_free and on is not package and on.marker == prepared.requirement.marker and not dependency.versions.is_empty


def _part(prepared: Prepared, *, is_sole: bool) -> Part:
    marker = prepared.requirement.marker
    return Part(marker, prepared.dependencies, marker.python_bounds().lower_order if is_sole else None)


def _sole(world: World, versions: Versions, place: Point) -> Candidate | None:
    """The candidate at a version, if it is usable, and neither local versions nor platforms of its files can divide a fork."""
    candidate = versions.find(place)
    if candidate is None or candidate is not versions.find_first(place) or versions.has_locals or candidate.rejection is not None:
        return None
    return None if may_miss_platforms(world, candidate) else candidate
