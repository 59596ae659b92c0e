"""License expressions, refused in uv's words (SPDX, PEP 639). `packaging` knows the names; this says what is wrong, and where."""

import re
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct
from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

Kind = Literal["license", "own", "exception", "operator", "WITH", "+", "(", ")"]

_WORD = re.compile(r"[A-Za-z0-9.:-]+")
_OWN = re.compile(r"(?:DocumentRef-[A-Za-z0-9.-]+:)?LicenseRef-[A-Za-z0-9.-]+")
_OLD_GNU = re.compile(r"A?L?GPL-\d\.\d|GFDL-\d\.\d")
_GNU = re.compile(r"(?:A?L?GPL|GFDL)-")

_MAY_FOLLOW: dict[Kind, tuple[frozenset[Kind | None], tuple[str, ...]]] = {
    "license": (frozenset({None, "operator", "("}), ("AND", "OR", "WITH", ")", "+")),
    "own": (frozenset({None, "operator", "("}), ("AND", "OR", "WITH", ")", "+")),
    "+": (frozenset({"license"}), ("<license>",)),
    "WITH": (frozenset({"license", "own", "+"}), ("<license>",)),
    "operator": (frozenset({"license", "own", "+", "exception", ")"}), ("<license>", "<exception>", ")")),
    "(": (frozenset({None, "operator", "("}), ("AND", "OR")),
    ")": (frozenset({"license", "own", "+", "exception", ")"}), ("<license>", "<exception>")),
    "exception": (frozenset({"WITH"}), ("WITH",)),
}
"""What a token may follow, and what may stand in its place where it does not."""
_AFTER: dict[Kind | None, tuple[str, ...]] = dict.fromkeys((None, "operator", "("), ("<license>", "("))
"""What has to follow, where only that may."""


_SIGNS: dict[str, Kind] = {"(": "(", ")": ")", "+": "+"}


class _Token(Struct, frozen=True):
    kind: Kind
    start: int
    end: int


class InvalidExpression(ValueError):
    """A text that is no license expression; the message has a second line that shows the place."""


def check_license_expression(text: str) -> None:
    """Check a license expression.

    Raises:
        InvalidExpression: it is none.
    """
    previous: Kind | None = None
    opened: list[_Token] = []
    for token in _tokens(text):
        before, instead = _MAY_FOLLOW[token.kind]
        if previous not in before:
            raise _fault(text, token.start, token.end, _expected(_AFTER.get(previous, instead)))
        if token.kind == "(":
            opened.append(token)
        elif token.kind == ")" and not opened:
            raise _fault(text, token.start, token.start, "unopened parens", mark="^")
        elif token.kind == ")":
            opened.pop()
        previous = token.kind
    if previous is None:
        raise _fault(text, 0, 0, "empty expression")
    if previous in ("operator", "(", "WITH"):
        raise _fault(text, len(text), len(text), _expected(_AFTER.get(previous, ("<exception>",))))
    if opened:
        raise _fault(text, opened[-1].start, opened[-1].start, "unclosed parens", mark="-")


def _expected(names: tuple[str, ...]) -> str:
    if len(names) == 1:
        return f"expected a `{names[0]}` here"
    return "expected one of " + ", ".join(f"`{name}`" for name in names) + " here"


def _fault(text: str, start: int, end: int, reason: str, mark: str | None = None) -> InvalidExpression:
    return InvalidExpression(f"{text}\n{' ' * start}{'^' * (end - start) if mark is None else mark} {reason}")


def _tokens(text: str) -> Iterator[_Token]:
    place, is_license, is_gnu = 0, False, False
    while place < len(text):
        character = text[place]
        if character.isspace():
            if text[place:].lstrip().startswith("+"):
                plus = text.index("+", place)
                raise _fault(text, plus, plus + 1, "`+` must not follow whitespace")
            place += 1
            continue
        sign = _SIGNS.get(character)
        if sign is not None:
            if sign == "+" and is_license and is_gnu:
                raise _fault(text, place, place + 1, "a GNU license was followed by a `+`")
            yield _Token(sign, place, place + 1)
            place, is_license = place + 1, False
            continue
        word = _word(text, place)
        end = place + len(word)
        kind = _kind(text, word, place)
        is_license, is_gnu = kind == "license", _GNU.match(word) is not None
        yield _Token(kind, place, end)
        place = end


def _word(text: str, place: int) -> str:
    found = _WORD.match(text, place)
    end = place if found is None else found.end()
    if end == place or (end < len(text) and not text[end].isspace() and text[end] not in "()+"):
        rest = re.match(r"\S+", text[end:])
        raise _fault(text, end, end + (0 if rest is None else rest.end()), "invalid character(s)")
    return text[place:end]


def _kind(text: str, word: str, place: int) -> Kind:
    if word in ("AND", "OR", "and", "or"):
        return "operator"
    if word in ("WITH", "with"):
        return "WITH"
    if _OWN.fullmatch(word):
        return "own"
    if word.startswith("AdditionRef-") or _is_known(f"MIT WITH {word}"):
        return "exception"
    if _OLD_GNU.fullmatch(word):
        raise _fault(text, place, place + len(word), "a deprecated license identifier was used")
    if not _is_known(word):
        raise _fault(text, place, place + len(word), "unknown term")
    return "license"


def _is_known(expression: str) -> bool:
    """Whether it is known in just this spelling."""
    try:
        return canonicalize_license_expression(expression) == expression
    except InvalidLicenseExpression:
        return False
