"""What can go wrong, by who can do something about it.

    HobError
    ├── RequestError    the user's input: a flag, a file, a requirement
    ├── WorldError      network, disk, interpreter, build backend
    └── InternalError   our bug: keeps its traceback

A message says what, its causes say why, a hint says what to do. Names stand in backticks.
"""


class HobError(Exception):
    """Base of all errors that end a command with a message.

    Args:
        message: what is wrong, one sentence without a full stop; may have several lines.
        causes: why, the nearest first; each is shown as a `cause:` of its own.
        hints: what to do, each shown as a `hint:` of its own.
        code: exit code, as uv's: 1 for an expected failure, 2 for usage, configuration and environment.
    """

    default_code = 2

    def __init__(
        self,
        message: str,
        *,
        causes: tuple[str, ...] = (),
        hint: str | None = None,
        hints: tuple[str, ...] = (),
        code: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.causes = causes
        self.hints = ((hint,) if hint else ()) + hints
        self.code = self.default_code if code is None else code

    def under(self, message: str, *, code: int | None = None) -> "HobError":
        """The same error as the cause of a wider one: what was tried comes first."""
        wider = type(self).__new__(type(self))
        HobError.__init__(wider, message, causes=(self.message, *self.causes), hints=self.hints, code=self.code if code is None else code)
        wider.__cause__ = self
        return wider


class RequestError(HobError):
    """The user can mend it: a flag, a file, a requirement, a lock that is out of date."""


class WorldError(HobError):
    """Something around us failed: network, disk, interpreter, build backend."""


class InternalError(HobError):
    """Our bug. The traceback goes to the log."""
