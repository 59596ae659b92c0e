"""Folders for unfinished work, which can be told from those whose maker has died."""

import fcntl
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from hobd.faults import crash_point
from hobd.placement import scatter

TEMPORARY = ".tmp-"
_YOUNG_SECONDS = 60.0
"""A folder is locked an instant after it was made: younger ones are left alone."""

_OLD_SECONDS = 86400.0
"""Where the file system has no locks, whatever has not changed for a day has no maker any more."""


class TemporaryFolder:
    """A new folder with a `download` folder in it. Its maker holds a lock on it, which a kill lets go."""

    def __init__(self, parent: Path) -> None:
        """Make it in `parent`, which is made too.

        Raises:
            OSError: it cannot be made.
        """
        if not parent.is_dir():
            parent.mkdir(parents=True, exist_ok=True)
            scatter(parent)
        crash_point("store.temporary")
        self.path = Path(tempfile.mkdtemp(prefix=TEMPORARY, dir=parent))
        self._handle = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        with suppress(OSError):  # no locks here: then its age has to tell
            crash_point("temporary.flock")
            fcntl.flock(self._handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        try:
            (self.path / "download").mkdir()
        except OSError:
            self.remove()
            raise

    def remove(self) -> None:
        """Remove it with all that is in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._handle)


def discard(path: Path, parent: Path) -> None:
    """Take what is damaged away in one step, by way of a folder in `parent`; where that cannot be done it stays."""
    with suppress(OSError):
        aside = TemporaryFolder(parent)
        try:
            os.rename(path, aside.path / "damaged")
            crash_point("store.discarded")
        finally:
            aside.remove()


def is_abandoned(path: Path, now: float) -> bool:
    """Whether the maker of a temporary folder or file is gone. `now`: seconds since the epoch."""
    try:
        age_seconds = now - path.lstat().st_mtime
        if age_seconds < _YOUNG_SECONDS:
            return False
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return age_seconds > _OLD_SECONDS
    finally:
        os.close(handle)
    return True
