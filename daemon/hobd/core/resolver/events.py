"""What the solver tells of its work, step by step, to who listens; nobody's listening costs nothing.

One `Observer` may be given to `solve`. It is called in the solver's thread and has to be quick; nothing that it does
changes the result.
"""

from collections.abc import Callable
from typing import Protocol, TypeAlias

from msgspec import Struct

from hobd.core.resolver.dependencies import Dependency
from hobd.core.resolver.environment import Environment
from hobd.core.resolver.package import Package
from hobd.core.resolver.rejection import Rejection
from hobd.core.resolver.versions import Point, VersionSet
from hobd.core.vocab.names import Name
from hobd.core.vocab.source import Source


class ForkOpened(Struct, frozen=True):
    """A fork is taken up."""

    environment: Environment


class Searching(Struct, frozen=True):
    """A version is looked for."""

    package: Package
    versions: VersionSet
    """Those that are possible."""
    source: Source | None
    """A direct source."""


class Selected(Struct, frozen=True):
    """A version of an index is taken."""

    package: Package
    place: Point
    filename: str
    """The file that speaks for the version."""
    is_preference: bool
    """Whether it was chosen before: by the old lock, or in a fork that is complete."""


class Nothing(Struct, frozen=True):
    """There is no version to choose."""

    package: Package


class Refused(Struct, frozen=True):
    """A version cannot be used."""

    package: Package
    place: Point
    rejection: Rejection


class Needed(Struct, frozen=True):
    """What a chosen version depends on in a fork."""

    package: Package
    place: Point
    dependencies: tuple[Dependency, ...]
    is_first_party: bool
    """Whether the root or a member asks."""


class Clashed(Struct, frozen=True):
    """A conflict: what is known contradicts what is needed."""

    package: Package
    """The one that suffers."""
    culprits: tuple[Package, ...]
    is_dependency: bool
    """Whether the version's own dependencies show it, before anything is concluded."""


class Backjumped(Struct, frozen=True):
    """Decisions are taken back."""

    count: int


class Reranked(Struct, frozen=True):
    """A package was so often part of a conflict that it is decided earlier, or later."""

    package: Package
    is_culprit: bool


class ForkSplit(Struct, frozen=True):
    """A fork becomes several, in order of the stack: the last is solved first."""

    package: Package
    place: Point | None
    """None: the package's version is still open."""
    environments: tuple[Environment, ...]


class ForkCompleted(Struct, frozen=True):
    """Everything is decided in a fork."""

    environment: Environment
    count: int
    """Of distributions."""
    tried: tuple[tuple[Name, int], ...]
    """How many versions of each were tried, sorted by name."""


Event: TypeAlias = (
    ForkOpened | Searching | Selected | Nothing | Refused | Needed | Clashed | Backjumped | Reranked | ForkSplit | ForkCompleted
)

Hear: TypeAlias = Callable[[Event], None]


class Effort(Struct, frozen=True):
    """How much a resolution has cost so far."""

    decisions: int
    conflicts: int
    """Of the fork at work and those that it came from."""
    forks_waiting: int
    blamed: tuple[tuple[Name, int], ...]
    """The names that were most often in conflict, and how often; the most blamed first."""


class Observer(Protocol):
    """Listens to a resolution."""

    @property
    def hear(self) -> Hear | None:
        """Takes single steps; None where nobody wants them."""

    def warn(self, text: str) -> None:
        """Told what the user should know even if there turns out to be no solution; each text once."""

    def pause(self, effort: Effort) -> None:
        """Told every `PAUSE_DECISIONS` decisions, and before it is explained that there is no solution."""


PAUSE_DECISIONS = 64
_MOST_BLAMED = 5


def most_blamed(counts: dict[Package, int]) -> tuple[tuple[Name, int], ...]:
    """Counts of conflicts added up by name, the highest first."""
    found: dict[Name, int] = {}
    for package, count in counts.items():
        if package.name is not None:
            found[package.name] = found.get(package.name, 0) + count
    return tuple(sorted(found.items(), key=lambda item: (-item[1], item[0]))[:_MOST_BLAMED])
