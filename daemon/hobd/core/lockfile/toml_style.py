"""The TOML of a lockfile: strings, inline tables and arrays as uv writes them (uv-lock.md 1.1)."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

Pairs: TypeAlias = Iterable[tuple[str, str | None]]
"""Keys and rendered values; None leaves a key out."""

SPAN_COMMENT = "# This has no effect and is included for backwards compatibility when using relative exclude-newer values."
"""The one comment of a lockfile: behind the placeholder of a relative cut-off (1.4)."""

_NEEDS_MORE = re.compile(r'["\\\x00-\x1f\x7f]')
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
_NEEDS_MORE_OVER_LINES = re.compile(r'[\\\x00-\x09\x0b-\x1f\x7f]|(?<="")"')
_ESCAPES = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


def string(text: str) -> str:
    """A string: basic, literal where it has quotes or backslashes, with three quotes where it has both kinds or several lines."""
    if (text.isprintable() and '"' not in text and "\\" not in text) or not _NEEDS_MORE.search(text):  # the first is quicker
        return f'"{text}"'
    if _CONTROL.search(text):
        return _escaped(text)
    break_ = "\n" if "\n" in text else ""  # the first line break of a long string is not part of it
    if "'" not in text and not break_:
        return f"'{text}'"
    if "\\" not in text and '"""' not in text:
        return f'"""{break_}{text}"""'
    return f"'''{break_}{text}'''" if "'''" not in text else _escaped(text)


def _escaped(text: str) -> str:
    """A string that nothing but escapes can hold."""
    if "\n" not in text:
        return f'"{_NEEDS_MORE.sub(_escape, text)}"'
    return f'"""\n{_NEEDS_MORE_OVER_LINES.sub(_escape, text)}"""'


def _escape(found: re.Match[str]) -> str:
    return _ESCAPES.get(found[0]) or f"\\u{ord(found[0]):04X}"


def inline_table(pairs: Pairs) -> str:
    """`{ a = 1, b = "x" }`."""
    written = ", ".join(f"{key} = {value}" for key, value in pairs if value is not None)
    return f"{{ {written} }}" if written else "{}"


def flat_array(items: Iterable[str]) -> str:
    """An array on one line."""
    return f"[{', '.join(items)}]"


def long_array(items: Sequence[str]) -> str:
    """An array with one element a line."""
    return "".join(["[\n", *(f"    {item},\n" for item in items), "]"])


def fitting_array(items: Sequence[str]) -> str:
    """On one line with no or one element, else one element a line."""
    return long_array(items) if len(items) > 1 else flat_array(items)


def section(header: str, pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    """A sub-table, left out where it is empty."""
    lines = [f"{key} = {value}" for key, value in pairs]
    if lines:
        yield f"\n[{header}]"
        yield from lines
