"""How a story speaks: data, notes, warnings, errors; each as loud as `--quiet` lets it be, coloured where colours are seen."""

from copy import copy

from hobd.cli.failure import render_error, render_warning
from hobd.cli.options.globals import GlobalOptions
from hobd.cli.style import blue, painted
from hobd.core.vocab.say import Say
from hobd.errors import HobError


class Voice:
    """Speaks for one command. Texts bring their own line ends."""

    def __init__(self, say: Say, options: GlobalOptions, *, colours_out: bool, colours_err: bool, detail: int = 0) -> None:
        """`detail`: 0: no steps are told; 1: steps; 2: small ones too."""

        self._say = say
        self._quiet = options.quiet
        self._detail = detail
        self._colours_out = colours_out
        self._colours_err = colours_err
        self._warned: set[str] = set()

    def hushed(self) -> "Voice":
        """The same voice, for work whose steps are nobody's business: as under `--quiet`."""
        hushed = copy(self)
        hushed._quiet = max(self._quiet, 1)
        return hushed

    def data(self, text: str) -> None:
        """What was asked for, on standard output: said at any loudness."""
        self._say.out(painted(text, colour=self._colours_out))

    def listing(self, text: str) -> None:
        """Likewise, where even that may be silenced: `-qq` does."""
        if self._quiet < 2:
            self.data(text)

    def guide(self, text: str) -> None:
        """What goes to standard output without being data: `--quiet` silences it."""
        if not self._quiet:
            self.data(text)

    def note(self, text: str) -> None:
        """What happened, on standard error: `--quiet` silences it."""
        if not self._quiet:
            self._say.err(painted(text, colour=self._colours_err))

    def finding(self, text: str) -> None:
        """What was looked for, on standard error: only `-qq` silences it."""
        if self._quiet < 2:
            self._say.err(painted(text, colour=self._colours_err))

    def warn(self, text: str) -> None:
        """A warning, once for each text: `--quiet` silences it."""
        if text not in self._warned:
            self._warned.add(text)
            self.note(render_warning(text))

    def error(self, error: HobError, width: int | None = None) -> None:
        """Why the command failed: only `-qq` silences it. `width`: of the lines, where it is known."""
        self.finding(render_error(error, width=width))

    def prepared(self, text: str) -> str:
        """What the client will say on standard error by itself, as it would be said here."""
        return painted(text, colour=self._colours_err)

    @property
    def tells_steps(self) -> bool:
        """Whether anybody asked for the steps of the work."""
        return self._detail >= 1

    def debug(self, text: str) -> None:
        """A step of the work, for who asked with `-v` or `RUST_LOG`."""
        if self._detail >= 1:
            self._say.err(painted(f"{blue('DEBUG')} {text}\n", colour=self._colours_err))

    def trace(self, text: str) -> None:
        """A small step, for who asked with `-vv`."""
        if self._detail >= 2:
            self._say.err(painted(f"{blue('TRACE')} {text}\n", colour=self._colours_err))

    def phase(self, text: str) -> None:
        """What is being done, for `hob daemon status`."""
        self._say.phase(text)

    def milestone(self, text: str) -> None:
        """How far work has come that may not be repeated."""
        self._say.milestone(text)
