"""Starting hobd so that nothing of the caller stays with it."""

import contextlib
import fcntl
import json
import os
import resource
import select
import subprocess
import time
from collections.abc import Iterator

from .call import Call, Unavailable
from .connect import Peer, find_peer
from .runtime_dir import RuntimeDir

LOG_BYTES = 5 * 1024 * 1024
KEPT_VARIABLES = {"PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR"}


def start_daemon(folder: RuntimeDir, call: Call, replaced: Peer | None) -> Peer:
    """Start a daemon, unless another client has just done so; `replaced` is one that is about to end."""
    budget = call.seconds(b"HOB_TEST_START_SECONDS", 10.0)
    lock = folder.open(folder.spawn_lock, os.O_RDWR)
    try:
        _take(lock, budget + 1)
        peer = find_peer(folder)
        if peer is None or (replaced is not None and peer.identity == replaced.identity):
            _spawn(folder, call, budget)
            peer = find_peer(folder)
        if peer is None:
            raise Unavailable("start", "it started, but cannot be reached")
        return peer
    finally:
        os.close(lock)


def _take(lock: int, patience: float) -> None:
    deadline = time.monotonic() + patience
    while True:
        try:
            return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise Unavailable("lock", "another client has been starting it for too long") from None
            time.sleep(0.005)
        except OSError as error:
            raise Unavailable("lock", f"its spawn lock cannot be taken: {error.strerror}") from None


def _spawn(folder: RuntimeDir, call: Call, budget: float) -> None:
    log = _open_log(folder)
    beginning = os.fstat(log).st_size
    reading, writing = os.pipe()
    command = [call.python, "-I", "-X", "utf8", "-m", "hobd", "serve", "--build", call.build, "--ready-fd", str(writing)]
    command += ["--start-reason", "autostart", "--runtime-dir", folder.path]
    kept = {name: value for name, value in os.environ.items() if name in KEPT_VARIABLES or name.startswith("HOB_TEST_")}
    try:
        with _all_files():
            subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", env=kept, umask=0o077, start_new_session=True,
                pass_fds=(writing,),
            ).returncode = 0  # it outlives this process: nobody here waits for it  # fmt: skip
    except OSError as error:
        os.close(reading)
        raise Unavailable("start", f"it cannot be started: {error}") from None
    finally:
        os.close(writing)
    why = _wait_ready(reading, budget)
    if why:
        text = os.pread(log, 1 << 20, beginning).decode(errors="replace")
        raise Unavailable("start", why, tuple(filter(None, map(str.rstrip, text.splitlines())))[-5:])
    os.close(log)


def _open_log(folder: RuntimeDir) -> int:
    log = folder.open("hobd.log", os.O_RDWR | os.O_APPEND)
    if os.fstat(log).st_size <= LOG_BYTES:
        return log
    os.close(log)
    for older, newer in (("hobd.log.3", "hobd.log.2"), ("hobd.log.2", "hobd.log.1"), ("hobd.log.1", "hobd.log")):
        with contextlib.suppress(OSError):
            os.rename(newer, older, src_dir_fd=folder.descriptor, dst_dir_fd=folder.descriptor)
    return folder.open("hobd.log", os.O_RDWR | os.O_APPEND)


@contextlib.contextmanager
def _all_files() -> Iterator[None]:
    """For what is started meanwhile, as many open files as there may be."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def _wait_ready(reading: int, budget: float) -> str:
    """Why the daemon does not serve; empty if it does."""
    deadline = time.monotonic() + budget
    with open(reading, "rb", buffering=0) as ready:
        said = b""
        while not said.endswith(b"\n"):
            if not select.select([ready], [], [], max(0.0, deadline - time.monotonic()))[0]:
                return f"it did not start within {budget:.0f} s"
            piece = ready.read(1024)
            if not piece:
                return "it ended while it started"
            said += piece
    line = said.decode(errors="replace").strip()
    if line.startswith("ok "):
        return ""
    try:
        return str(json.loads(line.removeprefix("err "))["text"])
    except (ValueError, KeyError, TypeError):
        return line.removeprefix("err ")
