"""A quick parser for the TOML that locks are written in; everything else is left to the real one.

It understands the layout of uv-lock.md 1.1 and nothing more: one statement or array element a line, basic strings
without escapes. For what it understands it gives exactly what a TOML parser gives, three times as fast; for
anything else (comments, other spacing, a damaged file) it gives None.
"""

import re
from typing import Any, TypeAlias

from hobd.core.lockfile.toml_style import SPAN_COMMENT

_Values: TypeAlias = dict[str, Any]

_HEADER = re.compile(r"(\[\[?)([a-z0-9-]+(?:\.[a-z0-9-]+)*)(\]\]?)")
_KEY = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(r'"([^"\\\x00-\x1f\x7f]*)"')
_NUMBER = re.compile(r"0|[1-9][0-9]*")
_PAIR = re.compile(r"([A-Za-z0-9_-]+) = ")
_NAME_ONLY = re.compile(r'    \{ name = "([^"\\\x00-\x1f\x7f]*)" \},')
_FILE = re.compile(
    r'    \{ url = "([^"\\\x00-\x1f\x7f]*)", hash = "([^"\\\x00-\x1f\x7f]*)", size = (0|[1-9][0-9]*), '
    r'upload-time = "([^"\\\x00-\x1f\x7f]*)" \},'
)
_INDENT = "    "


class _Unknown(Exception):
    """The text leaves the known layout."""


def parse_canonical(text: str) -> _Values | None:
    """The values of a lock in the usual layout, as a TOML parser gives them; None for any other text."""
    lines = text.split("\n")
    if lines.pop() or "\r" in text:
        return None
    try:
        return _Document(lines).read()
    except (_Unknown, ValueError, IndexError):
        return None


class _Document:
    """Walks the lines of one document."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._next = 0
        self._root: _Values = {}

    def read(self) -> _Values:
        table = self._root
        while self._next < len(self._lines):
            line = self._lines[self._next]
            self._next += 1
            if not line:
                continue
            if line[0] == "[":
                table = self._open(line)
                continue
            key, separator, value = line.partition(" = ")
            if not separator or key in table or not _KEY.fullmatch(key):
                raise _Unknown
            table[key] = self._statement(value)
        return self._root

    def _open(self, line: str) -> _Values:
        """Start a table; the tables on the way to it have been opened, or are opened with it."""
        found = _HEADER.fullmatch(line)
        if found is None or len(found[1]) != len(found[3]):
            raise _Unknown
        *path, last = found[2].split(".")
        parent = self._root
        for key in path:
            step = parent.setdefault(key, {})
            parent = step[-1] if isinstance(step, list) else step
            if not isinstance(parent, dict):
                raise _Unknown
        table: _Values = {}
        if len(found[1]) == 2:
            tables = parent.setdefault(last, [])
            if not isinstance(tables, list):
                raise _Unknown
            tables.append(table)
        elif last in parent:
            raise _Unknown
        else:
            parent[last] = table
        return table

    def _statement(self, value: str) -> Any:
        if value == "[":
            return self._elements("]")[0]
        if value == "[[":
            return self._array_of_arrays()
        return _whole(value.removesuffix(f" {SPAN_COMMENT}"))

    def _array_of_arrays(self) -> list[list[Any]]:
        found = []
        while True:
            items, end = self._elements("]]", "], [")
            found.append(items)
            if end == "]]":
                return found

    def _elements(self, *ends: str) -> tuple[list[Any], str]:
        """The elements of an array that has one a line, and the line that ended it."""
        found: list[Any] = []
        lines, index = self._lines, self._next
        while (line := lines[index]) not in ends:
            index += 1
            if file := _FILE.fullmatch(line):
                url, digest, size, time = file.groups()
                found.append({"url": url, "hash": digest, "size": int(size), "upload-time": time})
            elif name := _NAME_ONLY.fullmatch(line):
                found.append({"name": name[1]})
            elif line.startswith(_INDENT) and line.endswith(","):
                found.append(_whole(line[4:-1]))
            else:
                raise _Unknown
        self._next = index + 1
        return found, line


def _whole(text: str) -> Any:
    """The value that a text is."""
    value, end = _value(text, 0)
    if end != len(text):
        raise _Unknown
    return value


def _value(text: str, start: int) -> tuple[Any, int]:
    """The value that begins at an offset, and the offset behind it."""
    if found := _STRING.match(text, start):
        return found[1], found.end()
    if text[start] == "{":
        return _inline_table(text, start)
    if text[start] == "[":
        return _inline_array(text, start)
    if found := _NUMBER.match(text, start):
        return int(found[0]), found.end()
    for word, value in (("true", True), ("false", False)):
        if text.startswith(word, start):
            return value, start + len(word)
    raise _Unknown


def _inline_table(text: str, start: int) -> tuple[_Values, int]:
    if text.startswith("{}", start):
        return {}, start + 2
    found: _Values = {}
    at = start + 2
    while key := _PAIR.match(text, at):
        if key[1] in found:
            raise _Unknown
        found[key[1]], at = _value(text, key.end())
        if text.startswith(" }", at):
            return found, at + 2
        if not text.startswith(", ", at):
            break
        at += 2
    raise _Unknown


def _inline_array(text: str, start: int) -> tuple[list[Any], int]:
    if text.startswith("[]", start):
        return [], start + 2
    found: list[Any] = []
    at = start + 1
    while True:
        value, at = _value(text, at)
        found.append(value)
        if text.startswith("]", at):
            return found, at + 1
        if not text.startswith(", ", at):
            raise _Unknown
        at += 2
