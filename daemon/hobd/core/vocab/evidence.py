"""What an answer rests on: the paths and variables that were looked at on the way to it.

Rooms that read the disk are handed an `Evidence` and tell it *before* they read. The engine turns what
was told into the grounds of a verdict, so that the front may give the same answer again while nothing changed.
"""

from pathlib import Path
from typing import Protocol


class Evidence(Protocol):
    """Takes note of what an answer rests on."""

    def saw(self, path: Path, *, is_link: bool = False) -> None:
        """The state of `path` matters: its content, its entries for a folder, or that it is not there.

        Costs one `stat`. `is_link`: the link itself matters, not what it points to.
        """

    def held(self, path: Path, content: bytes) -> None:
        """A file that was seen held this: told by who read all of it at once. Written anew, it may hold the same again."""

    def expires(self, seconds: float) -> None:
        """The answer holds until then (seconds since the epoch) and no longer; of several times the first counts."""

    def spoil(self, reason: str) -> None:
        """The answer rests on what no stat can show (the network's state, a clock, a build): never replay it."""


class NoEvidence:
    """For callers that give no verdicts."""

    def saw(self, path: Path, *, is_link: bool = False) -> None:
        """Forget it."""

    def held(self, path: Path, content: bytes) -> None:
        """Forget it."""

    def expires(self, seconds: float) -> None:
        """Forget it."""

    def spoil(self, reason: str) -> None:
        """Forget it."""
