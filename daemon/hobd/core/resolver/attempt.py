"""What choosing a version for a package can come to."""

from typing import TypeAlias

from msgspec import Struct

from hobd.core.resolver.environment import Environment
from hobd.core.resolver.rejection import Rejection
from hobd.core.resolver.versions import Point, VersionSet


class Decide(Struct, frozen=True):
    """Try this version."""

    place: Point


class Forbid(Struct, frozen=True):
    """There is nothing to choose: no version in range, or (with a reason) none at all."""

    rejection: Rejection | None = None


class Reject(Struct, frozen=True):
    """This version cannot be used."""

    place: Point
    rejection: Rejection
    python: VersionSet | None = None
    """If it needs other Pythons than the fork targets: those."""
    is_for_build: bool = False
    """Whether it is the Python that builds run with that does not fit."""


class Split(Struct, frozen=True):
    """Environments need different versions: go on in each, with a version where it is settled."""

    parts: tuple[tuple[Environment, Point | None], ...]


Attempt: TypeAlias = Decide | Forbid | Reject | Split
