"""TOML laid out anew, comments and spacing of the original gone: how an sdist of the built-in backend carries `pyproject.toml` (BLD-4)."""

import math
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
_FRACTION = re.compile(r"\.(\d+?)0*(?=$|[Z+-])")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_ESCAPED = re.compile(r'[\x00-\x1f\x7f"\\]')
_ESCAPED_IN_LINES = re.compile(r'[\x00-\x09\x0b-\x1f\x7f\\]|"""')
_INDENT = "    "


def render_pretty_toml(document: Mapping[str, Any]) -> str:
    """The document as text; keys in their order, values before tables, arrays of more than one element on lines of their own.

    Args:
        document: as `tomllib` reads it.
    """
    return "\n".join(_blocks(document, (), is_element=False))


def _blocks(table: Mapping[str, Any], path: tuple[str, ...], *, is_element: bool) -> Iterator[str]:
    """A table with its header, and the tables below it; a header that nothing but tables follows is left out."""
    values = {key: value for key, value in table.items() if not _is_table(value)}
    if values or is_element or (path and len(values) == len(table)):
        yield _header(path, is_element=is_element) + "".join(f"{_key(key)} = {_value(value)}\n" for key, value in values.items())
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _blocks(value, (*path, key), is_element=False)
        elif _is_table(value):
            for element in value:
                yield from _blocks(element, (*path, key), is_element=True)


def _header(path: tuple[str, ...], *, is_element: bool) -> str:
    if not path:
        return ""
    name = ".".join(map(_key, path))
    return f"[[{name}]]\n" if is_element else f"[{name}]\n"


def _is_table(value: object) -> bool:
    """Whether it has headers of its own: a table, or a list of nothing but tables."""
    return isinstance(value, dict) or (isinstance(value, list) and bool(value) and all(isinstance(each, dict) for each in value))


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _string(name, is_key=True)


def _value(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return _string(value)
        case float():
            return _float(value)
        case datetime() | date() | time():
            return _FRACTION.sub(r".\1", value.isoformat()).replace("+00:00", "Z")
        case list():
            return _array(value)
        case dict():
            return _inline(value)
    return str(value)


def _array(values: list[Any]) -> str:
    if len(values) < 2:
        return f"[{''.join(map(_value, values))}]"
    return "[\n" + "".join(f"{_INDENT}{_value(each)},\n" for each in values) + "]"


def _inline(table: dict[str, Any]) -> str:
    return "{ " + ", ".join(f"{_key(key)} = {_value(value)}" for key, value in table.items()) + " }" if table else "{}"


def _float(value: float) -> str:
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    return repr(value)


def _string(text: str, *, is_key: bool = False) -> str:
    """Between quotes that need no escapes where there are such, simple ones first; else with escapes."""
    has_lines = "\n" in text
    start = "\n" if has_lines else ""
    is_plain = not _CONTROL.search(text.replace("\n", ""))
    if is_plain and not has_lines:
        if not ('"' in text or "\\" in text):
            return f'"{text}"'
        if "'" not in text:
            return f"'{text}'"
    if is_plain and not is_key:
        if not ('"""' in text or "\\" in text):
            return f'"""{start}{text}"""'
        if "'''" not in text:
            return f"'''{start}{text}'''"
    if has_lines and not is_key:
        return f'"""\n{_escaped(text, _ESCAPED_IN_LINES)}"""'
    return f'"{_escaped(text, _ESCAPED)}"'


def _escaped(text: str, what: re.Pattern[str]) -> str:
    return what.sub(lambda found: found[0][:-1] + (_ESCAPES.get(found[0][-1]) or f"\\u{ord(found[0][-1]):04X}"), text)
