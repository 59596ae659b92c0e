"""The few tags of an HTML page that an index speaks in, in one pass from left to right (WHATWG, "Tokenization").

The library's own parser takes time in the square of what a hostile page repeats (`<!--`, `<div `), and ten times as long
for an honest one. Here whatever does not end before the page does ends the page, so no part is looked at twice.
"""

import re
from collections.abc import Iterator
from html import unescape
from html.entities import html5
from typing import NamedTuple

_TAG_NAME = re.compile(r"[A-Za-z][^\t\n\f\r />]*")
_ATTRIBUTE = re.compile(
    r"""(?P<name>[^\t\n\f\r />][^\t\n\f\r />=]*)
        (?:[\t\n\f\r ]*=[\t\n\f\r ]*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<open>["'])|(?P<bare>[^\t\n\f\r >]*)))?""",
    re.VERBOSE,
)
_BETWEEN = re.compile(r"[\t\n\f\r /]*")
_COMMENT_END = re.compile(r"--!?>")
_REFERENCE = re.compile(r"&(?:#[0-9]+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*)[;=]?")
_WITHOUT_TAGS = frozenset({"script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"})
"""What is inside of these is text up to their own end tag."""


class Tag(NamedTuple):
    """A start tag: name and attributes in lower case, of several with one name the first; an attribute without value is empty."""

    name: str
    attributes: dict[str, str]


def find_tags(page: str, names: frozenset[str]) -> Iterator[Tag]:
    """The start tags with one of these names, in order. Costs about 2 µs a tag."""
    position = page.find("<")
    while position >= 0:
        found, position = _step(page, position, names)
        if found is not None:
            yield found
        if position < 0:
            return
        position = page.find("<", position)


def _step(page: str, start: int, names: frozenset[str]) -> tuple[Tag | None, int]:
    """What begins at a `<`, if it is wanted, and where it ends; -1 where that is the end of the page."""
    after = start + 1
    named = _TAG_NAME.match(page, after)
    if named is not None:
        return _start_tag(page, named, names)
    if page.startswith("!--", after):
        return None, _comment_end(page, after + 3)
    if page.startswith("/", after):
        closed = _TAG_NAME.match(page, after + 1)
        if closed is not None:
            return None, _attributes(page, closed.end())[1]
    elif not page.startswith(("!", "?"), after):
        return None, after
    return None, _behind(page, ">", after)


def _start_tag(page: str, named: re.Match[str], names: frozenset[str]) -> tuple[Tag | None, int]:
    name = named[0].lower()
    attributes, end = _attributes(page, named.end())
    if end < 0:
        return None, end
    if name in _WITHOUT_TAGS:
        closing = re.compile(rf"</{name}(?=[\t\n\f\r />])", re.IGNORECASE).search(page, end)
        end = -1 if closing is None else closing.start()
    return (Tag(name, attributes) if name in names else None), end


def _attributes(page: str, position: int) -> tuple[dict[str, str], int]:
    """The attributes up to the end of a tag, and where that is. A tag that does not end is none, and so has none."""
    found: dict[str, str] = {}
    while True:
        position = _position_behind(_BETWEEN, page, position)
        if page.startswith(">", position):
            return found, position + 1
        match = _ATTRIBUTE.match(page, position)
        if match is None or match["open"] is not None:
            return {}, -1
        name = match["name"].lower()
        if name not in found:
            value = match["double"] or match["single"] or match["bare"] or ""
            found[name] = _REFERENCE.sub(_resolve, value) if "&" in value else value
        position = match.end()


def _position_behind(pattern: re.Pattern[str], page: str, position: int) -> int:
    match = pattern.match(page, position)
    return position if match is None else match.end()


def _resolve(reference: re.Match[str]) -> str:
    """A character reference in an attribute: `?a=1&copy=2` has none."""
    text = reference[0]
    return unescape(text) if text.startswith("&#") or (not text.endswith("=") and text[1:] in html5) else text


def _comment_end(page: str, start: int) -> int:
    if page.startswith((">", "->"), start):
        return _behind(page, ">", start)
    return _position_of_end(_COMMENT_END.search(page, start))


def _position_of_end(match: re.Match[str] | None) -> int:
    return -1 if match is None else match.end()


def _behind(page: str, text: str, start: int) -> int:
    found = page.find(text, start)
    return -1 if found < 0 else found + len(text)
