"""What the built-in backend refuses, in uv's words. Exit code 2 wherever it is told: uv's own backend fails in another way than others."""

from pathlib import Path

from hobd.core.vocab.disk import os_reason
from hobd.errors import RequestError


class CannotBuild(RequestError):
    """The built-in backend cannot build a project."""


class InvalidMetadataFormat(CannotBuild):
    """`pyproject.toml` does not say what the backend has to know."""


class InvalidProject(CannotBuild):
    """`[project]` says something that cannot be built."""

    def __init__(self, *causes: str) -> None:
        super().__init__("Invalid project metadata", causes=causes)


class LayoutError(CannotBuild):
    """The source tree is not laid out as the backend wants it."""


class UnsupportedGlob(CannotBuild):
    """A pattern that would not mean the same everywhere."""


def shown(path: Path, cwd: Path) -> str:
    """A path as errors show it: without the caller's folder, where it lies in it."""
    return str(path.relative_to(cwd)) if path.is_relative_to(cwd) else str(path)


def read_bytes(path: Path) -> bytes:
    """The content of a file that the project names.

    Raises:
        CannotBuild: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        verb = "read from" if isinstance(error, IsADirectoryError) else "open"  # a folder can be opened
        raise CannotBuild(f"failed to {verb} file `{path}`: {os_reason(error)}") from error


def read_text(path: Path) -> str:
    """Likewise, as text; line ends stay as they are.

    Raises:
        CannotBuild: it cannot be read, or is no UTF-8.
    """
    try:
        return read_bytes(path).decode()
    except UnicodeDecodeError as error:
        raise CannotBuild(f"failed to read from file `{path}`: stream did not contain valid UTF-8") from error
