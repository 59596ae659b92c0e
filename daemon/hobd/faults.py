"""Points where a test may have the process die, as if by `kill -9`, or the disk refuse.

Each commit, rename, lock and publish names its point. `HOB_TEST_CRASH_AT=<point>:<n>` kills the process the n-th time that it
gets there (n counts from 1); with `<point>:<n>:ENOSPC` the system refuses there, then and whenever it gets there again.
Without the variable a point costs one comparison.
"""

import errno
import os
import signal

_point: str | None = None
_remaining = 0
_refusal: int | None = None


def arm(specification: str | None) -> None:
    """Choose where to die or to be refused. Called once, at process start.

    Args:
        specification: `<point>:<n>`, `<point>` for the first time, `<point>:<n>:<NAME>` with the name of a system's error, or
            `None` for nowhere.
    Raises:
        ValueError: `n` is no whole number.
        AttributeError: there is no such error.
    """
    global _point, _remaining, _refusal  # noqa: PLW0603 - values for the whole process, set before anything runs
    if not specification:
        _point = None
        return
    _point, _, rest = specification.partition(":")
    times, _, name = rest.partition(":")
    _remaining = int(times or "1")
    _refusal = getattr(errno, name) if name else None


def crash_point(name: str) -> None:
    """Die here by SIGKILL if this is the chosen point and its turn has come.

    Raises:
        OSError: it was chosen to be refused here.
    """
    global _remaining  # noqa: PLW0603
    if name != _point:
        return
    _remaining -= 1
    if _refusal is not None and _remaining <= 0:
        raise OSError(_refusal, os.strerror(_refusal), f"<{name}>")
    if _remaining == 0:
        os.kill(os.getpid(), signal.SIGKILL)
