"""Files that a new project begins with. What is there already stays as it is, so a run that was killed is finished by the next."""

import os
from collections.abc import Mapping
from pathlib import Path

from hobd.errors import WorldError
from hobd.projects.lockfiles import write_atomically


def make_folder(path: Path) -> None:
    """Make a folder and those above it.

    Raises:
        WorldError: something else is there, or it may not be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise WorldError(f"failed to create directory `{path}`: {reason} (os error {error.errno})") from error


def write_missing(root: Path, files: Mapping[str, str]) -> None:
    """Write files below a folder, in order, each whole or not at all.

    Args:
        files: texts by path relative to the folder.
    Raises:
        WorldError: one cannot be written.
    """
    for name, text in files.items():
        path = root / name
        make_folder(path.parent)
        if not os.path.lexists(path):
            write_atomically(path, text.encode())
