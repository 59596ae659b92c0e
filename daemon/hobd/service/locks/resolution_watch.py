"""Watching a resolution: its steps for `-v`, and after a while who holds it up."""

from collections.abc import Callable

from anyio import from_thread
from msgspec import Struct

from hobd.core.resolver.events import Effort, Event, Hear
from hobd.core.resolver.trace import trace
from hobd.core.vocab.progress import ProgressSink
from hobd.service.voice import Voice

PATIENCE_SECONDS = 5.0
"""A resolution that takes no longer is not talked about."""
_CHECKED_SECONDS = 0.005
_KEY = "resolution"
_MOST_NAMED = 3


class ResolutionWatch(Struct):
    """Listens to one resolution, from the solver's thread."""

    voice: Voice
    progress: ProgressSink
    folder: str
    """Absolute, of the lock."""
    clock: Callable[[], float]
    """Seconds that only grow."""
    check: Callable[[], None] = from_thread.check_cancelled
    """Raises when nobody wants the answer any more."""
    _begun: float = 0.0
    _checked: float = 0.0
    _is_shown: bool = False

    def __post_init__(self) -> None:
        self._begun = self.clock()

    def checkpoint(self) -> None:
        """Give the resolution up if nobody wants it; looked at now and then, for that costs as much as a decision."""
        now = self.clock()
        if now - self._checked >= _CHECKED_SECONDS:
            self._checked = now
            self.check()

    @property
    def hear(self) -> Hear | None:
        """See `Observer`."""
        return self._tell if self.voice.tells_steps else None

    def _tell(self, event: Event) -> None:
        for line in trace(event, self.folder):
            self.voice.debug(line)

    def warn(self, text: str) -> None:
        """See `Observer`."""
        self.voice.warn(text)

    def pause(self, effort: Effort) -> None:
        """See `Observer`: a search that goes on and on says who is to blame so far."""
        if self.clock() - self._begun < PATIENCE_SECONDS:
            return
        self._is_shown = True
        blamed = ", ".join(name for name, _ in effort.blamed[:_MOST_NAMED])
        label = f"Resolving, most in conflict: {blamed}" if blamed else "Resolving"
        self.progress.update(_KEY, f"{label} (decisions so far)", effort.decisions, 0, "decisions")
        self.voice.phase(
            f"resolving: {effort.decisions} decisions, {effort.conflicts} conflicts{f', most with {blamed}' if blamed else ''}"
        )

    def finish(self) -> None:
        """The resolution is over."""
        if self._is_shown:
            self.progress.finish(_KEY)
