"""A program of its own: removes a temporary cache when the program that runs in it has ended. Given the folder; needs no more than Python.

The program holds a shared record lock on the cache (see `lease`). Until it has taken that, it is waited for; one that never does
so has ended already, or was never started.
"""

import fcntl
import os
import shutil
import sys
import time

_PATIENCE_SECONDS = 10.0
_PAUSE_SECONDS = 0.05


def main(folder: str) -> None:
    """Wait for the lock to be taken, then for it to be let go."""
    try:
        handle = os.open(os.path.join(folder, ".lock"), os.O_RDWR)
        until = time.monotonic() + _PATIENCE_SECONDS
        while _is_free(handle) and time.monotonic() < until:
            time.sleep(_PAUSE_SECONDS)
        fcntl.lockf(handle, fcntl.LOCK_EX)
    except OSError:
        time.sleep(_PATIENCE_SECONDS)  # without locks a short program is helped at least
    shutil.rmtree(folder, ignore_errors=True)


def _is_free(handle: int) -> bool:
    try:
        fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    fcntl.lockf(handle, fcntl.LOCK_UN)
    return True


if __name__ == "__main__":
    main(sys.argv[1])
