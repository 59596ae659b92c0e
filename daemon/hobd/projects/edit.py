"""Editing a `pyproject.toml`, or the metadata of a script: read, change the text, put it back at once or as a draft."""

from collections.abc import Callable
from pathlib import Path

from hobd.core.formats.script_edit import change_metadata
from hobd.core.vocab.evidence import Evidence
from hobd.errors import WorldError
from hobd.projects.drafts import Drafts
from hobd.projects.scripts import decode_script

_MARK = b"\xef\xbb\xbf"


def edit_file(path: Path, evidence: Evidence, change: Callable[[str], str], *, touches: bool = False) -> None:
    """Change the text of a file on disk; see `draft_file`.

    Args:
        touches: whether the file is written even if the text stays the same.
    Raises:
        Changed: somebody else changed the file meanwhile.
        WorldError: it is not there, or cannot be written.
    """
    drafts = Drafts()
    draft_file(drafts, path, evidence, change)
    drafts.keep(touches=touches)


def edit_script(path: Path, evidence: Evidence, change: Callable[[str], str], initial: str | None) -> None:
    """Change the metadata of a script on disk; see `draft_script`.

    Raises:
        Changed: somebody else changed the file meanwhile.
        RequestError: it is not UTF-8, or its metadata are broken.
        WorldError: it cannot be written.
    """
    drafts = Drafts()
    draft_script(drafts, path, evidence, change, initial)
    drafts.keep()


def draft_file(drafts: Drafts, path: Path, evidence: Evidence, change: Callable[[str], str]) -> None:
    """Change the text that a file is to have. A byte order mark and line ends stay.

    Args:
        drafts: take the change.
        path: of the file.
        evidence: is told of it.
        change: gives the new text for the old one.
    Raises:
        WorldError: the file is not there.
    """

    def changed(before: bytes | None) -> bytes:
        if before is None:
            raise WorldError(f"failed to open file `{path}`: No such file or directory (os error 2)")
        mark = _MARK if before.startswith(_MARK) else b""
        return mark + change(before.removeprefix(_MARK).decode()).encode()

    drafts.change(path, changed, evidence)


def draft_script(drafts: Drafts, path: Path, evidence: Evidence, change: Callable[[str], str], initial: str | None) -> None:
    """Change the metadata that a script is to have.

    Args:
        drafts: take the change.
        path: of the script.
        evidence: is told of it.
        change: gives the new document for the old one.
        initial: the document of a script that had no metadata; None for one that had. A byte order mark goes: it would stand
            behind the block.
    Raises:
        RequestError: it is not UTF-8, or its metadata are broken.
    """

    def changed(before: bytes | None) -> bytes:
        return change_metadata(decode_script((before or b"").removeprefix(_MARK)), change, initial).encode()

    drafts.change(path, changed, evidence)
