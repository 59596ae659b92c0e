"""Colours, as ANSI sequences inside the texts: put in as uv puts them, taken out at the end where nobody sees them."""

import re
from typing import Final

BOLD: Final = "\x1b[1m"
DIM: Final = "\x1b[2m"
RED: Final = "\x1b[31m"
GREEN: Final = "\x1b[32m"
YELLOW: Final = "\x1b[33m"
BLUE: Final = "\x1b[34m"
CYAN: Final = "\x1b[36m"
RESET: Final = "\x1b[0m"

_END_OF_WEIGHT: Final = RESET
_END_OF_COLOUR: Final = "\x1b[39m"
_SEQUENCE: Final = r"\x1b\[[0-9;]*[A-Za-z]|\x1b\]8;[^\x1b\x07]*(?:\x1b\\|\x07)"


def bold(text: object) -> str:
    """Bold, ended by a full reset as uv's styling library ends it."""
    return f"{BOLD}{text}{_END_OF_WEIGHT}"


def dim(text: object) -> str:
    """Dimmed."""
    return f"{DIM}{text}{_END_OF_WEIGHT}"


def red(text: object) -> str:
    """Red: what failed or went."""
    return f"{RED}{text}{_END_OF_COLOUR}"


def green(text: object) -> str:
    """Green: names of options and commands, what came."""
    return f"{GREEN}{text}{_END_OF_COLOUR}"


def yellow(text: object) -> str:
    """Yellow: warnings, what was renewed."""
    return f"{YELLOW}{text}{_END_OF_COLOUR}"


def blue(text: object) -> str:
    """Blue."""
    return f"{BLUE}{text}{_END_OF_COLOUR}"


def cyan(text: object) -> str:
    """Cyan: hints and paths."""
    return f"{CYAN}{text}{_END_OF_COLOUR}"


def strip_style(text: str) -> str:
    """The text without its ANSI sequences and links."""
    return re.sub(_SEQUENCE, "", text) if "\x1b" in text else text


def painted(text: str, *, colour: bool) -> str:
    """The text as its reader wants it: with its colours or without."""
    return text if colour else strip_style(text)
