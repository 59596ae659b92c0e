"""One change of an environment at a time: the lock that uv takes too (CAC-11).

`<root>/.lock` is locked with `flock`, which the kernel lets go when its holder dies. Waiting is done by the kernel, in a
thread; whoever is cancelled meanwhile leaves that thread to let the lock go as soon as it gets it.
"""

import errno
import fcntl
import os
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import anyio.to_thread

from hobd.errors import WorldError

_MODE = 0o666
"""As uv makes it: who may write the environment may lock it."""

_WITHOUT_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP}
"""Some network file systems have no locks. A change is safe against kills all the same, not against a second one at once."""


class LockTimeout(WorldError):
    """Another process held the environment for too long."""


class _Wait:
    """A wait that may have been given up before it ends. Who comes last, the thread or the one who gave up, closes the file."""

    def __init__(self, file: int) -> None:
        self._file = file
        self._guard = threading.Lock()
        self._is_left = False

    def run(self) -> None:
        """Wait, in a thread."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX)
        finally:
            self._leave()

    def give_up(self) -> None:
        """Nobody wants the lock any more."""
        self._leave()

    def _leave(self) -> None:
        with self._guard:
            if self._is_left:
                os.close(self._file)
            self._is_left = True


@asynccontextmanager
async def environment_lock(
    root: Path, *, timeout_seconds: float = 300.0, waiting: Callable[[], None] = lambda: None
) -> AsyncIterator[None]:
    """Hold an environment for the length of the block.

    Args:
        root: the environment's folder, which must exist.
        timeout_seconds: how long to wait for another holder.
        waiting: called once if there is another holder.
    Raises:
        LockTimeout: the other one did not let go.
        OSError: the file cannot be made.
    """
    path = root / ".lock"
    file = _open(path)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _WITHOUT_LOCKS:
            os.close(file)
            yield
            return
        waiting()
        await _wait(file, path, timeout_seconds)
    try:
        yield
    finally:
        os.close(file)


def _open(path: Path) -> int:
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _MODE)
    if os.fstat(file).st_uid == os.geteuid():
        os.fchmod(file, _MODE)
    return file


async def _wait(file: int, path: Path, timeout_seconds: float) -> None:
    wait = _Wait(file)
    try:
        with anyio.fail_after(timeout_seconds):
            await anyio.to_thread.run_sync(wait.run, abandon_on_cancel=True, limiter=anyio.CapacityLimiter(1))
    except TimeoutError as error:
        wait.give_up()
        raise LockTimeout(
            f"Timeout ({timeout_seconds:.0f}s) when waiting for lock on `{path.parent}` at `{path}`, is another hob process running? "
            "You can set `UV_LOCK_TIMEOUT` to increase the timeout."
        ) from error
    except BaseException:
        wait.give_up()
        raise
