"""What the parts of the front share: one value for the life of the daemon, made by `lifecycle`."""

import time

import anyio
from msgspec import Struct, field

from hobd.front.admission import Admission, Queue
from hobd.front.calls import Call
from hobd.front.engines import Engines
from hobd.front.recorder import Recorder
from hobd.front.runtime_dir import Candidate, Places
from hobd.front.subscriptions import Subscriptions
from hobd.front.verdicts import Verdicts
from hobd.front.watch import Watcher


class Front(Struct, kw_only=True):
    """The daemon's parts and its counts."""

    instance: str
    build: str
    places: Places
    start_reason: str
    candidates: tuple[Candidate, ...]
    queue: Queue
    admission: Admission
    verdicts: Verdicts
    engines: Engines
    watcher: Watcher
    subscriptions: Subscriptions
    recorder: Recorder
    public_socket: str
    calls: dict[int, Call] = field(default_factory=dict)
    """Taken and not yet answered, oldest first."""
    nothing_runs: anyio.Event = field(default_factory=anyio.Event)
    """Set when the last of `calls` ends."""
    requests: int = 0
    """Taken in this life."""
    used_at: float = field(default_factory=time.monotonic)
    """When the last command line or question ended."""
    began_at: float = field(default_factory=time.monotonic)
    drained: anyio.Event = field(default_factory=anyio.Event)
    """Set by whoever wants the daemon to end."""
    drain_reason: str = ""
    forced: anyio.Event = field(default_factory=anyio.Event)
    """Set by whoever wants it to end without waiting for what runs."""

    def drain(self, reason: str, *, force: bool = False) -> None:
        """Begin to end. The second wish only adds force."""
        if force:
            self.forced.set()
        self.drain_reason = self.drain_reason or reason
        self.admission.is_draining = True
        self.drained.set()
