"""Which command lines are taken, and in which order they get an engine."""

import os
from collections import OrderedDict, deque

from hob.v1 import execute_pb2 as execute_v1
from hobd.front.calls import Call

LONGEST_QUEUE = 64

_CLASSES = {
    execute_v1.PRIORITY_UNSPECIFIED: 0,
    execute_v1.PRIORITY_INTERACTIVE: 0,
    execute_v1.PRIORITY_EDITOR: 1,
    execute_v1.PRIORITY_BACKGROUND: 2,
}
"""A person waits before an editor, and an editor before work done ahead."""


class Queue:
    """Calls that wait for an engine: by class, and within it each working directory in its turn.

    A script that starts fifty commands in one project so delays another project by one command, not by fifty.
    """

    def __init__(self) -> None:
        self._classes: tuple[OrderedDict[bytes, deque[Call]], ...] = (OrderedDict(), OrderedDict(), OrderedDict())

    def __len__(self) -> int:
        return sum(len(waiting) for turns in self._classes for waiting in turns.values())

    def put(self, call: Call) -> None:
        """Add a call at the end of its own line."""
        self._turns_of(call).setdefault(call.start.cwd, deque()).append(call)

    def put_back(self, call: Call) -> None:
        """Add a call that had its turn already: it comes first."""
        turns = self._turns_of(call)
        turns.setdefault(call.start.cwd, deque()).appendleft(call)
        turns.move_to_end(call.start.cwd, last=False)

    def pop(self) -> Call | None:
        """The call whose turn it is; `None` if none waits."""
        for turns in self._classes:
            if turns:
                cwd, waiting = turns.popitem(last=False)
                call = waiting.popleft()
                if waiting:
                    turns[cwd] = waiting  # to the end: the others come first now
                return call
        return None

    def remove(self, call: Call) -> bool:
        """Take a call out that nobody waits for any more. Returns whether it was there."""
        turns = self._turns_of(call)
        waiting = turns.get(call.start.cwd, deque())
        if call not in waiting:
            return False
        waiting.remove(call)
        if not waiting:
            del turns[call.start.cwd]
        return True

    def _turns_of(self, call: Call) -> OrderedDict[bytes, deque[Call]]:
        return self._classes[_CLASSES.get(call.start.priority, 0)]


class Admission:
    """Says who is refused, and why."""

    def __init__(self, build: bytes, mount_namespace: int, user_namespace: int, queue: Queue) -> None:
        self.is_draining = False
        self._build = build
        self._mount_namespace = mount_namespace
        self._user_namespace = user_namespace
        self._queue = queue

    def refuse(self, start: execute_v1.Start) -> execute_v1.Refused | None:
        """Why this command line is not taken; `None` if it is."""
        if start.client_build != self._build:
            ours, theirs = self._build.decode(), start.client_build.decode(errors="replace")
            return _refused(execute_v1.Refused.REASON_BUILD_MISMATCH, f"the daemon is build {ours}, the client build {theirs}")
        if self.is_draining:
            return _refused(execute_v1.Refused.REASON_DRAINING, "the daemon is about to end")
        if not self._sees_same_files(start):
            return _refused(execute_v1.Refused.REASON_NAMESPACE, "the daemon sees other files than the client")
        if len(self._queue) >= LONGEST_QUEUE:
            return _refused(execute_v1.Refused.REASON_BUSY, f"{LONGEST_QUEUE} command lines wait already")
        return None

    def _sees_same_files(self, start: execute_v1.Start) -> bool:
        """Same namespaces, where known, and the working directory is the same directory: else a sandbox would be left."""
        if start.mnt_ns and self._mount_namespace and start.mnt_ns != self._mount_namespace:
            return False
        if start.user_ns and self._user_namespace and start.user_ns != self._user_namespace:
            return False
        try:
            found = os.stat(start.cwd)
        except OSError:
            return False
        return (found.st_dev, found.st_ino) == (start.cwd_dev, start.cwd_ino)


def _refused(reason: execute_v1.Refused.Reason, text: str) -> execute_v1.Refused:
    return execute_v1.Refused(reason=reason, text=text)
