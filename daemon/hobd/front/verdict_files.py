"""Verdicts on disk: they outlive the daemon, and the client replays them before it asks anybody."""

import contextlib
import os
from pathlib import Path

from hobd.faults import crash_point

_SUFFIX = ".bin"
_MOST_FILES = 256
_SWEEP_TO = 224
"""Files that a sweep leaves, so that not every write sweeps."""


class VerdictFiles:
    """The folder of verdict files. Nothing here may fail a command: what cannot be written is not there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = _MOST_FILES  # unknown: the first write counts

    def read(self, name: str) -> bytes | None:
        """The serialized verdict `name`, or `None`."""
        try:
            return (self._folder / f"{name}{_SUFFIX}").read_bytes()
        except OSError:
            return None

    def write(self, name: str, data: bytes) -> None:
        """Publish a serialized verdict, in place of the one before."""
        temporary = self._folder / f".{name}.{os.getpid()}"
        with contextlib.suppress(OSError):
            self._folder.mkdir(mode=0o700, exist_ok=True)
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            with open(descriptor, "wb") as file:
                file.write(data)
            crash_point("verdict-written")
            temporary.replace(self._folder / f"{name}{_SUFFIX}")
            crash_point("verdict-published")
            self._count += 1
            if self._count > _MOST_FILES:
                self._sweep()

    def remove(self, name: str) -> None:
        """Take a verdict away that can hold no more."""
        with contextlib.suppress(OSError):
            (self._folder / f"{name}{_SUFFIX}").unlink()

    def _sweep(self) -> None:
        """Remove the oldest files, and what writers that died left behind."""
        found: list[tuple[int, str]] = []
        with os.scandir(self._folder) as entries:
            for entry in entries:
                age = 0 if entry.name.startswith(".") else entry.stat(follow_symlinks=False).st_mtime_ns
                found.append((age, entry.name))
        found.sort()
        excess = len(found) - _SWEEP_TO if len(found) > _MOST_FILES else 0
        for position, (age, name) in enumerate(found):
            if position < excess or age == 0:
                (self._folder / name).unlink(missing_ok=True)
        self._count = len(found) - excess
