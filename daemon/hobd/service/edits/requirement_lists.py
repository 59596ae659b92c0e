"""Lists of requirements as bytes: a file, or standard input, in the encodings in which other tools write them (PIP-1)."""

import sys
from pathlib import Path

from hobd.core.formats.requirements_file import decode_requirements_file
from hobd.errors import RequestError
from hobd.projects.files import read_bytes
from hobd.service.session import Session

STANDARD_INPUT = "-"
"""The name of a file that only a process of the caller's own can read."""


def read_list(name: str, path: Path, session: Session) -> str | None:
    """The text of a list of requirements; None where there is no such file.

    Args:
        name: as it was given, `-` for standard input.
        path: where it is.
    Raises:
        RequestError: it is neither UTF-8 nor UTF-16, or a folder.
        WorldError: it cannot be read.
    """
    if name == STANDARD_INPUT:
        return _decoded(sys.stdin.buffer.read(), "stdin")
    if not name:
        raise RequestError("failed to read from file ``: No such file or directory (os error 2)")
    if path.is_dir():
        session.context.evidence.saw(path)
        raise RequestError(f"failed to read from file `{name}`: Is a directory (os error 21)")
    content = read_bytes(path, session.context.evidence)
    return None if content is None else _decoded(content, f"file `{name}`")


def _decoded(content: bytes, place: str) -> str:
    try:
        return decode_requirements_file(content)
    except UnicodeDecodeError as error:
        raise RequestError(f"failed to decode {place}: stream did not contain valid UTF-8") from error
