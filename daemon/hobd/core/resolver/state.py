"""The state of one fork: its environment, its search, and where its names come from."""

from msgspec import Struct, field

from hobd.core.resolver.environment import Environment
from hobd.core.resolver.incompatibility import Incompatibility
from hobd.core.resolver.package import Package
from hobd.core.resolver.priorities import Priorities
from hobd.core.resolver.smooth import SmoothSearch
from hobd.core.resolver.sources import conflicting, conflicting_indexes
from hobd.core.resolver.versions import Point, VersionSet
from hobd.core.vocab.names import Name
from hobd.core.vocab.source import Registry, Source

_TOO_MANY_CONFLICTS = 5


class Grievances(Struct):
    """How often packages suffered from conflicts or caused them, and who has just reached the limit (4.3)."""

    suffered: dict[Package, int] = field(default_factory=dict)
    caused: dict[Package, int] = field(default_factory=dict)
    to_decide_earlier: list[Package] = field(default_factory=list)
    to_decide_later: list[Package] = field(default_factory=list)

    def copy(self) -> "Grievances":
        """An independent count for another fork."""
        return Grievances(dict(self.suffered), dict(self.caused), list(self.to_decide_earlier), list(self.to_decide_later))

    def record(self, deciding: Package, affected: Package, incompatibility: Incompatibility) -> None:
        """Count one conflict. Proxies of one name do not blame each other."""
        culprits = [each for each in incompatibility.terms if each is not affected and each.name != affected.name]
        for culprit in culprits:
            self.caused[culprit] = self.caused.get(culprit, 0) + 1
            if self.caused[culprit] == _TOO_MANY_CONFLICTS:
                self.to_decide_later.append(culprit)
        if culprits:
            self.suffered[deciding] = self.suffered.get(deciding, 0) + 1
            if self.suffered[deciding] == _TOO_MANY_CONFLICTS:
                self.to_decide_earlier.append(deciding)


class ForkState:
    """Everything that belongs to one fork. `copy` makes another one that goes on from here."""

    def __init__(self, search: SmoothSearch, environment: Environment) -> None:
        self.search = search
        self.environment = environment
        self.priorities = Priorities()
        self.direct: dict[Name, Source] = {}
        self.indexes: dict[Name, Registry] = {}
        self.visited: dict[Package, set[Point]] = {}
        """Versions whose dependencies are known to the search."""
        self.chosen: dict[Package, tuple[VersionSet, Point]] = {}
        """What was chosen for a range in this environment: the same is chosen again."""
        self.grievances = Grievances()
        self.current: Package = search.table.root
        """The package that is being decided."""
        self.start_with: tuple[Package, Point | None] | None = None
        """After a split over one package: decide it first, at this version if one is given."""
        self.tried: dict[Name, set[Point]] = {}
        self.prefetched: dict[Name, int] = {}
        self.warnings: list[str] = []
        """To be told when the fork is worked on."""

    def copy(self, environment: Environment) -> "ForkState":
        """An independent state for another environment."""
        other = ForkState(self.search.copy(), environment)
        other.priorities = self.priorities.copy()
        other.direct, other.indexes = dict(self.direct), dict(self.indexes)
        other.visited = {package: set(places) for package, places in self.visited.items()}
        other.grievances = self.grievances.copy()
        other.current, other.start_with = self.current, self.start_with
        other.tried = {name: set(places) for name, places in self.tried.items()}
        other.prefetched = dict(self.prefetched)
        other.warnings = list(self.warnings)
        return other

    def take_from(self, name: Name, source: Source, folder: str = "") -> None:
        """From now on the name comes from a direct source.

        Args:
            folder: absolute, of the lock; for messages.

        Raises:
            ConflictingSources: it comes from another one already.
        """
        previous = self.direct.setdefault(name, source)
        if previous != source:
            raise conflicting(name, [previous, source], self.environment, folder)

    def pin_to(self, name: Name, index: Registry) -> None:
        """From now on the name comes from one index.

        Raises:
            ConflictingSources: it comes from another one already.
        """
        previous = self.indexes.setdefault(name, index)
        if previous != index:
            raise conflicting_indexes(name, [previous, index], self.environment)

    def reprioritize(self) -> None:
        """Decide packages earlier that suffer from conflicts, and later those that cause them; go back before the latter."""
        for package in self.grievances.to_decide_earlier:
            self.priorities.decide_earlier(package)
        for package in self.grievances.to_decide_later:
            if self.priorities.decide_later(package):
                search = self.search.rough()
                level = search.partial.level_before(package)
                if level is not None:
                    search.backtrack(level)
        self.grievances.to_decide_earlier.clear()
        self.grievances.to_decide_later.clear()
