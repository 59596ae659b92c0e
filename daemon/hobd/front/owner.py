"""One daemon publishes: the lock that says who, the rename that shows its socket, and the way back.

take lock -> bind private name -> rename onto public name -> serve -> unlink if still ours -> release lock
"""

import contextlib
import fcntl
import json
import os
import time
from pathlib import Path

from hobd.errors import WorldError
from hobd.faults import crash_point
from hobd.front.processes import boot_id, start_time
from hobd.front.runtime_dir import Places, open_folder, socket_address

_WAIT_SECONDS = 1.0
"""For an owner that is just ending; one that lives on is not waited for."""
_RETRY_SECONDS = 0.005


class OwnedError(WorldError):
    """Another daemon serves here."""


class Owner:
    """This process's claim to the public socket."""

    def __init__(self, places: Places) -> None:
        """Claim it, waiting a moment for an owner that is ending.

        Raises:
            OwnedError: another daemon serves.
            WorldError: the runtime directory is unfit.
        """
        self.places = places
        self.folder_fd = open_folder(places.folder)
        self._identity: tuple[int, int] | None = None
        self._lock_fd = self._take_lock()
        crash_point("owner-locked")

    @property
    def private_socket(self) -> Path:
        """The name under which only this process knows its socket."""
        return self.places.folder / f".{os.getpid()}-{self.places.build}.sock"

    @property
    def private_address(self) -> str:
        """How to bind to it, however long its path is."""
        return socket_address(self.private_socket, self.folder_fd)

    def prepare(self) -> None:
        """Remove private sockets that the dead left behind: holding the lock, all of this build are theirs."""
        for leftover in self.places.folder.glob(f".*-{self.places.build}.sock"):
            with contextlib.suppress(OSError):
                leftover.unlink()

    def publish(self, instance: str) -> None:
        """Show the bound socket to everybody, at once, in place of whatever was there."""
        found = self.private_socket.lstat()
        self._identity = (found.st_dev, found.st_ino)
        crash_point("bound")
        self.private_socket.replace(self.places.socket)
        crash_point("renamed")
        self.write_info(instance, self.places.socket)

    def keep_private(self, instance: str, public: Path) -> None:
        """Serve behind a socket that somebody else (systemd) made public."""
        found = self.private_socket.lstat()
        self._identity = (found.st_dev, found.st_ino)
        self.write_info(instance, public)

    def write_info(self, instance: str, public: Path) -> None:
        """Say who serves, for people and tools."""
        pid = os.getpid()
        info = {
            "build": self.places.build,
            "pid": pid,
            "start_time": start_time(pid),
            "instance": instance,
            "boot_id": boot_id(),
            "socket": str(public),
        }
        temporary = self.places.info.with_name(f".{self.places.info.name}.{pid}")
        try:
            temporary.write_text(json.dumps(info) + "\n")
            crash_point("info-written")
            temporary.replace(self.places.info)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise

    def is_still_ours(self, public: Path) -> bool:
        """Whether the socket at `public` is the one that was bound."""
        try:
            found = public.lstat()
        except OSError:
            return False
        return (found.st_dev, found.st_ino) == self._identity

    def give_up(self) -> None:
        """Take the public socket away if it is ours, then let others serve. Safe to call twice."""
        if self._lock_fd < 0:
            return
        for path in (self.places.socket, self.private_socket):
            if self.is_still_ours(path):
                with contextlib.suppress(OSError):
                    path.unlink()
        with contextlib.suppress(OSError):
            self.places.info.unlink()
        crash_point("unpublished")
        os.close(self._lock_fd)
        self._lock_fd = -1

    def _take_lock(self) -> int:
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        descriptor = os.open(self.places.owner_lock.name, flags, 0o600, dir_fd=self.folder_fd)
        deadline = time.monotonic() + _WAIT_SECONDS
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    os.close(descriptor)
                    raise OwnedError(f"Another daemon serves in `{self.places.folder}`") from None
                time.sleep(_RETRY_SECONDS)
            else:
                return descriptor
