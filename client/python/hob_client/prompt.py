"""Questions: only the client has the terminal."""

import os
import termios
from typing import Any

from .render import write_all


class Question:
    """A prompt on the terminal."""

    def __init__(self, text: str, *, is_secret: bool) -> None:
        self._terminal = os.open("/dev/tty", os.O_RDWR)
        self._shown: list[Any] | None = None
        if is_secret:
            self._shown = termios.tcgetattr(self._terminal)
            hidden = termios.tcgetattr(self._terminal)
            hidden[3] &= ~termios.ECHO
            termios.tcsetattr(self._terminal, termios.TCSAFLUSH, hidden)
        write_all(self._terminal, text.encode())

    def read(self) -> str | None:
        """The line that was typed, or `None` at the end of the file."""
        typed = b""
        while b"\n" not in typed:
            piece = os.read(self._terminal, 1024)
            if not piece:
                return None
            typed += piece
        return typed.partition(b"\n")[0].decode(errors="replace")

    def restore(self) -> None:
        """Show again what is typed."""
        if self._shown is not None:
            termios.tcsetattr(self._terminal, termios.TCSAFLUSH, self._shown)
            write_all(self._terminal, b"\n")
            self._shown = None
