"""What systemd is told, and what it hands over (sd_notify(3), sd_listen_fds(3)); nothing of it is needed elsewhere."""

import os
import socket
from collections.abc import Mapping
from contextlib import suppress

import anyio

_FIRST_PASSED_FD = 3


class Notifier:
    """Speaks to the service manager, if there is one."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        self._watchdog_seconds = _watchdog_seconds(environment)

    def say(self, *assignments: str) -> None:
        """Send assignments such as `READY=1`. A manager that does not listen is no failure."""
        if not self._address:
            return
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
            channel.sendto("\n".join(assignments).encode(), address)

    async def feed_watchdog(self) -> None:
        """Say twice in each period that the loop turns; returns at once if nobody asked for it."""
        while self._watchdog_seconds and self._address:
            self.say("WATCHDOG=1")
            await anyio.sleep(self._watchdog_seconds / 2)


def passed_socket(environment: Mapping[str, str]) -> int | None:
    """The listening socket that the service manager handed over; `None` if it did not."""
    if environment.get("LISTEN_PID") != str(os.getpid()) or environment.get("LISTEN_FDS", "0") == "0":
        return None
    os.set_inheritable(_FIRST_PASSED_FD, False)  # noqa: FBT003 - the standard library's signature
    return _FIRST_PASSED_FD


def _watchdog_seconds(environment: Mapping[str, str]) -> float:
    if environment.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return 0
    try:
        return int(environment.get("WATCHDOG_USEC", "0")) / 1_000_000
    except ValueError:
        return 0
