"""`requirements.txt`: requirements, editables, other files and options, one a line (pip's "Requirements File Format").

A backslash at a line's end goes on with the next one, between hashes and options; inside a requirement it stays, and is a
fault there, as with uv. `#` at a line's start or behind a blank begins a comment.
"""

import codecs
import re
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from hobd.errors import RequestError

LineKind = Literal["requirement", "editable", "file", "constraints", "option"]

_COMMENT = re.compile(r"(?:^|\s)#.*$")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")
_JOINT = r"(?:\\(?:\r\n|\r|\n)|\s)"
"""What may stand between a requirement and its hashes."""
_HASHES = re.compile(rf"{_JOINT}+(?=--)")
_HASH = re.compile(rf"--hash(?:\s*=\s*|{_JOINT}+|$)(\S*){_JOINT}*")
_END = re.compile(rf"{_JOINT}+$")
_CONTINUED = re.compile(r"\\(?:\r\n|\r|\n)")
_EDITABLE = re.compile(r"(?:--editable|-e)(?P<is>=|\s|\\(?:\r\n|\r|\n))?\s*")
_REFERRING: dict[str, LineKind] = {
    "-r": "file",
    "--requirement": "file",
    "-c": "constraints",
    "--constraint": "constraints",
}
_VALUED = ("-i", "--index-url", "--extra-index-url", "-f", "--find-links", "--no-binary", "--only-binary", "--trusted-host")
_SWITCHES = ("--no-index", "--require-hashes")
"""Something else may stand behind them on their line."""
_IGNORED = ("--pre", "--prefer-binary", "--use-feature")
"""Whatever stands behind them on their line."""
_OPTION = re.compile(r"(--[A-Za-z-]+|-[A-Za-z])(.*)", re.DOTALL)
_QUOTED = re.compile(r"""(['"])(.*)\1""")
_BEGINNINGS = "./$"
"""What requirements begin with, beside letters and digits."""


class InvalidRequirementsFile(RequestError):
    """A line that says nothing known."""


class RequirementLine(Struct, frozen=True):
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


def decode_requirements_file(content: bytes) -> str:
    """The text of a file: UTF-8, or UTF-16 where its first bytes say so, as PowerShell writes it.

    Raises:
        UnicodeDecodeError: it is not UTF-8.
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace")
    return content.decode("utf-8-sig")


def parse_requirements_file(text: str, shown: str) -> Iterator[RequirementLine]:
    """Read the lines of a file, in order.

    Args:
        text: all of it.
        shown: its name, for errors.
    Raises:
        InvalidRequirementsFile: an option is unknown.
    """
    for line in _logical_lines(text):
        yield from _read(line, shown)


class _Line(Struct, frozen=True):
    """One line, or several that belong together, without comments and blanks around it; continued lines stay apart in it."""

    text: str
    start: int
    """Of its first line in the whole text, in characters."""
    number: int
    column: int = 1
    """Where the text begins in its first line."""

    def fault(self, message: str, shown: str, position: int) -> InvalidRequirementsFile:
        """An error that says where: at so many characters of the text."""
        before = self.text[:position]
        breaks, column = before.count("\n"), len(before) - before.rfind("\n")
        column += 0 if breaks else self.column - 1
        return InvalidRequirementsFile(f"{message}: {shown}:{self.number + breaks}:{column}")

    def after(self, count: int) -> "_Line":
        """What stands behind so many characters and the blanks after them."""
        rest = self.text[count:].lstrip()
        skipped = len(self.text) - len(rest)
        return replace(self, text=rest, start=self.start + skipped, column=self.column + skipped)


def _read(line: _Line, shown: str) -> Iterator[RequirementLine]:
    while (switch := line.text.split(maxsplit=1)[0]) in _SWITCHES:
        yield RequirementLine("option", switch, line.start, line.number)
        line = line.after(len(switch))
        if not line.text:
            return
    if editable := _EDITABLE.match(line.text):
        yield _read_editable(line, editable, shown)
        return
    if line.text.startswith("-"):
        yield from _read_option(line, shown)
        return
    if not (line.text[0].isascii() and line.text[0].isalnum()) and line.text[0] not in _BEGINNINGS:
        raise _unexpected(line, shown)
    yield _read_requirement(line, "requirement", 0, shown)


def _read_editable(line: _Line, found: re.Match[str], shown: str) -> RequirementLine:
    if not found["is"]:
        raise _unseparated(line, line.text[found.end() :], shown, found.end())
    return _read_requirement(line, "editable", found.end(), shown)


def _read_requirement(line: _Line, kind: LineKind, begin: int, shown: str) -> RequirementLine:
    found = _HASHES.search(line.text, begin)
    end = len(line.text) if found is None else found.start()
    hashes = () if found is None else tuple(_read_hashes(line, found.end(), shown))
    return RequirementLine(kind, line.text[begin:end], line.start + begin, line.number, hashes=hashes)


def _read_hashes(line: _Line, position: int, shown: str) -> Iterator[str]:
    while position < len(line.text):
        found = _HASH.match(line.text, position)
        if found is None:
            raise line.fault(f'Expected `--hash`, found `"{line.text[position:].split()[0]}"`', shown, position)
        if not found[1]:
            raise line.fault("`--hash` must be followed by an argument", shown, found.end())
        yield found[1]
        position = found.end()


def _read_option(line: _Line, shown: str) -> Iterator[RequirementLine]:
    found = _OPTION.fullmatch(_CONTINUED.sub(" ", line.text))
    option, rest = (found[1], found[2]) if found is not None else ("", "")
    if option in _REFERRING:
        yield RequirementLine(_REFERRING[option], _argument(line, option, rest, shown), line.start, line.number)
    elif option in _VALUED:
        yield RequirementLine("option", option, line.start, line.number, argument=_argument(line, option, rest, shown))
    elif option in _IGNORED:
        yield RequirementLine("option", option, line.start, line.number)
    else:
        raise _unexpected(line, shown)


def _argument(line: _Line, option: str, rest: str, shown: str) -> str:
    """What stands behind an option; quotes around all of it are none of it."""
    if not rest or not (rest.startswith("=") or rest[0].isspace()):
        raise _unseparated(line, rest, shown, len(option))
    value = rest.strip().removeprefix("=").strip()
    quoted = _QUOTED.fullmatch(value)
    return value if quoted is None else quoted[2]


def _unseparated(line: _Line, rest: str, shown: str, position: int) -> InvalidRequirementsFile:
    found = f"Some('{rest[0]}')" if rest else "None"
    return line.fault(f"Expected '=' or whitespace, found {found}", shown, position)


def _unexpected(line: _Line, shown: str) -> InvalidRequirementsFile:
    return line.fault(f"Unexpected '{line.text[0]}', expected '-c', '-e', '-r' or the start of a requirement", shown, 0)


def _logical_lines(text: str) -> Iterator[_Line]:
    parts: list[str] = []
    start, number, position = 0, 1, 0
    for count, raw in enumerate(_LINE.findall(text), 1):
        if not parts:
            start, number = position, count
        position += len(raw)
        bare = raw.rstrip("\r\n")
        said = _COMMENT.sub("", bare)
        if said == bare and bare.endswith("\\") and raw != bare:
            if parts or bare.strip() != "\\":
                parts.append(raw)
            continue
        joined = _END.sub("", "".join([*parts, said]))
        parts = []
        if joined.strip():
            yield _Line(joined.lstrip(), start, number, column=len(joined) - len(joined.lstrip()) + 1)
    if rest := _END.sub("", "".join(parts)).lstrip():
        yield _Line(rest, start, number)
