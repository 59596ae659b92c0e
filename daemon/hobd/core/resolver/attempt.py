"""What choosing a version for a package can come to."""

from dataclasses import dataclass
from typing import TypeAlias

from hobd.core.resolver.environment import Environment
from hobd.core.resolver.rejection import Rejection
from hobd.core.resolver.versions import Point, VersionSet


@dataclass(frozen=True, slots=True)
class Decide:
    """Try this version."""

    place: Point


@dataclass(frozen=True, slots=True)
class Forbid:
    """There is nothing to choose: no version in range, or (with a reason) none at all."""

    rejection: Rejection | None = None


@dataclass(frozen=True, slots=True)
class Reject:
    """This version cannot be used."""

    place: Point
    rejection: Rejection
    python: VersionSet | None = None
    """If it needs other Pythons than the fork targets: those."""
    is_for_build: bool = False
    """Whether it is the Python that builds run with that does not fit."""


@dataclass(frozen=True, slots=True)
class Split:
    """Environments need different versions: go on in each, with a version where it is settled."""

    parts: tuple[tuple[Environment, Point | None], ...]


Attempt: TypeAlias = Decide | Forbid | Reject | Split
