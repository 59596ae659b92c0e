"""The cache of a command with `--no-cache`: gone with the command, or with the program that the command names and that runs in it."""

import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import anyio
from anyio import to_thread

from hobd.service.context import Context
from hobd.store import guard_folder

_MARK = ".left"
_IN_BACKGROUND = '"$@" </dev/null >/dev/null 2>&1 &'


@asynccontextmanager
async def temporary_cache(context: Context) -> AsyncIterator[Path]:
    """A folder for the length of the block, or as long as the program runs that it was left to."""
    folder = Path(tempfile.mkdtemp(prefix=".tmp", dir=context.environ.get("TMPDIR") or None))
    try:
        yield folder
    finally:
        with anyio.CancelScope(shield=True):
            if not (folder / _MARK).exists() or not await _set_guard(folder, context):
                await to_thread.run_sync(partial(shutil.rmtree, folder, ignore_errors=True))


def leave_to_program(cache: Path) -> None:
    """Let a temporary cache outlive its command: a program will run in it."""
    (cache / _MARK).touch()


async def _set_guard(folder: Path, context: Context) -> bool:
    """Start what removes the folder later; False where that cannot be started."""
    guard = [sys.executable, "-I", "-S", str(guard_folder.__file__), str(folder)]
    try:
        done = await context.spawner.run(["/bin/sh", "-c", _IN_BACKGROUND, "sh", *guard], env=context.environ.whole())
    except OSError:
        return False
    return done.code == 0
