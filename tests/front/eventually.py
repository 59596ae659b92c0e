"""Waiting for another process: the one place where tests look again and again."""

import time
from collections.abc import Callable

import anyio


async def eventually(is_so: Callable[[], object], seconds: float = 5) -> float:
    """Wait until something is so; returns how many seconds it took."""
    began = time.monotonic()
    while not is_so():
        assert time.monotonic() - began < seconds, f"not so within {seconds} s"
        await anyio.sleep(0.002)
    return time.monotonic() - began
