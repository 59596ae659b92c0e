"""What comes of a command line that is answered without doing anything."""

from msgspec import Struct


class Terminal(Struct, frozen=True, kw_only=True):
    """What is known of the terminal at the other end."""

    stdout_is_terminal: bool = False
    stderr_is_terminal: bool = False
    columns: int | None = None
    """Its width; None where there is none, or where it is not known."""


class Answer(Struct, frozen=True, kw_only=True):
    """Help, the version, a completion script, or what is wrong with the command line: final text, coloured or not."""

    stdout: str = ""
    stderr: str = ""
    code: int = 0


NO_TERMINAL = Terminal()
