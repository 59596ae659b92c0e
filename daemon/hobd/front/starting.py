"""Starts a daemon, as the native client does: detached, in `/`, with a clean environment and no descriptor but the ready pipe."""

import fcntl
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from hobd.errors import WorldError
from hobd.front.recorder import rotate
from hobd.front.runtime_dir import Places

_READY_SECONDS = 10.0
_KEPT_VARIABLES = frozenset({"PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE"})
_KEPT_PREFIXES = ("XDG_", "HOB_TEST_")
_TAIL_LINES = 10


def clean_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """What a daemon may know of whoever happened to start it. `TMPDIR` is not among it: that is the request's."""
    return {name: value for name, value in environment.items() if name in _KEPT_VARIABLES or name.startswith(_KEPT_PREFIXES)}


@contextmanager
def spawn_lock(places: Places) -> Iterator[None]:
    """Hold the lock under which daemons are started, one after the other."""
    descriptor = os.open(places.spawn_lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def start_daemon(places: Places, environment: Mapping[str, str], reason: str) -> str:
    """Start a daemon and wait until it serves. Returns its instance id.

    Raises:
        WorldError: it did not start; the log's last lines are the cause.
    """
    reading, writing = os.pipe2(os.O_CLOEXEC)
    command = [sys.executable, "-I", "-X", "utf8", "-m", "hobd", "serve", "--build", places.build, "--ready-fd", str(writing)]
    command += ["--start-reason", reason, "--runtime-dir", str(places.folder)]
    rotate(places.log)
    log = os.open(places.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env=clean_environment(environment),
            umask=0o077,
            start_new_session=True,
            pass_fds=(writing,),
        ).returncode = 0  # it outlives this process: nobody here waits for it
    finally:
        os.close(log)
        os.close(writing)
    try:
        line = _read_line(reading, time.monotonic() + _READY_SECONDS)
    finally:
        os.close(reading)
    if not line.startswith("ok "):
        raise WorldError("The daemon did not start", causes=(line or "it ended without a word",), hint=_tail(places))
    return line.removeprefix("ok ")


def _read_line(descriptor: int, deadline: float) -> str:
    data = b""
    while not data.endswith(b"\n"):
        ready, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            return f"it was not ready within {_READY_SECONDS:.0f} seconds"
        more = os.read(descriptor, 4096)
        if not more:
            break
        data += more
    return data.decode(errors="replace").strip()


def _tail(places: Places) -> str:
    lines = places.log.read_text(errors="replace").splitlines()[-_TAIL_LINES:]
    return f"The last lines of `{places.log}`:\n" + "\n".join(lines)
