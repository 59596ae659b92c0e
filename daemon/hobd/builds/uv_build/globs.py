"""Portable globs (PEP 639): patterns that mean the same on every platform, segment by segment.

a glob ─split at `/`─→ parts, each an expression for one segment, or `**` for any number of them
a path ─split at `/`─→ segments ─→ the parts that may come next: none left: it matches; some: something below it may
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Literal

from msgspec import Struct

from hobd.builds.uv_build.faults import UnsupportedGlob

Syntax = Literal["standard", "escapes"]
"""`escapes`: a backslash takes the meaning from the next character, as in uv's own table."""


class Glob(Struct, frozen=True):
    """A pattern."""

    text: str
    parts: tuple[re.Pattern[str] | None, ...]
    """None: `**`."""

    def matches(self, path: str) -> bool:
        """Whether it means a path."""
        return len(self.parts) in self._after(path)

    def may_match_below(self, path: str) -> bool:
        """Whether it may mean something in a folder."""
        return any(place < len(self.parts) for place in self._after(path))

    def _after(self, path: str) -> set[int]:
        """The places in the pattern that may come next, once a path was read."""
        places = self._with_skipped({0})
        for segment in path.split("/"):
            places = self._with_skipped({after for place in places for after in self._steps(place, segment)})
        return places

    def _steps(self, place: int, segment: str) -> Iterator[int]:
        if place == len(self.parts):
            return
        part = self.parts[place]
        if part is None:
            yield from (place, place + 1) if place + 1 == len(self.parts) else (place,)
        elif part.fullmatch(segment):
            yield place + 1

    def _with_skipped(self, places: set[int]) -> set[int]:
        """With those behind a `**` that stands for nothing; at the end it stands for something."""
        found = set(places)
        for place in sorted(places):
            while place + 1 < len(self.parts) and self.parts[place] is None:
                place += 1
                found.add(place)
        return found


class Globs(Struct, frozen=True):
    """Several patterns."""

    globs: tuple[Glob, ...]

    def match(self, path: str) -> bool:
        """Whether one of them means a path."""
        return any(glob.matches(path) for glob in self.globs)

    def take(self, path: str) -> bool:
        """Whether one of them means a path, or may mean something below it. The top is always taken."""
        return path in ("", ".") or any(glob.matches(path) or glob.may_match_below(path) for glob in self.globs)

    def at_any_depth(self) -> "Globs":
        """Those of them that begin nowhere in particular."""
        return Globs(tuple(glob for glob in self.globs if glob.parts[:1] == (None,)))


def literal(path: str, *, whole_folder: bool = False) -> Glob:
    """The pattern that means one path, or all that lies in it."""
    parts = tuple(re.compile(re.escape(part)) for part in path.split("/")) if path not in ("", ".") else ()
    return Glob(path, (*parts, None) if whole_folder else parts)


def exclusions(texts: Iterable[str]) -> Globs:
    """Patterns of what is left out: anchored with a leading `/`, else they fit at any depth.

    Raises:
        UnsupportedGlob: one is no portable glob.
    """
    anchored = (text.removeprefix("/") if text.startswith("/") else f"**/{text}" for text in dict.fromkeys(texts))
    return Globs(tuple(parse_glob(text, "tool.uv.build-backend.*-exclude", "escapes") for text in anchored))


@lru_cache(maxsize=512)
def parse_glob(text: str, field: str, syntax: Syntax) -> Glob:
    """Read a pattern.

    Args:
        field: where it stands, for errors.
    Raises:
        UnsupportedGlob: it is no portable glob.
    """
    try:
        _check(text, syntax)
        parts = [_part(part, text) for part in text.split("/")]  # neither brackets nor escapes hold a `/`
    except ValueError as fault:
        can_be_escaped = syntax == "escapes" and isinstance(fault, _Unportable)
        hint = "Characters can be escaped with a backslash" if can_be_escaped else None
        raise UnsupportedGlob(f"Unsupported glob expression in: {field}", causes=(str(fault),), hint=hint) from fault
    return Glob(text, tuple(parts))


_STARS = re.compile(r"\*+")
_BRACKET = re.compile(r"\[([^\]]*)(\]?)")
_TOKEN = re.compile(r"\\.|\[[^\]]*\]|\*+|.", re.DOTALL)
"""Of a segment that was checked: a backslash is there only where it escapes."""


class _Unportable(ValueError):
    """A character that has to be escaped."""


def _check(text: str, syntax: Syntax) -> None:
    """Hold a text against what is portable.

    Raises:
        ValueError: it is not; says what is wrong and where.
    """
    place = 0
    while place < len(text):
        character = text[place]
        if character == "*":
            place = _check_stars(text, place)
        elif character == "[":
            place = _check_bracket(text, place)
        elif character == "\\":
            place = _check_escape(text, place, syntax)
        else:
            _check_character(text, place)
            place += 1


def _check_stars(text: str, place: int) -> int:
    end = place + len(_found(_STARS, text, place)[0])
    if end - place > 2 or (end - place == 2 and text[end : end + 1] not in ("", "/")):
        raise ValueError(f"Too many at stars at position {place} in glob `{text}`")
    return end


def _check_bracket(text: str, place: int) -> int:
    found = _found(_BRACKET, text, place)
    for offset, character in enumerate(found[1], start=place + 1):
        if not (character.isalnum() or character in "_-."):
            raise ValueError(f"Invalid character `{character}` in range at position {offset} in glob `{text}`")
    if not found[1] or not found[2]:
        raise ValueError(f"error parsing glob '{text}': unclosed character class; missing ']'")
    return found.end()


def _check_escape(text: str, place: int, syntax: Syntax) -> int:
    if syntax == "standard":
        raise ValueError(f"Only forward slashes are allowed as path separator, invalid character at position {place} in glob `{text}`")
    if place + 1 == len(text):
        raise ValueError(f"Trailing backslash at position {place} in glob `{text}`")
    if text[place + 1] in "/\\":
        raise ValueError(f"Path separators can't be escaped, invalid character at position {place + 1} in glob `{text}`")
    return place + 2


def _check_character(text: str, place: int) -> None:
    character = text[place]
    if character == "." and text[place + 1 : place + 2] == "." and text[place - 1 : place] in ("", "/"):
        raise ValueError(f"The parent directory operator (`..`) at position {place} is not allowed in glob `{text}`")
    if not (character.isalnum() or character in "_-?./"):
        raise _Unportable(f"Invalid character `{character}` at position {place} in glob `{text}`")


def _found(pattern: re.Pattern[str], text: str, place: int) -> re.Match[str]:
    found = pattern.match(text, place)
    assert found is not None  # its first character is there
    return found


def _part(part: str, text: str) -> re.Pattern[str] | None:
    if part == "**":
        return None
    return re.compile("".join(_expression(token, text) for token in _TOKEN.findall(part)), re.DOTALL)


def _expression(token: str, text: str) -> str:
    if token == "?":
        return "[^/]"
    if token.startswith("*"):
        return "[^/]*"
    if token.startswith("["):
        return _class(token[1:-1], text)
    return re.escape(token[-1])


def _class(inside: str, text: str) -> str:
    """A set of characters; a `-` between two is a range."""
    for low, high in re.findall(r"(.)-(.)", inside, re.DOTALL):
        if low > high:
            raise ValueError(f"error parsing glob '{text}': invalid range; '{low}' > '{high}'")
    spans = re.sub(r"([^\w-])", r"\\\1", inside)
    return f"[{spans}]"
