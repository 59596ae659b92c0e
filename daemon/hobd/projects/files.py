"""Reading small text files, with evidence and uv's errors."""

import os
from pathlib import Path

from hobd.core.vocab.disk import os_reason
from hobd.core.vocab.evidence import Evidence
from hobd.core.vocab.shown_path import shown_path
from hobd.errors import RequestError, WorldError


def read_text(path: Path, evidence: Evidence) -> str | None:
    """The text of a file; None where there is none.

    Raises:
        RequestError: it is not UTF-8.
        WorldError: it cannot be read.
    """
    content = read_bytes(path, evidence)
    return None if content is None else text_of(path, content)


def text_of(path: Path, content: bytes) -> str:
    """The text that a file holds.

    Raises:
        RequestError: it is not UTF-8.
    """
    try:
        return content.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise RequestError(f"failed to read from file `{path}`: stream did not contain valid UTF-8") from error


def read_bytes(path: Path, evidence: Evidence) -> bytes | None:
    """The content of a file; None where there is none.

    Raises:
        WorldError: it cannot be read.
    """
    evidence.saw(path)
    try:
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        verb = "read from" if isinstance(error, IsADirectoryError) else "open"  # a folder can be opened
        raise WorldError(f"failed to {verb} file `{path}`: {os_reason(error)}") from error
    evidence.held(path, content)
    return content


def is_file(path: Path, evidence: Evidence) -> bool:
    """Whether there is a file, or a link to one."""
    evidence.saw(path)
    return path.is_file()


def absolute(path: Path, cwd: Path) -> Path:
    """The path from the root, `.` and `..` resolved in its text; links are not followed."""
    return Path(os.path.normpath(cwd / path))


def shown(path: Path, cwd: Path) -> str:
    """The path as messages show it: relative to where the caller is, if it lies below."""
    return "." if path == cwd else shown_path(path, cwd)
