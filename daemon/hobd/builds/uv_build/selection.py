"""Walking a source tree: folder by folder, by name, without what nobody wants (BIS-5)."""

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from hobd.builds.uv_build.faults import CannotBuild, LayoutError, shown
from hobd.core.vocab.disk import os_reason


def walk(top: Path, cwd: Path, is_wanted: Callable[[str], bool], root: Path | None = None) -> Iterator[Path]:
    """The files of a folder and below it; links count as files, and are not followed.

    Args:
        cwd: where the caller is, for errors.
        is_wanted: whether a path, relative to `top` with `/`, is to be looked at; the empty text is `top` itself.
        root: what errors say was walked; None: `top`.
    Raises:
        CannotBuild: a folder cannot be read, or an environment lies in the tree.
    """
    if not os.path.lexists(top):
        raise _failure(FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(top)), root or top, cwd)
    if not is_wanted(""):
        return
    if top.is_dir():
        yield from _walk(top, "", cwd, is_wanted, root or top)
    else:
        yield top


def _walk(folder: Path, relative: str, cwd: Path, is_wanted: Callable[[str], bool], root: Path) -> Iterator[Path]:
    try:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: os.fsencode(entry.name))
    except OSError as error:
        raise _failure(error, root, cwd) from error
    for entry in found:
        below = f"{relative}/{entry.name}" if relative else entry.name
        if not is_wanted(below):
            continue
        _refuse_environment(Path(entry.path), cwd)
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path), below, cwd, is_wanted, root)
        else:
            yield Path(entry.path)


def _refuse_environment(path: Path, cwd: Path) -> None:
    """Refuse to pack what makes a folder an environment.

    Raises:
        LayoutError: it is one.
    """
    if path.name in ("pyvenv.cfg", "lib64") and (path.parent / "bin" / "python").is_symlink():
        raise LayoutError(
            "Virtual environments must not be added to source distributions or wheels, remove the directory or exclude it "
            f"from the build: {shown(path.parent, cwd)}"
        )


def _failure(error: OSError, root: Path, cwd: Path) -> CannotBuild:
    why = os_reason(error)
    where = f"IO error for operation on {error.filename}: {why}"
    return CannotBuild(f"Failed to walk source tree: {shown(root, cwd)}", causes=(where, why))
