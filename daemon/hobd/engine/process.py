"""Facts about, and ties of, the engine's own process (Linux; elsewhere they do nothing)."""

import ctypes
import gc
import os
import signal
import sys
from pathlib import Path

_PR_SET_PDEATHSIG = 1


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


def resident_bytes() -> int:
    """Resident memory of this process, in bytes; 0 where the system does not tell."""
    try:
        fields = Path("/proc/self/statm").read_text("ascii").split()
    except OSError:
        return 0
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE")
