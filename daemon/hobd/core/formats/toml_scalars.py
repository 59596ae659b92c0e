"""What is wrong with one TOML scalar or key, in the words of uv's parser. A fault is a place within it, and a message."""

import re
from typing import TypeAlias

from hobd.core.formats.toml_tokens import Span

Fault: TypeAlias = tuple[Span, str]

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_DESCRIPTIONS = {
    "literal": "invalid literal string",
    "ml_literal": "invalid multi-line literal string",
    "basic": "invalid basic string",
    "ml_basic": "invalid multi-line basic string",
}
_QUOTES = {"literal": "'", "ml_literal": "'''", "basic": '"', "ml_basic": '"""'}
_ESCAPES = 'missing escaped value, expected `b`, `e`, `f`, `n`, `r`, `\\`, `"`, `x`, `u`, `U`'
_RADIX = {"x": ("hexadecimal", "0123456789abcdefABCDEF"), "o": ("octal", "01234567"), "b": ("binary", "01")}


def key_text(raw: str, kind: str) -> str | Fault:
    """What a key says, or what is wrong with it."""
    if kind == "atom":
        if not raw:
            return (0, 0), "unquoted keys cannot be empty, expected letters, numbers, `-`, `_`"
        odd = re.search(r"[^A-Za-z0-9_-]+", raw)
        if odd is not None:
            return odd.span(), "invalid unquoted key, expected letters, numbers, `-`, `_`"
        return raw
    if kind in ("ml_literal", "ml_basic"):
        name = _DESCRIPTIONS[kind].removeprefix("invalid ")
        return (0, len(raw)), f"keys cannot be {name}s, expected basic string, literal string"
    return _string_fault(raw, kind) or _decoded(raw)


def _decoded(raw: str) -> str:
    import tomli

    text = tomli.loads(f"key = {raw}")["key"]
    assert isinstance(text, str)  # it is between quotes
    return text


def scalar_fault(raw: str, kind: str) -> Fault | None:
    """What is wrong with a value; None where nothing is."""
    return _bare_fault(raw) if kind == "atom" else _string_fault(raw, kind)


def _string_fault(raw: str, kind: str) -> Fault | None:
    quote = _QUOTES[kind]
    description = _DESCRIPTIONS[kind]
    body_start = len(quote)
    if len(raw) < 2 * body_start or not raw.endswith(quote) or (kind == "basic" and _ends_escaped(raw)):
        return (len(raw), len(raw)), f"{description}, expected `{quote[0]}`"
    body = raw[body_start : -len(quote)]
    odd = re.search(r"[\x00-\x08\x0a-\x1f\x7f]" if len(quote) == 1 else r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)", body)
    escape = _escape_fault(body, is_multiline=len(quote) == 3) if quote[0] == '"' else None
    if odd is not None and (escape is None or odd.start() <= escape[0][0]):
        return _odd_character(odd, body_start, kind, description)
    if escape is not None:
        (start, end), message = escape
        return (start + body_start, end + body_start), message
    return None


def _ends_escaped(raw: str) -> bool:
    """Whether the closing quote is part of an escape."""
    body = raw[1:-1]
    return (len(body) - len(body.rstrip("\\"))) % 2 == 1


def _odd_character(odd: re.Match[str], body_start: int, kind: str, description: str) -> Fault:
    start = odd.start() + body_start
    if odd[0] == "\r":
        return (start + 1, start + 1), "carriage return must be followed by newline, expected newline"
    wanted = {
        "literal": "non-single-quote visible characters",
        "ml_literal": "non-single-quote characters",
        "basic": "non-double-quote visible characters, `\\`",
        "ml_basic": "`\\`, characters",
    }[kind]
    end = start if kind.endswith("literal") else start + 1
    return (start, end), f"{description}, expected {wanted}"


def _escape_fault(body: str, *, is_multiline: bool) -> Fault | None:
    for found in re.finditer(r"\\(?:([btnfre\\\"])|([xuU])([0-9A-Fa-f]*)|(\s*\n)|)", body):
        simple, letter, digits, line_end = found.groups()
        after = found.start() + 1
        if simple or (line_end and is_multiline):
            continue
        if letter is None:
            return (after, after), _ESCAPES
        wanted = {"x": 2, "u": 4, "U": 8}[letter]
        if len(digits) < wanted:
            return (found.end(), found.end()), "too few unicode value digits, expected unicode hexadecimal value"
        value = int(digits[:wanted], 16)
        if value > 0x10FFFF or 0xD800 <= value <= 0xDFFF:
            return (after + 1, after + 1), "invalid value, expected unicode hexadecimal value"
    return None


