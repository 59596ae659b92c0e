"""Places where the system refuses, for the length of a block."""

from collections.abc import Iterator
from contextlib import contextmanager

from hobd import faults


@contextmanager
def refused_at(point: str, name: str, times: int = 1) -> Iterator[None]:
    """Let a point of `hobd.faults` fail with the error of a name (`ENOSPC`) from the given time on."""
    faults.arm(f"{point}:{times}:{name}")
    try:
        yield
    finally:
        faults.arm(None)
