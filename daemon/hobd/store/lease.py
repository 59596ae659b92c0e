"""Who uses the cache keeps it from being cleaned meanwhile (CAC-7, CAC-11).

`<folder>/.lock` is locked shared by every command that takes something from the cache (`flock`), and alone by the one that
removes something. A kill lets the lock go.

A program that `hob run` started has no command behind it any more: the client has become it. So the client takes a lock of
the other kind, a POSIX record lock, and leaves the file open. Such a lock outlives `execve` and ends with the process, whether
there is a daemon or not; processes that the program starts do not inherit it. It locks one byte for each environment that the
program runs in: the sweep asks for one byte, `hob cache clean` for all. Where several hosts share the cache, they see each
other's locks, and nobody there removes a generation of an environment that a program runs in on another host.
"""

import errno
import fcntl
import hashlib
import os
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import anyio
from msgspec import Struct

from hobd.core.vocab.request import Lease
from hobd.errors import WorldError
from hobd.faults import crash_point
from hobd.store.folder import LOCK, CacheUnusable, make_cache_folder, open_lock, open_lock_to_read

_FIRST_WAIT_SECONDS = 0.005
_LONGEST_WAIT_SECONDS = 0.2
_ATTEMPTS, _PAUSE_SECONDS = 25, 0.02
_LOWEST_DESCRIPTOR = 64
"""Descriptors below are what scripts redirect by number."""
_TAKEOVER_SECONDS = 0.05
"""Between the end of a command and the moment in which the program that it named has its own lock."""


class CacheInUse(WorldError):
    """Other commands used the cache for too long."""


@asynccontextmanager
async def lease(folder: Path, *, timeout_seconds: float = 300.0) -> AsyncIterator[str | None]:
    """Use the cache for the length of the block; its folder is made where it is missing.

    Yields:
        Why it can only be read; None as a rule.
    Raises:
        CacheUnusable: the folder cannot be made or read.
        CacheInUse: it was being cleaned for longer.
    """
    make_cache_folder(folder)
    try:
        handle: int | None = open_lock(folder)
        reason = None
    except CacheUnusable as error:
        if not error.can_be_read:
            raise
        handle, reason = open_lock_to_read(folder), error.reason
    if handle is None:
        yield reason
        return
    async with _held(handle, fcntl.LOCK_SH, folder, timeout_seconds, lambda: None):
        yield reason


@asynccontextmanager
async def cleaning(folder: Path, *, timeout_seconds: float = 300.0, waiting: Callable[[], None] = lambda: None) -> AsyncIterator[None]:
    """Have the cache alone for the length of the block.

    Args:
        folder: of the cache.
        timeout_seconds: how long to wait for those who use it.
        waiting: called once if somebody does.
    Raises:
        CacheUnusable: the folder cannot be written.
        CacheInUse: they used it for longer.
    """
    async with _held(open_lock(folder), fcntl.LOCK_EX, folder, timeout_seconds, waiting):
        yield


@contextmanager
def alone(folder: Path) -> Iterator["Solitude | None"]:
    """Have the cache alone for the length of the block, where nobody uses it just now; programs that run do not count.

    Yields:
        None where somebody does, or the cache cannot be locked.
    """
    try:
        handle = open_lock(folder)
    except CacheUnusable:
        yield None
        return
    try:
        yield Solitude(handle) if _try_flock(handle, fcntl.LOCK_EX) else None
    finally:
        os.close(handle)


class Solitude(Struct, frozen=True):
    """That nobody begins to use the cache."""

    handle: int

    def is_run_in(self, environment: Path) -> bool:
        """Whether a program runs in an environment that a client of hob has started it in."""
        return not _try_record_lock(self.handle, 1, byte_of(environment))


def is_run_in(folder: Path, environment: Path) -> bool:
    """Whether a program runs in an environment that a client of hob has started it in, with this cache; on any host that shares it."""
    try:
        handle = os.open(folder / LOCK, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return Solitude(handle).is_run_in(environment)
    finally:
        os.close(handle)


def byte_of(environment: Path) -> int:
    """The byte of the lock that stands for an environment; byte 0 stands for the cache."""
    return int.from_bytes(hashlib.sha256(os.fsencode(environment)).digest()[:7], "big") + 1


def hold_for_program(lease: Lease) -> None:
    """Take the locks of a lease for the program that this process is about to become; without them it runs as well.

    Record locks are gone as soon as any descriptor of the file is closed, so the one that stays is made first.
    """
    with suppress(OSError):
        low = os.open(lease.path, os.O_RDONLY | os.O_CLOEXEC)
        handle = fcntl.fcntl(low, fcntl.F_DUPFD, _LOWEST_DESCRIPTOR)
        os.close(low)
        for place in lease.places:
            _wait_for_record_lock(handle, place)


def _wait_for_record_lock(handle: int, place: int) -> None:
    for _ in range(_ATTEMPTS):
        try:
            fcntl.lockf(handle, fcntl.LOCK_SH | fcntl.LOCK_NB, 1, place)
        except (BlockingIOError, PermissionError):
            time.sleep(_PAUSE_SECONDS)  # who cleans a little is done by then
        else:
            return


def lease_of_program(folder: Path, environments: Iterable[Path]) -> Lease:
    """What a program keeps locked that was made ready with the cache, and runs in these environments."""
    return Lease(path=folder / LOCK, places=(0, *map(byte_of, environments)))


@asynccontextmanager
async def _held(handle: int, kind: int, folder: Path, timeout_seconds: float, waiting: Callable[[], None]) -> AsyncIterator[None]:
    try:
        await _wait(handle, kind, folder / LOCK, timeout_seconds, waiting)
        yield
    finally:
        os.close(handle)


async def _wait(handle: int, kind: int, path: Path, timeout_seconds: float, waiting: Callable[[], None]) -> None:
    """Try again and again: a thread that waits in the kernel could not be cancelled."""
    deadline = anyio.current_time() + timeout_seconds
    wait_seconds = _FIRST_WAIT_SECONDS
    has_waited = False
    if kind == fcntl.LOCK_EX and _try_flock(handle, kind):
        await anyio.sleep(_TAKEOVER_SECONDS)
    while not _try(handle, kind):
        if not has_waited:
            waiting()
            has_waited = True
        if anyio.current_time() >= deadline:
            raise CacheInUse(
                f"Timeout ({timeout_seconds:g}s) when waiting for lock on `{path.parent}` at `{path}`, is another hob process running? "
                "You can set `UV_LOCK_TIMEOUT` to increase the timeout."
            )
        await anyio.sleep(wait_seconds)
        wait_seconds = min(2 * wait_seconds, _LONGEST_WAIT_SECONDS)


def _try(handle: int, kind: int) -> bool:
    """Whether the lock was taken. Who wants to be alone waits for running programs too, but lets others in meanwhile."""
    if not _try_flock(handle, kind):
        return False
    if kind == fcntl.LOCK_EX and not _try_record_lock(handle, 0, 0):
        fcntl.flock(handle, fcntl.LOCK_UN)
        return False
    return True


def _try_flock(handle: int, kind: int) -> bool:
    """Whether the lock was taken. A file system without locks counts as taken."""
    try:
        crash_point("cache.flock")
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in (errno.EWOULDBLOCK, errno.EACCES)
    return True


def _try_record_lock(handle: int, length: int, start: int) -> bool:
    """Likewise, of some bytes; a length of 0 means all that follow."""
    try:
        fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB, length, start)
    except OSError as error:
        return error.errno not in (errno.EAGAIN, errno.EACCES)
    return True
