"""The globs of `[tool.uv.workspace]`: `*`, `?`, `[…]` within a path segment, `**` for whole ones."""

import re
from functools import lru_cache

from hobd.errors import RequestError


class InvalidGlob(RequestError):
    """A pattern that cannot be matched."""


def check_glob(pattern: str) -> str:
    """Check a pattern.

    Raises:
        InvalidGlob: a range is not closed, or a `**` shares its segment with something else.
    """
    compile_glob(pattern)
    return pattern


@lru_cache(maxsize=512)
def compile_glob(pattern: str) -> re.Pattern[str]:
    """The regular expression that a whole path must match. `*` matches `/` as well, as uv's patterns do.

    Raises:
        InvalidGlob: see `check_glob`.
    """
    parts: list[str] = []
    position = 0
    while position < len(pattern):
        text, position = _next(pattern, position)
        parts.append(text)
    return re.compile("(?s:" + "".join(parts) + r")\Z")


def _next(pattern: str, position: int) -> tuple[str, int]:
    """The expression for what stands at a position, and where the next begins."""
    character = pattern[position]
    if character == "?":
        return ".", position + 1
    if character == "*":
        return _stars(pattern, position)
    if character == "[":
        return _range(pattern, position)
    return re.escape(character), position + 1


def _stars(pattern: str, position: int) -> tuple[str, int]:
    end = position
    while pattern[end : end + 1] == "*":
        end += 1
    if end - position == 1:
        return ".*", end
    if end - position > 2:
        raise InvalidGlob(f"Pattern syntax error near position {position + 2}: wildcards are either regular `*` or recursive `**`")
    if (position > 0 and pattern[position - 1] != "/") or pattern[end : end + 1] not in ("", "/"):
        place = end if position == 0 or pattern[position - 1] == "/" else position - 1
        raise InvalidGlob(f"Pattern syntax error near position {place}: recursive wildcards must form a single path component")
    if end < len(pattern):
        return "(?:.*/)?", end + 1  # takes the slash along: `**/x` matches `x` too
    return ".*", end


def _range(pattern: str, position: int) -> tuple[str, int]:
    negated = pattern[position + 1 : position + 2] == "!"
    first = position + (2 if negated else 1)
    close = pattern.find("]", first + 1)
    if close < 0:
        raise InvalidGlob(f"Pattern syntax error near position {position}: invalid range pattern")
    inside = "".join(f"{re.escape(low)}-{re.escape(high)}" if high else re.escape(low) for low, high in _spans(pattern[first:close]))
    return f"[{'^' if negated else ''}{inside}]", close + 1


def _spans(text: str) -> list[tuple[str, str]]:
    found = []
    position = 0
    while position < len(text):
        if text[position + 1 : position + 2] == "-" and position + 2 < len(text):
            found.append((text[position], text[position + 2]))
            position += 3
        else:
            found.append((text[position], ""))
            position += 1
    return [(low, high) for low, high in found if not high or low <= high] or [("\0", "")]


def escape_glob(text: str) -> str:
    """The pattern that matches exactly the text."""
    return re.sub(r"[?*\[\]]", lambda found: f"[{found[0]}]", text)
