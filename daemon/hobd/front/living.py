"""A daemon that runs, seen from another process: found, checked, signalled, waited for."""

import contextlib
import fcntl
import json
import os
import select
import signal
import socket
import time
from pathlib import Path

from hobd.front.peers import peer_credentials
from hobd.front.processes import boot_id, start_time
from hobd.front.runtime_dir import Places, open_folder, socket_address

_POLL_SECONDS = 0.02


class LivingDaemon:
    """A process that is known to be a daemon of ours: held by a descriptor, so that a reused pid is never hit."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._started = start_time(pid)
        self._descriptor = -1
        with contextlib.suppress(OSError):  # an old kernel: pid and start time have to do
            self._descriptor = os.pidfd_open(pid)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal; to one that is gone, none."""
        with contextlib.suppress(ProcessLookupError):
            if self._descriptor >= 0:
                signal.pidfd_send_signal(self._descriptor, number)
            elif start_time(self.pid) == self._started:
                os.kill(self.pid, number)

    def wait(self, seconds: float) -> bool:
        """Whether it ends in time."""
        if self._descriptor >= 0:
            ready, _, _ = select.select([self._descriptor], [], [], seconds)
            return bool(ready)
        deadline = time.monotonic() + seconds
        while start_time(self.pid) == self._started:
            if time.monotonic() >= deadline:
                return False
            time.sleep(_POLL_SECONDS)
        return True

    def close(self) -> None:
        """Let go of the descriptor."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def find_living(places: Places) -> LivingDaemon | None:
    """The daemon that serves here, by what it wrote about itself or, failing that, by who listens; `None` if none does."""
    if not is_owned(places):
        return None
    pid = _pid_by_info(places.info) or _pid_by_socket(places)
    return LivingDaemon(pid) if pid else None


def is_owned(places: Places) -> bool:
    """Whether a daemon holds the owner lock."""
    try:
        descriptor = os.open(places.owner_lock, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _pid_by_info(info: Path) -> int:
    """The pid that the info file names, if it still is that process in this boot; else 0."""
    try:
        found = json.loads(info.read_text())
        pid = int(found["pid"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0
    is_same = found.get("boot_id") == boot_id() and found.get("start_time") == start_time(pid) != 0
    return pid if is_same else 0


def _pid_by_socket(places: Places) -> int:
    """The pid of who listens on the public socket, if it is a hobd of ours; else 0."""
    try:
        folder = open_folder(places.folder)
    except Exception:  # noqa: BLE001 - unfit in whatever way: nobody to be found
        return 0
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.connect(socket_address(places.socket, folder))
            pid, user = peer_credentials(connection)
    except OSError:
        return 0
    finally:
        os.close(folder)
    with contextlib.suppress(OSError):
        if user == os.geteuid() and b"hobd\0serve" in Path(f"/proc/{pid}/cmdline").read_bytes():
            return pid
    return 0
