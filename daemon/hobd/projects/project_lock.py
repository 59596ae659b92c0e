"""One command at a time works on a project: uv's own lock, and one on the project's file system (daemon.md, section 5).

It is uv's own lock, in the temporary folder: it keeps out nobody on another host or with another `TMPDIR`. Correctness
does not rest on it: files are compared before they are replaced, and changes of an environment are journalled. So a lock
that cannot be had is done without.
"""

import errno
import fcntl
import os
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import anyio

from hobd.core.formats.path_digest import path_digest
from hobd.core.vocab.environ import Environ
from hobd.errors import WorldError
from hobd.faults import crash_point

_FIRST_WAIT_SECONDS = 0.005
_LONGEST_WAIT_SECONDS = 0.2


class LockTimeout(WorldError):
    """Another command works on the project, and does not end."""


def project_lock_path(root: Path, environ: Environ) -> Path:
    """uv's lock of a project (or, by its file, of a script)."""
    return Path(environ.get("TMPDIR") or "/tmp") / f"uv-{path_digest(root)}.lock"


@asynccontextmanager
async def hold_project_lock(root: Path, environ: Environ, timeout_seconds: float, tell: Callable[[str], None]) -> AsyncIterator[None]:
    """Keep other commands off a project for the length of the block. If they take too long, it goes on beside them, as in uv.

    Args:
        root: of the workspace, or the path of a script.
        environ: for `TMPDIR`.
        timeout_seconds: how long to wait for others.
        tell: hears that they took longer.
    """
    async with AsyncExitStack() as held:
        try:
            await held.enter_async_context(hold_file_lock(project_lock_path(root, environ), str(root), timeout_seconds))
        except LockTimeout as timeout:
            tell(f"Failed to acquire project environment lock: {timeout.message}")
        yield


@asynccontextmanager
async def hold_file_lock(path: Path, resource: str, timeout_seconds: float) -> AsyncIterator[None]:
    """Hold an exclusive lock on a file for the length of the block; the file stays.

    Args:
        path: of the lock file; made where it is missing.
        resource: what it protects, as messages show it.
        timeout_seconds: how long to wait.
    Raises:
        LockTimeout: it is held by another for longer.
    """
    descriptor = _open(path)
    if descriptor is None:
        yield
        return
    try:
        await _acquire(descriptor, path, resource, timeout_seconds)
        yield
    finally:
        os.close(descriptor)


def _open(path: Path) -> int | None:
    """The lock file, made where it is missing; None where it cannot be had, or something else lies there.

    It lies where everybody may write. So nothing is followed that another may have put there, and modes change
    only of a plain file of ours that has no other name: as uv does, another user may have to take the lock.
    """
    try:
        descriptor = _open_or_create(path)
    except OSError:
        return None
    state = os.fstat(descriptor)
    if not stat.S_ISREG(state.st_mode):
        os.close(descriptor)
        return None
    if state.st_uid == os.geteuid() and state.st_nlink == 1:
        with suppress(OSError):  # a file system without modes
            os.fchmod(descriptor, 0o666)
    return descriptor


def _open_or_create(path: Path) -> int:
    """Opened first without creating: in a sticky folder the kernel lets nobody create over another user's file."""
    flags = os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with suppress(FileNotFoundError):
        return os.open(path, flags)
    with suppress(FileExistsError):
        return os.open(path, flags | os.O_CREAT | os.O_EXCL, 0o666)
    return os.open(path, flags)  # made by another meanwhile


async def _acquire(descriptor: int, path: Path, resource: str, timeout_seconds: float) -> None:
    wait_seconds = _FIRST_WAIT_SECONDS
    deadline = anyio.current_time() + timeout_seconds
    while not _try(descriptor):
        if anyio.current_time() >= deadline:
            raise _timeout(descriptor, path, resource, timeout_seconds)
        await anyio.sleep(wait_seconds)  # only while another holds it: a waiting thread could not be cancelled
        wait_seconds = min(2 * wait_seconds, _LONGEST_WAIT_SECONDS)


def _try(descriptor: int) -> bool:
    """Whether the lock was taken. A file system without locks counts as taken."""
    for take in (fcntl.flock, fcntl.lockf):
        try:
            crash_point("project.flock")
            take(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
                return False
            continue  # ENOLCK, ENOSYS, ENOTSUP: this kind is not to be had here
        return True
    return True


def _timeout(descriptor: int, path: Path, resource: str, timeout_seconds: float) -> LockTimeout:
    holder = find_holder(descriptor)
    return LockTimeout(
        f"Timeout ({timeout_seconds:g}s) when waiting for lock on `{resource}` at `{path}`, is another uv process running?"
        " You can set `UV_LOCK_TIMEOUT` to increase the timeout.",
        hint=None if holder is None else f"It is held by process {holder}",
    )


def find_holder(descriptor: int) -> str | None:
    """Who holds the lock on a file, `1234 (`uv sync`)`; None where the kernel does not say."""
    state = os.fstat(descriptor)
    place = f"{os.major(state.st_dev):02x}:{os.minor(state.st_dev):02x}:{state.st_ino}"
    try:
        lines = Path("/proc/locks").read_text().splitlines()
    except OSError:
        return None
    pid = next((line.split()[4] for line in lines if len(line.split()) > 5 and line.split()[5] == place), None)
    if pid is None:
        return None
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return pid
    return f"{pid} (`{command}`)"
