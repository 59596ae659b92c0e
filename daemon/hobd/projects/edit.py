"""Editing a `pyproject.toml`, or the metadata of a script, on disk: read, change the text, put it back."""

from collections.abc import Callable
from pathlib import Path

from hobd.core.formats.script_edit import change_metadata
from hobd.core.vocab.evidence import Evidence
from hobd.errors import WorldError
from hobd.projects.files import read_bytes
from hobd.projects.lockfiles import expect, write_atomically
from hobd.projects.scripts import decode_script

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


def edit_script(path: Path, evidence: Evidence, change: Callable[[str], str], initial: str | None) -> None:
    """Change the metadata of a script.

    Args:
        path: of the script.
        evidence: is told of it.
        change: gives the new document for the old one.
        initial: the document of a script that had no metadata; None for one that had. A byte order mark goes: it would stand
            behind the block.
    Raises:
        Changed: somebody else changed the file meanwhile.
        RequestError: it is not UTF-8, or its metadata are broken.
        WorldError: it cannot be written.
    """
    expected = expect([path])
    before = read_bytes(path, evidence) or b""
    after = change_metadata(decode_script(before.removeprefix(_MARK)), change, initial).encode()
    if after != before:
        write_atomically(path, after, expected)
