"""Files of environment variables: `NAME=VALUE` lines (features.md, RUN-11).

A bad line ends the reading: what stands above it holds.
"""

import re
from collections.abc import Callable
from typing import TypeAlias

from msgspec import Struct

Lookup: TypeAlias = Callable[[str], str | None]
"""What a name means."""

_LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.]*)\s*=[ \t]*(.*)", re.DOTALL)
_NAME = re.compile(r"\s*(?:export\s+)?[A-Za-z_][A-Za-z0-9_.]*\s*")
_VARIABLE = re.compile(r"\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))")
_ESCAPES = {"n": "\n", "\\": "\\", '"': '"', "'": "'", "$": "$", " ": " "}


class Fault(Struct, frozen=True):
    """A line that could not be read."""

    line: int
    """Its number, from 1."""
    text: str
    """The line, or all that is left where a quote is never closed."""
    position: int
    """Where in the text reading ended."""


class Dotenv(Struct, frozen=True):
    """What a file says, up to its first fault."""

    values: tuple[tuple[str, str], ...]
    """In order; a name may come twice, the later counts."""
    fault: Fault | None = None
    """What ended the reading early."""


def parse_dotenv(text: str, environment: Lookup) -> Dotenv:
    """Read a file.

    Args:
        text: the decoded file.
        environment: what `$NAME` means, before anything that the file sets.
    """
    values: list[tuple[str, str]] = []
    said: dict[str, str] = {}

    def known(name: str) -> str | None:
        outer = environment(name)
        return said.get(name) if outer is None else outer

    lines = text.splitlines()
    index = 0
    while index < len(lines):
        start, line = index, lines[index]
        index += 1
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        while _is_open(line) and index < len(lines):
            line += "\n" + lines[index]
            index += 1
        found = _LINE.fullmatch(line)
        value = None if found is None else _value(found[2], known)
        if found is None or value is None:
            return Dotenv(tuple(values), _fault(line, start + 1, text))
        values.append((found[1], value))
        said[found[1]] = value
    return Dotenv(tuple(values))


def _fault(line: str, number: int, text: str) -> Fault:
    """What is wrong with a line: where its name should be followed by `=`, or its value by its end."""
    if _is_open(line):
        rest = line + "\n" if text.endswith("\n") else line
        return Fault(number, rest, len(rest))
    name = _NAME.match(line)
    begin = 0 if name is None else name.end()
    return Fault(number, line, begin if name is None or not line[begin:].startswith("=") else len(line))


def _is_open(line: str) -> bool:
    """Whether a quote that began on the line is not closed."""
    quote = ""
    skip = False
    for character in line.partition("=")[2]:
        if skip:
            skip = False
        elif character == "\\" and quote != "'":
            skip = True
        elif quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
    return bool(quote)


def _value(text: str, known: Lookup) -> str | None:
    """A value with quotes, escapes and variables resolved; None where it is malformed."""
    parts: list[str] = []
    rest = text
    while rest and rest[0] != "#" if not parts else rest:
        if rest[0] in "'\"":
            end = _closing(rest)
            if end is None:
                return None
            body = rest[1:end]
            if rest[0] == '"' and any(escape[1] not in _ESCAPES for escape in re.findall(r"\\.", body, re.DOTALL)):
                return None
            parts.append(body if rest[0] == "'" else _expand(body, known))
            rest = rest[end + 1 :]
            continue
        if rest[0].isspace():
            return "".join(parts) if not rest.strip() or rest.lstrip().startswith("#") else None
        if rest == "\\":  # at the very end it continues nothing
            break
        piece = re.match(r"(?:\\.|[^\s'\"\\])+", rest)
        if piece is None:
            return None
        parts.append(_expand(piece[0], known))
        rest = rest[piece.end() :]
    return "".join(parts)


def _closing(text: str) -> int | None:
    """Where the quote that opens a text is closed."""
    index = 1
    while index < len(text):
        if text[index] == "\\" and text[0] == '"':
            index += 1
        elif text[index] == text[0]:
            return index
        index += 1
    return None


def _expand(text: str, known: Lookup) -> str:
    """Escapes and variables."""
    parts = re.split(r"(\\.)", text, flags=re.DOTALL)
    return "".join(_ESCAPES.get(part[1], part) if part.startswith("\\") and len(part) == 2 else _variables(part, known) for part in parts)


def _variables(text: str, known: Lookup) -> str:
    return _VARIABLE.sub(lambda found: known(found[1] or found[2]) or "", text)
