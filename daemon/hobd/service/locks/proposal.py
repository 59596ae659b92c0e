"""A lock on its way: solved, and neither built nor written yet."""

from collections.abc import Iterator
from time import monotonic
from typing import TYPE_CHECKING

from msgspec import Struct
from packaging.version import Version

from hobd.core.lockfile.model import Lock
from hobd.core.resolver.problem import Problem
from hobd.core.vocab.names import Name
from hobd.projects.lockfiles import Expected

if TYPE_CHECKING:  # whoever judges a lock knows what it takes
    from hobd.core.resolver.resolution import Resolution
    from hobd.service.locks.locking import Examined
    from hobd.service.locks.subject import LockSubject


class Proposal(Struct, frozen=True, kw_only=True):
    """What a new lock is made of, and what it replaces."""

    subject: "LockSubject"
    """As its files say, or are to say."""
    found: "Examined"
    """The lock that it starts from, judged."""
    on_disk: Lock | None
    """The lock that it replaces."""
    problem: Problem
    resolution: "Resolution | None"
    """None where nothing had to be solved: the old lock holds, if perhaps not in its form."""
    expected: Expected
    """What the files were that it rests on."""
    begun: float
    """When, by the monotonic clock, in seconds."""

    @property
    def count(self) -> int:
        """How many packages are to be locked."""
        if self.resolution is not None:
            return len(self.resolution.distributions)
        return 0 if self.found.opened is None else len(self.found.opened.packages)

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return monotonic() - self.begun

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the resolution gave cause to warn of."""
        return () if self.resolution is None else self.resolution.warnings

    def versions(self) -> Iterator[tuple[Name, Version]]:
        """What is to be locked, but for folders whose version is dynamic."""
        if self.resolution is None:
            packages = () if self.found.opened is None else self.found.opened.packages
            yield from ((package.name, package.version) for package in packages if package.version is not None)
            return
        from hobd.core.lockfile.build import locked_version

        for node, chosen in self.resolution.distributions.items():
            version = locked_version(node, chosen)
            if version is not None:
                yield node.name, version
