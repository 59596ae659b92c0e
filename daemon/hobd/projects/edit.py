"""Editing a `pyproject.toml` on disk: read, change the text, put it back."""

from collections.abc import Callable
from pathlib import Path

from hobd.core.vocab.evidence import Evidence
from hobd.errors import WorldError
from hobd.projects.files import read_bytes
from hobd.projects.lockfiles import expect, write_atomically

_MARK = b"\xef\xbb\xbf"


def edit_file(path: Path, evidence: Evidence, change: Callable[[str], str], *, touches: bool = False) -> None:
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