def _bare_fault(raw: str) -> Fault | None:
    """A value without quotes: a number, a truth value, a time; or something that should have had quotes."""
    if not raw:
        return _unquoted(raw)
    first = raw[0]
    if not first.isdigit() and " " in raw:
        return _unquoted(raw)
    if first in "+-":
        return _signed_fault(raw)
    if first.isdigit() or first in "_.":
        return _number_fault(raw, raw, 0)
    word, description = {"t": ("true", "boolean"), "f": ("false", "boolean"), "i": ("inf", "float"), "n": ("nan", "float")}.get(
        first.lower(), ("", "")
    )
    if not word:
        return _unquoted(raw)
    return None if raw == word else ((0, len(raw)), f"invalid {description}, expected `{word}`")


def _unquoted(raw: str) -> Fault:
    for quote in ("'''", '"""', "'", '"'):
        if raw.endswith(quote):
            return (0, 0), f"missing opening quote, expected `{quote}`"
    return (0, len(raw)), "string values must be quoted, expected literal string"


def _signed_fault(raw: str) -> Fault | None:
    body = raw[1:]
    if body[:1] in ("+", "-"):
        return (1, 2), "redundant numeric sign, expected nothing"
    for word in ("inf", "nan"):
        if body[:1].lower() == word[0]:
            return None if body == word else ((1, len(raw)), f"invalid float, expected `{word}`")
    if not body or not (body[0].isdigit() or body[0] in "_."):
        return _unquoted(raw)
    if body[0] == "0" and body[1:2].lower() in ("x", "o", "b") and " " not in body:
        return (0, 1), "integers with a radix cannot be signed, expected nothing"
    return _number_fault(raw, body, 1)


def _number_fault(raw: str, value: str, offset: int) -> Fault | None:
    """Args: raw: with its sign; value: without; offset: where the value begins."""
    if value[0] == "0" and value[1:2].lower() in ("x", "o", "b", "d") and " " not in value:
        return _radix_fault(raw, value, offset)
    digits = re.match(r"\d*", value)
    assert digits is not None  # it may be empty
    rest = value[digits.end() :]
    if rest[:1] in ("-", ":") and digits[0]:
        return _time_fault(raw)
    if " " in rest:
        return _unquoted(raw)
    if any(mark in rest for mark in ".eE"):
        return _float_fault(value, offset) or _underscore_fault(raw, r"\d")
    if rest and not rest.startswith("_"):
        return _unquoted(raw)
    if len(value) > 1 and value[0] == "0":
        return (offset, offset + 1), "unexpected leading zero, expected nothing"
    return _underscore_fault(raw, r"[0-9A-Fa-f]")


def _radix_fault(raw: str, value: str, offset: int) -> Fault | None:
    mark = value[1]
    if mark.lower() == "d":
        return (0, 2), "redundant integer number prefix, expected nothing"
    if mark.isupper():
        return (offset, offset + 2), f"radix must be lowercase, expected `0{mark.lower()}`"
    name, digits = _RADIX[mark]
    for position, character in enumerate(value[2:], offset + 2):
        if position == offset + 2 and character in "+-":
            return (position, position + 1), "unexpected sign, expected nothing"
        if character not in digits and character != "_":
            return (position, position), f"invalid {name} number"
    return _underscore_fault(raw, r"[0-9A-Fa-f]")


def _float_fault(value: str, offset: int) -> Fault | None:
    position = 0
    for name, opening in (("mantissa", ""), ("fraction", r"\."), ("exponent", r"[eE][+-]?")):
        found = re.match(opening, value[position:])
        if found is None:
            continue
        position += found.end()
        digits = re.match(r"[\d_]*", value[position:])
        count = sum(character.isdigit() for character in digits[0]) if digits else 0
        if not count:
            return (offset + position, offset + position), f"invalid {name}, expected digits"
        if name == "mantissa" and count > 1 and value[0] == "0":
            return (offset, offset + 1), "unexpected leading zero, expected nothing"
        position += digits.end() if digits else 0
    if position < len(value):
        return (offset + position, offset + len(value)), "invalid float, expected nothing"
    return None


def _underscore_fault(raw: str, digit: str) -> Fault | None:
    for found in re.finditer("_", raw):
        before, after = raw[: found.start()][-1:], raw[found.end() :][:1]
        if not re.match(digit, before) or not re.match(digit, after):
            return found.span(), "`_` may only go between digits, expected nothing"
    return None


_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_CLOCK = re.compile(r"(\d\d):(\d\d)(?::(\d\d))?")


def _time_fault(raw: str) -> Fault | None:
    import tomli

    try:
        tomli.loads(f"key = {raw}")
    except (tomli.TOMLDecodeError, ValueError):
        return (0, len(raw)), _time_description(raw)
    return None


def _time_description(raw: str) -> str:
    date, clock = _DATE.match(raw), _CLOCK.search(raw)
    if date is not None and not 1 <= int(date[2]) <= 12:
        return "invalid date, expected month between 01 and 12"
    if date is not None and not 1 <= int(date[3]) <= 31:
        return "invalid date, expected day between 01 and 31"
    if clock is not None and int(clock[1]) > 23:
        return "invalid time, expected hour between 00 and 23"
    if clock is not None and int(clock[2]) > 59:
        return "invalid time, expected minute between 00 and 59"
    return "invalid datetime"
