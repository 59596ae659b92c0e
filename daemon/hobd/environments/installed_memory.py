"""What installed distributions said, kept between requests while they are as they were. The engine's memory holds it."""

from collections.abc import Callable
from pathlib import Path
from time import time_ns
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct, field

from hobd.core.vocab.file_memory import FileMemory

if TYPE_CHECKING:  # the memory is made when the engine starts
    from hobd.core.plan.model import Installed
    from hobd.core.vocab.metadata import Metadata

_DISTRIBUTIONS_BYTES = 16 * 1024 * 1024
_METADATA_BYTES = 48 * 1024 * 1024


class Listed(NamedTuple):
    """A distribution as it was found."""

    installed: "Installed"
    tops: frozenset[str] | None
    """The first parts of the paths in its RECORD; None where it was not read for them, as what it brought was there by its own name."""
    is_told_by_folder: bool
    """Whether nothing was read that tools write anew, without the folder's knowing: what came from elsewhere, and what was built."""


class InstalledMemory(Struct, frozen=True):
    """Distributions by their folder, metadata by its file. For several threads."""

    distributions: FileMemory[str, Listed] = field(default_factory=lambda: FileMemory(_DISTRIBUTIONS_BYTES))
    metadata: "FileMemory[Path, Metadata]" = field(default_factory=lambda: FileMemory(_METADATA_BYTES))
    now_ns: Callable[[], int] = time_ns

    def clear(self) -> None:
        """Forget everything."""
        self.distributions.clear()
        self.metadata.clear()
