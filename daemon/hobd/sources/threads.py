"""Threads for what blocks in this room: parsing of large pages, digests, disk.

They are apart from those in which solvers run: solvers wait for this room, so they must never take its last thread.
"""

from collections.abc import Callable
from typing import TypeVar, TypeVarTuple

import anyio
import anyio.to_thread
from anyio.lowlevel import RunVar

Value = TypeVar("Value")
Arguments = TypeVarTuple("Arguments")

_THREADS = 8
_limiter: RunVar[anyio.CapacityLimiter] = RunVar("hobd.sources.threads")


async def in_thread(work: Callable[[*Arguments], Value], *arguments: *Arguments) -> Value:
    """Run blocking work in one of the room's threads."""
    limiter = _limiter.get(None)
    if limiter is None:
        limiter = anyio.CapacityLimiter(_THREADS)
        _limiter.set(limiter)
    return await anyio.to_thread.run_sync(work, *arguments, limiter=limiter)
