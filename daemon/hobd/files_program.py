"""`hob-files`, the native program that links and writes thousands of files (its contract is in client/src/bin/hob-files).

    with FilesProgram(program, stage) as hands:
        hands.send(orders) ...                 it works while further orders are made
        outcome = hands.finish()               what came of each

Whoever uses it can do the same work without: it may be missing, as a wheel without native programs has none, and it may
be killed. So nothing here is an error; what is not known to be done is done again.
"""

import os
import struct
import subprocess
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Self

PLACE = "libexec/hob/hob-files"
"""Below the folder that hob is installed to."""

_PROTOCOL = "1"
_REPLY = struct.Struct("<II")
_PIPE_BYTES = 1 << 20


@cache
def find_files_program() -> Path | None:
    """The program, where this installation has it: in Python's own place, or beside the packages of a user's installation."""
    programs = (prefix / PLACE for prefix in (Path(sys.prefix), *Path(__file__).parents[4:5]))
    return next((program for program in programs if os.access(program, os.X_OK)), None)


class FilesProgram:
    """One run of the program. Blocks; for one thread, which must outlive it."""

    def __init__(self, program: Path, stage: Path) -> None:
        """`stage`: the folder below which it makes files.

        Raises:
            OSError: it cannot be started.
        """
        self._process = subprocess.Popen(
            [program, _PROTOCOL, stage],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={},
            start_new_session=True,  # Ctrl-C is for its parent, which ends it when it is time
            pipesize=_PIPE_BYTES,
        )
        self._sent = 0
        self._is_open = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """When the block ends, no file is touched any more."""
        self._process.kill()
        self._close()
        with self._process:
            pass

    def send(self, orders: bytes) -> None:
        """Have orders carried out, beside others and in any sequence. Where the program has ended, they are not."""
        self._sent += 1
        if self._is_open and self._process.stdin is not None:
            try:
                self._process.stdin.write(struct.pack("<I", len(orders)) + orders)
            except OSError:
                self._close()

    def finish(self) -> list[int | None]:
        """Wait for the end: for each `send` the errno of what failed first, 0 where nothing did, None where nobody knows."""
        self._close()
        assert self._process.stdout is not None  # it was asked for
        replies = self._process.stdout.read()
        self._process.wait()
        done = dict(_REPLY.iter_unpack(replies[: len(replies) // _REPLY.size * _REPLY.size]))
        return [done.get(number) for number in range(self._sent)]

    def _close(self) -> None:
        self._is_open = False
        if self._process.stdin is not None:
            with suppress(OSError):  # what was left to be written has no reader
                self._process.stdin.close()
