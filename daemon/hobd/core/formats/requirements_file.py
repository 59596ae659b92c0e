"""`requirements.txt`: requirements, editables, other files and options, one a line (pip's "Requirements File Format").

A backslash at a line's end goes on with the next one, between hashes and options; inside a requirement it stays, and is a
fault there, as with uv. `#` at a line's start or behind a blank begins a comment.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from hobd.errors import RequestError

LineKind = Literal["requirement", "editable", "file", "constraints", "option"]

_COMMENT = re.compile(r"(^|\s)#.*$")
_HASH = re.compile(r"(?:\\\r?\n|\s)+--hash(?:\s*=\s*|\s+)(\S+)")
_CONTINUED = re.compile(r"\\\r?\n")
_REFERRING: dict[str, LineKind] = {
    "-e": "editable",
    "--editable": "editable",
    "-r": "file",
    "--requirement": "file",
    "-c": "constraints",
    "--constraint": "constraints",
}
_VALUED = ("-i", "--index-url", "--extra-index-url", "-f", "--find-links", "--no-binary", "--only-binary", "--trusted-host")
_BARE = ("--no-index", "--pre", "--prefer-binary", "--require-hashes", "--use-feature", "--no-build-isolation")
_OPTION = re.compile(r"(--[A-Za-z-]+|-[A-Za-z])(?:\s*=\s*|\s*)(.*)", re.DOTALL)


class InvalidRequirementsFile(RequestError):
    """A line that says nothing known."""


@dataclass(frozen=True, slots=True)
class RequirementLine:
    """What one line says."""

    kind: LineKind
    value: str
    """The requirement without hashes, the path; of other options the option itself."""
    start: int
    """Of the line in the text, in characters."""
    number: int = 1
    """Of the line, or of the first of several."""
    argument: str = ""
    """What stands behind another option."""
    hashes: tuple[str, ...] = ()
    """`algorithm:hex` each, as written behind a requirement."""


def parse_requirements_file(text: str, shown: str) -> Iterator[RequirementLine]:
    """Read the lines of a file, in order.

    Args:
        text: all of it.
        shown: its name, for errors.
    Raises:
        InvalidRequirementsFile: an option is unknown.
    """
    for number, start, line in _logical_lines(text.removeprefix("\ufeff")):
        if not line.startswith("-"):
            hashes = tuple(found[1] for found in _HASH.finditer(line))
            yield RequirementLine("requirement", _HASH.sub("", line).strip(), start, number, hashes=hashes)
            continue
        line = _CONTINUED.sub(" ", line)
        found = _OPTION.fullmatch(line)
        option = found[1] if found is not None else ""
        if found is None or option not in (*_REFERRING, *_VALUED, *_BARE):
            raise InvalidRequirementsFile(f"Unexpected '-', expected '-c', '-e', '-r' or the start of a requirement: {shown}:{number}:1")
        argument = found[2].strip()
        if option in _REFERRING:
            yield RequirementLine(_REFERRING[option], argument, start, number)
        else:
            yield RequirementLine("option", option, start, number, argument=argument)


def _logical_lines(text: str) -> Iterator[tuple[int, int, str]]:
    """Number and start of the first line, and the text without comments and blanks around it; continued lines stay apart in it."""
    parts: list[str] = []
    start, number, position = 0, 1, 0
    for count, raw in enumerate(text.splitlines(keepends=True), 1):
        if not parts:
            start, number = position, count
        position += len(raw)
        if raw.rstrip("\r\n").endswith("\\"):
            parts.append(raw)
            continue
        joined = "".join([*parts, _COMMENT.sub("", raw.rstrip("\r\n"))]).strip()
        parts = []
        if joined:
            yield number, start, joined
    if rest := "".join(parts).strip():
        yield number, start, rest
