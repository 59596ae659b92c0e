"""The memory as stories see it. The engine owns it; a story finds the same answer when it is empty."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from hobd.core.lockfile.model import Lock
from hobd.core.vocab.spawn import Spawner
from hobd.environments.installed_memory import InstalledMemory
from hobd.environments.interpreters import Interpreters
from hobd.sources.http_pools import HttpPools
from hobd.sources.memory import SourcesMemory

if TYPE_CHECKING:  # who finds everything in order solves nothing and stores nothing
    from hobd.environments.link import KnownModes
    from hobd.service.locks.resolutions import Resolutions
    from hobd.store.wheels import WheelStore


class Chores(Protocol):
    """Work that nobody waits for."""

    def later(self, key: str, chore: Callable[[Spawner], Awaitable[None]]) -> None:
        """Have something done, once for each key, when no call is told; without a daemon never.

        It is given what starts processes of the daemon's own. It may be cancelled anywhere and then begins anew.
        What it needs of the request it has to bring.
        """


class Memory(Protocol):
    """What outlives a call."""

    @property
    def pools(self) -> HttpPools:
        """Connections."""

    @property
    def sources(self) -> SourcesMemory:
        """Parsed pages and metadata."""

    @property
    def installed(self) -> InstalledMemory:
        """What installed distributions said."""

    @property
    def resolutions(self) -> "Resolutions":
        """What was solved before."""

    @property
    def chores(self) -> Chores:
        """What is done when nobody waits for anything."""

    @property
    def link_modes(self) -> "KnownModes":
        """What pairs of file systems can do."""

    def interpreters(self, folder: Path | None) -> Interpreters:
        """What interpreters said of themselves, kept in `folder` too."""

    def store(self, folder: Path) -> "WheelStore":
        """The wheel store of a cache folder."""

    def lock(self, text: str) -> Lock:
        """The lock that a text says, parsed once.

        Raises:
            InvalidLock: the text is none.
        """

    def keep_lock(self, text: str, lock: Lock) -> None:
        """A text that was rendered says this lock: it need not be parsed."""
