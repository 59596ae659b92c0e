"""The members of a wheel, in order, and RECORD, which names them (PEP 427)."""

import csv
import hashlib
import io
import os
from pathlib import Path
from typing import Protocol

from hobd.builds.uv_build.faults import read_bytes
from hobd.builds.uv_build.folders import Folders
from hobd.core.formats.record import render_digest


class Archive(Protocol):
    """Where members go."""

    def add_folder(self, path: str) -> None:
        """Add a folder; the path ends with a slash."""

    def add_file(self, path: str, content: bytes, mode: int) -> None:
        """Add a file."""


class Nowhere:
    """For who only wants to know what a wheel would hold. Implements `Archive`."""

    def add_folder(self, path: str) -> None:
        """See `Archive`."""

    def add_file(self, path: str, content: bytes, mode: int) -> None:
        """See `Archive`."""


class Contents:
    """A wheel in the making."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._rows: list[tuple[str, str, str]] = []
        self._folders = Folders(lambda path: archive.add_folder(f"{path}/"))
        self.listed: list[tuple[str, Path | None]] = []
        """Files in order, and where each is from; None for what is generated."""

    def folder(self, path: str) -> None:
        """Add the entry of a folder."""
        self._folders.enter(path)

    def add_file(self, target: str, relative: str, path: Path) -> None:
        """Add a file of the source tree, and the folders on the way to it.

        Args:
            target: the folder in the wheel that it goes below; empty for the top.
            relative: its path there.
        """
        if target:
            self._folders.enter(target)
        self._folders.ensure(target, relative)
        content = read_bytes(path)
        mode = 0o755 if os.stat(path).st_mode & 0o111 else 0o644
        self.add(f"{target}/{relative}" if target else relative, content, mode, path)

    def add(self, name: str, content: bytes, mode: int = 0o644, path: Path | None = None) -> None:
        """Add a file and its RECORD row."""
        self.listed.append((name, path))
        self._archive.add_file(name, content, mode)
        self._rows.append((name, render_digest("sha256", hashlib.sha256(content).digest()), str(len(content))))

    def add_record(self, path: str) -> None:
        """Add RECORD, which cannot hold a digest of its own."""
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([*self._rows, (path, "", "")])
        self._archive.add_file(path, text.getvalue().encode("utf-8", "surrogateescape"), 0o644)
