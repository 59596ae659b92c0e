"""How rooms start processes without knowing where they run: in the client's context, or here."""

import signal
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from msgspec import Struct


class Finished(Struct, frozen=True):
    """A process that has ended. `code` is its exit code, or minus the signal that ended it."""

    code: int
    out: bytes
    err: bytes

    @property
    def status(self) -> str:
        """How it ended, as messages say it: `exit status: 1`, `signal: 9 (SIGKILL)`."""
        if self.code >= 0:
            return f"exit status: {self.code}"
        try:
            return f"signal: {-self.code} ({signal.Signals(-self.code).name})"
        except ValueError:
            return f"signal: {-self.code}"


class Spawner(Protocol):
    """Starts processes and waits for them."""

    async def run(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: Path | None = None,
        timeout_seconds: float | None = None,
        listen: Callable[[bytes], None] | None = None,
    ) -> Finished:
        """Run a program to its end.

        Args:
            argv: command line; the first is a path, or a name that is searched in `env`'s PATH.
            env: the whole environment of the process.
            cwd: its working directory; `/` where None.
            timeout_seconds: after which it is killed and `TimeoutError` raised.
            listen: hears both output streams as they come.
        Raises:
            OSError: it could not be started.
            TimeoutError: it took too long.
        """
