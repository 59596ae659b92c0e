"""Points where a test may have the process die, as if by `kill -9`.

Each commit, rename, lock and publish names its point. `HOB_TEST_CRASH_AT=<point>:<n>` kills the process the n-th time that it
gets there (n counts from 1); without it a point costs one comparison.
"""

import os
import signal

_point: str | None = None
_remaining = 0


def arm(specification: str | None) -> None:
    """Choose where to die. Called once, at process start.

    Args:
        specification: `<point>:<n>`, `<point>` for the first time, or `None` for nowhere.
    Raises:
        ValueError: `n` is no whole number.
    """
    global _point, _remaining  # noqa: PLW0603 - one value for the whole process, set before anything runs
    if not specification:
        _point = None
        return
    _point, _, times = specification.partition(":")
    _remaining = int(times or "1")


def crash_point(name: str) -> None:
    """Die here by SIGKILL if this is the chosen point and its turn has come."""
    global _remaining  # noqa: PLW0603
    if name != _point:
        return
    _remaining -= 1
    if _remaining == 0:
        os.kill(os.getpid(), signal.SIGKILL)
