"""Put one thing in the place of another in one step, whatever both are."""

import ctypes
import errno
import os
from pathlib import Path

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2
_IMPOSSIBLE = frozenset({errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EPERM})


def exchange(one: Path, other: Path) -> bool:
    """Let two paths change places; False where the system or the file system cannot do it, and nothing has changed.

    Raises:
        OSError: one is not there, is a mount point, or may not be moved.
    """
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    if renameat2(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    reason = ctypes.get_errno()
    if reason in _IMPOSSIBLE:
        return False
    raise OSError(reason, os.strerror(reason), str(one), None, str(other))
