"""Processes that a client starts for the engine that works on its call.

Each engine counts from 1. To the client the numbers of a second engine go on where those of the first ended, so that
what the processes of the first still say is never taken for the word of others.
"""

from collections.abc import Iterator

from hob.v1 import execute_pb2 as execute_v1


class Processes:
    """The processes of one call."""

    __slots__ = ("_before", "_last", "_running")

    def __init__(self) -> None:
        self._before = 0
        """How many numbers earlier engines used."""
        self._last = 0
        self._running: set[int] = set()

    def ask(self, spawn: execute_v1.Spawn) -> None:
        """The engine wants a process started or killed: put the client's number in the place of its own."""
        spawn.id += self._before
        self._last = max(self._last, spawn.id)
        if spawn.kill:
            self._running.discard(spawn.id)
        else:
            self._running.add(spawn.id)

    def hear(self, event: execute_v1.SpawnEvent) -> bool:
        """The client tells of a process: put the engine's number in its place. False where no engine waits for it any more."""
        if event.WhichOneof("kind") in {"exit_code", "failure"}:
            self._running.discard(event.id)
        if event.id <= self._before:
            return False
        event.id -= self._before
        return True

    def forget_all(self) -> Iterator[execute_v1.Event]:
        """Another engine begins: the events that end what runs."""
        for number in sorted(self._running):
            yield execute_v1.Event(spawn=execute_v1.Spawn(id=number, kill=True))
        self._running.clear()
        self._before = self._last
