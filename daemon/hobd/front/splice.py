"""Connections of a socket that systemd listens on, led to the private one: gRPC cannot take over a descriptor.

Each direction is one reader that writes all that it read before it reads again: so no byte can overtake another.
"""

import socket

import anyio
from anyio.abc import SocketStream

from hobd.front.peers import peer_credentials
from hobd.front.recorder import Recorder

_READ_BYTES = 1 << 16


class Splice:
    """Accepts on a listening socket that was handed over, and connects each client to the daemon's own."""

    def __init__(self, listener: socket.socket, private_address: str, user: int, recorder: Recorder) -> None:
        """Serve only clients of `user`."""
        listener.setblocking(False)  # noqa: FBT003 - the standard library's signature
        self._listener = listener
        self._private_address = private_address
        self._user = user
        self._recorder = recorder

    async def run(self) -> None:
        """Accept until cancelled."""
        async with anyio.create_task_group() as tasks:
            while True:
                await anyio.wait_readable(self._listener)
                try:
                    connection, _ = self._listener.accept()
                except BlockingIOError:
                    continue
                _, user = peer_credentials(connection)
                if user == self._user:
                    tasks.start_soon(self._lead, connection)
                else:
                    self._recorder.note("stranger turned away", user=user)
                    connection.close()

    async def _lead(self, connection: socket.socket) -> None:
        connection.setblocking(False)  # noqa: FBT003
        try:
            client: SocketStream = await anyio.abc.UNIXSocketStream.from_socket(connection)
            async with client, await anyio.connect_unix(self._private_address) as server, anyio.create_task_group() as tasks:
                tasks.start_soon(_pump, client, server)
                await _pump(server, client)
                tasks.cancel_scope.cancel()  # the server has said all; what the client still says nobody hears
        except OSError as error:
            self._recorder.note("connection lost", why=str(error))


async def _pump(source: SocketStream, target: SocketStream) -> None:
    try:
        while True:
            await target.send(await source.receive(_READ_BYTES))
    except anyio.EndOfStream:
        try:
            await target.send_eof()
        except (anyio.BrokenResourceError, OSError):
            return
    except (anyio.BrokenResourceError, anyio.ClosedResourceError):
        await target.aclose()
