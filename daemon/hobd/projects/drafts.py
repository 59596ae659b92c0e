"""Files as an edit is to leave them: they stay as they are until all of it is known to be good.

read ─change→ draft ─ locked, changed once more ─→ keep: the file as it was read? ─┬─ yes ─→ written
                                                                                   └─ no ──→ Changed: begin again
"""

from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from hobd.core.vocab.evidence import Evidence
from hobd.projects.files import read_bytes
from hobd.projects.lockfiles import Expected, expect, write_atomically


class _Draft(Struct, frozen=True):
    """One file."""

    expected: Expected
    before: bytes | None
    after: bytes | None


class Drafts:
    """What one edit makes of files."""

    def __init__(self) -> None:
        self._drafts: dict[Path, _Draft] = {}

    def content(self, path: Path) -> bytes | None:
        """What a file is to hold; None for one that is not edited."""
        draft = self._drafts.get(path)
        return None if draft is None else draft.after

    def change(self, path: Path, change: Callable[[bytes | None], bytes], evidence: Evidence) -> None:
        """Change what a file is to hold.

        Args:
            path: of the file.
            change: gives the new content for the old one; None: there is no file.
            evidence: is told of the file where it is read.
        """
        draft = self._drafts.get(path) or self._read(path, evidence)
        self._drafts[path] = _Draft(draft.expected, draft.before, change(draft.after))

    def contents(self) -> dict[Path, bytes]:
        """What all edited files are to hold."""
        return {path: draft.after for path, draft in self._drafts.items() if draft.after is not None}

    def keep(self, tell: Callable[[Path], None] = lambda _: None, *, touches: bool = False) -> None:
        """Write what differs, in the order in which the files were first changed.

        Args:
            tell: hears of each file as soon as it is written.
            touches: whether files are written even if they stay the same.
        Raises:
            Changed: somebody else changed one meanwhile.
            WorldError: one cannot be written.
        """
        for path, draft in self._drafts.items():
            if draft.after is not None and (touches or draft.after != draft.before):
                write_atomically(path, draft.after, draft.expected)
                tell(path)
                self._drafts[path] = _Draft(expect([path]), draft.after, draft.after)

    @staticmethod
    def _read(path: Path, evidence: Evidence) -> _Draft:
        expected = expect([path])
        content = read_bytes(path, evidence)
        return _Draft(expected, content, content)
