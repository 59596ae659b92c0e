"""The folder of a cache: marked so that back-ups and version control leave it alone."""

import errno
import os
from contextlib import suppress
from pathlib import Path

from hobd.core.vocab.disk import os_reason, ways_out
from hobd.errors import WorldError
from hobd.faults import crash_point

LOCK = ".lock"
_TAG = "CACHEDIR.TAG"
_MARKS = {".gitignore": "*", _TAG: "Signature: 8a477f597d28d172789f06886806bc55"}
"""The tag comes last: where it is, all is. See the Cache Directory Tagging Specification."""


_READ_ONLY = (errno.EROFS, errno.EACCES, errno.EPERM)


class CacheUnusable(WorldError):
    """The folder of the cache cannot be made or written."""

    def __init__(self, folder: Path, failure: str, error: OSError) -> None:
        """`failure`: what was tried, and on what: ``open file `...` ``."""
        reason = f"failed to {failure}: {os_reason(error)}"
        super().__init__(f"Failed to initialize cache at `{folder}`", causes=(reason,), hints=ways_out(error))
        self.reason = os_reason(error)
        self.can_be_read = error.errno in _READ_ONLY


def make_cache_folder(folder: Path) -> None:
    """Make and mark the folder of a cache, where that has not been done.

    Raises:
        CacheUnusable: something else lies in its place, or the disk refuses.
    """
    if (folder / _TAG).exists():
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CacheUnusable(folder, f"create directory `{folder}`", error) from error
    for name, content in _MARKS.items():
        try:
            with suppress(FileExistsError), (folder / name).open("x", encoding="utf-8") as file:
                file.write(content)
        except OSError as error:
            raise CacheUnusable(folder, f"open file `{folder / name}`", error) from error


def open_lock_to_read(folder: Path) -> int | None:
    """The same of a cache that cannot be written; None where there is no such file: then nobody can clean it either."""
    try:
        return os.open(folder / LOCK, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None


def open_lock(folder: Path) -> int:
    """The descriptor of the file that is locked by those who use the cache.

    Raises:
        CacheUnusable: it cannot be opened for writing.
    """
    path = folder / LOCK
    try:
        crash_point("cache.lock")
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise CacheUnusable(folder, f"open file `{path}`", error) from error
