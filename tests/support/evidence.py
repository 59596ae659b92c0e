"""Evidence that can be looked at."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(slots=True)
class Notes:
    """Evidence that remembers what it was told."""

    paths: list[Path] = field(default_factory=list)
    spoiled: list[str] = field(default_factory=list)
    ends: list[float] = field(default_factory=list)

    def saw(self, path: Path, *, is_link: bool = False) -> None:
        self.paths.append(path)

    def held(self, path: Path, content: bytes) -> None:
        pass

    def expires(self, seconds: float) -> None:
        self.ends.append(seconds)

    def spoil(self, reason: str) -> None:
        self.spoiled.append(reason)


class DiskNotes(Notes):
    """The same, of work that looks at nothing but the disk."""

    def spoil(self, reason: str) -> None:
        raise AssertionError(reason)
