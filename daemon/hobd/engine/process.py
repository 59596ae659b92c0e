"""Facts about, and ties of, the engine's own process (Linux; elsewhere they do nothing)."""

import ctypes
import gc
import os
import signal
import sys
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
"""Names that glibc's `mallopt` knows (malloc.h)."""


def die_with_parent() -> None:
    """Have the kernel end this process when the front dies: an orphan once burned a core for 18 minutes."""
    if sys.platform != "linux":
        return
    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before we asked
        sys.exit(0)


def keep_pauses_short() -> None:
    """Have the collector of cycles run seldom, and threads change places often.

    What the engine keeps (pages, locks, diagrams) is in trees, and walking all of it for the few cycles there are took a fifth of
    a solve. And while a solver computes, whatever the event loop does waits for its turn: 5 ms by default, for every answer of an index.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    sys.setswitchinterval(0.001)


def keep_memory_small() -> None:
    """Have the C library give memory back: by default each thread keeps a heap of its own, and what was once large stays.

    After three installations of 114 wheels and a lock the engine had 222 MiB, with this 150. Only glibc can be told.
    """
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):
        library.mallopt(_M_ARENA_MAX, 2)
        library.mallopt(_M_MMAP_THRESHOLD, 256 * 1024)
        library.mallopt(_M_TRIM_THRESHOLD, 1024 * 1024)


def give_memory_back() -> None:
    """Give back what was freed here and there, where the C library can: some milliseconds."""
    library = ctypes.CDLL(None)
    if hasattr(library, "malloc_trim"):
        library.malloc_trim(0)


def resident_bytes() -> int:
    """Resident memory of this process, in bytes; 0 where the system does not tell."""
    try:
        fields = Path("/proc/self/statm").read_text("ascii").split()
    except OSError:
        return 0
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE")
