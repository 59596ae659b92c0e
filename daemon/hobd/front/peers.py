"""Who is at the other end of a local socket: the kernel says, not they."""

import socket
import struct

_CREDENTIALS = struct.Struct("3i")


def peer_credentials(connection: socket.socket) -> tuple[int, int]:
    """Process id and user id of whoever connected, or, seen from the client, of whoever listens (unix(7), SO_PEERCRED)."""
    pid, user, _ = _CREDENTIALS.unpack(connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size))
    return pid, user
