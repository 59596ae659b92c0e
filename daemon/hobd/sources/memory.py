"""What the room keeps between requests, bounded in bytes. The engine's memory holds it; dropping it costs time only."""

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field

from hobd.core.vocab.bounded_memory import BoundedMemory
from hobd.core.vocab.file_memory import FileMemory

if TYPE_CHECKING:
    from hobd.core.resolver.knowledge import Unusable
    from hobd.core.vocab.digest import Digest
    from hobd.core.vocab.metadata import Metadata
    from hobd.core.vocab.names import Name
    from hobd.sources.flat_index import FlatIndex
    from hobd.sources.http_cache import Remembered

_ANSWERS_BYTES = 192 * 1024 * 1024
_FILES_BYTES = 16 * 1024 * 1024


class SourcesMemory(Struct):
    """Parsed pages and metadata. Answers are written only in the event loop, what files of this machine say in any thread."""

    answers: "BoundedMemory[tuple[str, str], Remembered]" = field(default_factory=lambda: BoundedMemory(_ANSWERS_BYTES))
    """By folder of the cache and address."""
    wheels: "FileMemory[tuple[Path, Name], Metadata | Unusable]" = field(default_factory=lambda: FileMemory(_FILES_BYTES))
    """What wheels on this machine say, by whose metadata was looked for."""
    digests: "FileMemory[Path, Digest]" = field(default_factory=lambda: FileMemory(_FILES_BYTES))
    """The sha256 of files on this machine."""
    folders: "FileMemory[Path, FlatIndex]" = field(default_factory=lambda: FileMemory(_FILES_BYTES))
    """Folders of distributions."""

    def clear(self) -> None:
        """Forget everything."""
        self.answers.clear()
        for files in (self.wheels, self.digests, self.folders):
            files.clear()
