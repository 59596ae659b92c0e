"""Editing a `pyproject.toml` on disk: read, change the text, put it back; and back again if what follows fails (ADD-13)."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hobd.core.vocab.evidence import Evidence
from hobd.errors import WorldError
from hobd.projects.files import read_bytes
from hobd.projects.lockfiles import Expected, expect, write_atomically

_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Edited:
    """An edit that was made, and how to take it back."""

    path: Path
    before: bytes
    after: bytes

    @property
    def is_change(self) -> bool:
        """Whether the file is another one now."""
        return self.before != self.after

    def restore(self) -> None:
        """Put the old text back, unless somebody else has changed the file since.

        Raises:
            Changed: somebody has.
            WorldError: it cannot be written.
        """
        if self.is_change:
            write_atomically(self.path, self.before, _expects(self.path, self.after))


def edit_file(path: Path, evidence: Evidence, change: Callable[[str], str], *, touches: bool = False) -> Edited:
    """Change the text of a file. A byte order mark and line ends stay.

    Args:
        path: of the file.
        evidence: is told of it.
        change: gives the new text for the old one.
        touches: whether the file is written even if the text stays the same.
    Raises:
        Changed: somebody else changed the file meanwhile.
        WorldError: it is not there, or cannot be written.
    """
    expected = expect([path])
    before = read_bytes(path, evidence)
    if before is None:
        raise WorldError(f"failed to open file `{path}`: No such file or directory (os error 2)")
    mark = _MARK if before.startswith(_MARK) else b""
    after = mark + change(before.removeprefix(_MARK).decode()).encode()
    if touches or after != before:
        write_atomically(path, after, expected)
    return Edited(path, before, after)


def _expects(path: Path, content: bytes) -> Expected:
    from hashlib import blake2b

    return Expected(((path, blake2b(content, digest_size=16).digest()),))
