"""Reading and writing lockfiles: written only if nothing that they rest on has changed since it was read.

    read inputs ─→ Expected(digests) ─→ … solve … ─→ still the same? ─┬─ yes ─→ temp ─rename→ uv.lock
                                                                        └─ no ──→ Changed: begin again

git, editors and other tools take no lock: comparing before the rename is what keeps a change of theirs from being lost.
"""

import fcntl
import os
import re
import secrets
import stat
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from time import time
from typing import BinaryIO, TypeVar

from msgspec import Struct

from hobd.core.vocab.disk import os_reason, ways_out
from hobd.errors import WorldError
from hobd.faults import crash_point

ATTEMPTS = 3
"""How often a story begins again before it gives up."""
YOUNG_SECONDS = 30.0
"""A temporary file may be that old without being locked yet."""


_T = TypeVar("_T")


class Changed(WorldError):
    """A file changed while the answer was worked out: begin again."""

    default_code = 1


class Expected(Struct, frozen=True):
    """The digests of files as they were read; None: the file was not there."""

    digests: tuple[tuple[Path, bytes | None], ...]

    def check(self) -> None:
        """Compare with what the files are now.

        Raises:
            Changed: one has another content, has gone or has come.
        """
        for path, digest in self.digests:
            if _digest(path) != digest:
                raise Changed(f"`{path}` changed while it was being worked with", hint="Run the command again")

    def after(self, contents: Mapping[Path, bytes]) -> "Expected":
        """The same once some of the files are written.

        Args:
            contents: what is written to them.
        """
        return Expected(tuple((path, digest if path not in contents else _digest_of(contents[path])) for path, digest in self.digests))


async def begin_again(story: Callable[[], Awaitable[_T]]) -> _T:
    """Tell a story, and tell it again if files change under it.

    Raises:
        Changed: they kept changing.
    """
    for _ in range(ATTEMPTS - 1):
        with suppress(Changed):
            return await story()
    return await story()


def expect(paths: Iterable[Path]) -> Expected:
    """Take note of what files are now. To be called before they are read for the answer."""
    return Expected(tuple((path, _digest(path)) for path in sorted(set(paths))))


def _digest(path: Path) -> bytes | None:
    try:
        return _digest_of(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return None


def _digest_of(content: bytes) -> bytes:
    return blake2b(content, digest_size=16).digest()


def write_lockfile(path: Path, text: str, expected: Expected | None = None) -> None:
    """Write a lock, whole or not at all.

    Args:
        path: of the lockfile.
        text: all of it.
        expected: what the answer rests on; compared just before the rename.
    Raises:
        Changed: an input or the old lock is not what it was.
        WorldError: it cannot be written.
    """
    write_atomically(path, text.encode(), expected, is_synced=True)


def write_atomically(path: Path, content: bytes, expected: Expected | None = None, *, is_synced: bool = False) -> None:
    """Write a file beside its place and rename it there; the mode of an old file is kept. Devices and pipes are written to.

    What earlier writers left beside it when they were killed is swept away.

    Args:
        path: where to.
        content: all of it.
        expected: compared just before the rename.
        is_synced: whether the content is to be on the disk before it takes its place.
    Raises:
        Changed: something in `expected` is not what it was.
        WorldError: it cannot be written.
    """
    try:
        target = Path(os.path.realpath(path)) if path.is_symlink() else path  # a link stays a link
        if _is_no_file(target):
            target.write_bytes(content)  # nothing takes the place of `/dev/null`
            return
        with _beside(target) as (temporary, file):
            _write(file, content, _mode(target), is_synced=is_synced)
            crash_point("projects.written")
            if expected is not None:
                expected.check()
            temporary.replace(target)
            crash_point("projects.replaced")
    except OSError as error:
        raise WorldError(f"failed to write to file `{path}`: {os_reason(error)}", hints=ways_out(error)) from error


@contextmanager
def _beside(target: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """A new file beside another, locked while it is being written; gone afterwards unless it was renamed."""
    _sweep(target)
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(6)}.tmp")
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666), "wb") as file:
        try:
            with suppress(OSError):  # where there are no locks, nothing is swept away either
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield temporary, file
        finally:
            temporary.unlink(missing_ok=True)


def _sweep(target: Path) -> None:
    """Remove the temporary files of writers that are no more: they hold no lock."""
    abandoned = re.compile(rf"\.{re.escape(target.name)}\.[0-9a-f]{{12}}\.tmp")
    with suppress(OSError):
        for name in os.listdir(target.parent):
            if abandoned.fullmatch(name):
                _sweep_one(target.with_name(name))


def _sweep_one(temporary: Path) -> None:
    with suppress(OSError), temporary.open("rb") as file:
        if time() - os.fstat(file.fileno()).st_mtime > YOUNG_SECONDS:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            temporary.unlink()


def _write(file: BinaryIO, content: bytes, mode: int | None, *, is_synced: bool) -> None:
    file.write(content)
    file.flush()
    if mode is not None:
        os.fchmod(file.fileno(), mode)
    if is_synced:
        os.fsync(file.fileno())


def _is_no_file(path: Path) -> bool:
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def _mode(path: Path) -> int | None:
    """The mode of the file that is replaced; None for a new one: the caller's umask decides."""
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        return None
