"""Finding the daemon, and checking who it is."""

import os
import socket
import struct
import time
from dataclasses import dataclass
from typing import Any

from .call import Unavailable
from .runtime_dir import RuntimeDir


@dataclass(frozen=True, slots=True)
class Peer:
    """Who serves: the socket's file, and the process."""

    identity: tuple[int, int]
    pid: int


def find_peer(folder: RuntimeDir, patience: float = 0.0) -> Peer | None:
    """Who serves, or `None` where nobody does.

    Raises:
        Unavailable: it is another user, or cannot be reached.
    """
    deadline = time.monotonic() + patience
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(0)
        while True:
            try:
                found = os.lstat(folder.inside(folder.socket))
                probe.connect(folder.inside(folder.socket))
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise Unavailable("wedged", "it accepts no connections") from None
                time.sleep(0.01)
            except (FileNotFoundError, ConnectionRefusedError):
                return None
            except OSError as error:
                raise Unavailable("connect", f"its socket cannot be used: {error.strerror}") from None
        pid, user, _ = struct.unpack("3i", probe.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")))
    if user != os.geteuid():
        raise Unavailable("foreign", f"its socket is served by user {user}")
    return Peer((found.st_dev, found.st_ino), pid)


def open_channel(grpc: Any, folder: RuntimeDir) -> Any:
    """A connection of its own to the daemon."""
    options = {
        "grpc.enable_http_proxy": 0,
        "grpc.use_local_subchannel_pool": 1,
        "grpc.enable_retries": 0,
        "grpc.default_authority": "localhost",
    }
    options |= {"grpc.max_receive_message_length": 16 << 20, "grpc.max_send_message_length": -1}
    return grpc.insecure_channel(f"unix:{folder.inside(folder.socket)}", options=list(options.items()))
