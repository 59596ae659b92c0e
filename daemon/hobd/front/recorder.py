"""What happened: the last 2,000 events in memory, and all of them as JSON lines in the log."""

import contextlib
import faulthandler
import json
import os
import sys
import time
from collections import deque
from pathlib import Path

_RING = 2_000
_LOG_LIMIT = 5 << 20
"""Bytes of one log file."""
_KEPT_LOGS = 3
_CHECK_EVERY = 100
"""Lines between two looks at the size of the log."""


class Recorder:
    """The flight recorder and the log. Never given options, variables or output: those hold secrets."""

    def __init__(self, log: Path | None) -> None:
        """Record into `log`, or, with `None`, in memory only."""
        self._ring: deque[dict[str, object]] = deque(maxlen=_RING)
        self._path = log
        self._file = -1
        self._lines = 0
        if log is not None:
            rotate(log)
            self._open(log)

    def note(self, what: str, **facts: object) -> None:
        """Record one event, now."""
        entry: dict[str, object] = {"time": round(time.time(), 6), "pid": os.getpid(), "what": what, **facts}
        self._ring.append(entry)
        self._write(render(entry) + "\n")

    def newest(self, most: int) -> list[str]:
        """The newest entries as JSON lines, oldest first; all for 0."""
        entries = list(self._ring)
        return [render(entry) for entry in (entries[-most:] if most else entries)]

    def dump(self) -> None:
        """Write the ring and the stacks of all threads to the log."""
        self._write(f"--- flight recorder of pid {os.getpid()}, {len(self._ring)} entries\n")
        self._write("".join(f"{line}\n" for line in self.newest(0)))
        target = self._file if self._file >= 0 else sys.__stderr__
        if target is not None:
            faulthandler.dump_traceback(file=target, all_threads=True)
        self._write("--- end of flight recorder\n")

    def close(self) -> None:
        """Let go of the log."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _open(self, log: Path) -> None:
        with contextlib.suppress(OSError):
            self._file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)

    def _write(self, text: str) -> None:
        if self._file < 0:
            return
        with contextlib.suppress(OSError):
            os.write(self._file, text.encode(errors="replace"))
        self._lines += 1
        if self._lines % _CHECK_EVERY == 0:
            self._follow_rotation()

    def _follow_rotation(self) -> None:
        """Rotate a log that has grown, or follow a neighbour that did; standard error goes along if it was the log."""
        if self._path is None:
            return
        rotate(self._path)
        ours = os.fstat(self._file)
        with contextlib.suppress(OSError):
            if os.path.samestat(ours, self._path.stat()):
                return
        errors_go_to_log = os.path.samestat(ours, os.fstat(2))
        os.close(self._file)
        self._file = -1
        self._open(self._path)
        if errors_go_to_log and self._file >= 0:
            os.dup2(self._file, 1)
            os.dup2(self._file, 2)


def render(entry: dict[str, object]) -> str:
    """One entry as a JSON line without its end."""
    return json.dumps(entry, default=_render_other, ensure_ascii=False)


def _render_other(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def rotate(log: Path) -> None:
    """Move a log that is too long out of the way: `hobd.log` becomes `hobd.log.1`, and so on, three kept."""
    try:
        if log.stat().st_size <= _LOG_LIMIT:
            return
    except OSError:
        return
    with contextlib.suppress(OSError):
        for number in range(_KEPT_LOGS - 1, 0, -1):
            older = log.with_name(f"{log.name}.{number}")
            if older.exists():
                older.replace(log.with_name(f"{log.name}.{number + 1}"))
        log.replace(log.with_name(f"{log.name}.1"))
