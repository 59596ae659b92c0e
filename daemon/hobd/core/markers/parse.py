"""Text to diagram: `or` of `and` of comparisons (PEP 508, uv-lock.md 3.1)."""

import re
from collections.abc import Callable
from typing import NamedTuple

from hobd.core.markers.algebra import conjunction, disjunction
from hobd.core.markers.diagram import FALSE, TRUE, Node
from hobd.core.markers.lowering import NAMES, lower, lower_reversed
from hobd.errors import RequestError

_TOKEN = re.compile(
    r"""\s*(?:(?P<string>'[^']*'|"[^"]*")|(?P<operator>~=|==|!=|<=|>=|<|>)|(?P<bracket>[()])|(?P<word>[A-Za-z_][A-Za-z0-9_.]*)|(?P<end>$))"""
)


class InvalidMarker(RequestError):
    """A text that is not an environment marker."""


class _Token(NamedTuple):
    kind: str
    text: str
    offset: int


def parse_node(text: str) -> Node:
    """The diagram of a marker; true if nothing in it counts.

    Raises:
        InvalidMarker: says what was expected, and where.
    """
    reader = _Reader(text)
    found = reader.alternatives()
    reader.expect("end", None, "`and` or `or`")
    return TRUE if found is None else found


class _Level(NamedTuple):
    """What was read so far between two brackets; operands that are ignored are None."""

    disjuncts: list[Node | None]
    conjuncts: list[Node | None]

    def end_conjunction(self) -> None:
        self.disjuncts.append(_combined(self.conjuncts, conjunction, FALSE))
        self.conjuncts.clear()

    def disjunction(self) -> Node | None:
        return _combined(self.disjuncts, disjunction, TRUE)


class _Reader:
    """Reads one marker from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = self._split()
        self._next = 0

    def _split(self) -> list[_Token]:
        tokens: list[_Token] = []
        offset = 0
        while not tokens or tokens[-1].kind != "end":
            match = _TOKEN.match(self._text, offset)
            if match is None:
                start = len(self._text) - len(self._text[offset:].lstrip())
                raise self._error(f"unexpected `{self._text[start]}`", start)
            kind = match.lastgroup or "end"
            tokens.append(_Token(kind, match[kind], match.start(kind)))
            offset = match.end()
        return tokens

    def alternatives(self) -> Node | None:
        """Operands joined by `or`, each a chain of operands joined by `and`; None if all of them are ignored.

        Brackets are kept on a stack of our own: metadata nests them as deep as it likes.
        """
        levels = [_Level([], [])]
        while True:
            if self._steps_over("bracket", "("):
                levels.append(_Level([], []))
                continue
            operand = self._comparison()
            while True:
                levels[-1].conjuncts.append(operand)
                if self._steps_over("word", "and"):
                    break
                levels[-1].end_conjunction()
                if self._steps_over("word", "or"):
                    break
                operand = levels.pop().disjunction()
                if not levels:
                    return operand
                self.expect("bracket", ")", "`)`")

    def _steps_over(self, kind: str, text: str) -> bool:
        is_next = self._peek()[:2] == (kind, text)
        self._next += is_next
        return is_next

    def _comparison(self) -> Node | None:
        left, operator, right = self._value(), self._operator(), self._value()
        if left.kind == right.kind:
            return None
        if left.kind == "word":
            return lower(left.text, operator, right.text[1:-1])
        return lower_reversed(left.text[1:-1], operator, right.text)

    def _value(self) -> _Token:
        token = self._peek()
        if token.kind == "word" and token.text not in NAMES:
            raise self._error(f"`{token.text}` is not the name of a marker value", token.offset)
        if token.kind not in ("word", "string"):
            raise self._error("expected a quoted string or the name of a marker value", token.offset)
        self._next += 1
        return token

    def _operator(self) -> str:
        token = self._peek()
        self._next += 1
        if token.kind == "operator" or token[:2] == ("word", "in"):
            return token.text
        if token[:2] == ("word", "not"):
            self.expect("word", "in", "`in` after `not`")
            return "not in"
        raise self._error("expected a comparison operator (`<=`, `<`, `!=`, `==`, `>=`, `>`, `~=`, `in` or `not in`)", token.offset)

    def expect(self, kind: str, text: str | None, expected: str) -> None:
        """Step over a token that has to be there."""
        token = self._peek()
        if token.kind != kind or (text is not None and token.text != text):
            raise self._error(f"expected {expected}", token.offset)
        self._next += 1

    def _peek(self) -> _Token:
        return self._tokens[min(self._next, len(self._tokens) - 1)]

    def _error(self, reason: str, offset: int) -> InvalidMarker:
        return InvalidMarker(f"`{self._text}` is not a valid environment marker: {reason} at column {offset + 1}")


def _combined(found: list[Node | None], combine: Callable[[Node, Node], Node], absorbing: Node) -> Node | None:
    """Join neighbours, then the results, and so on. The order matters because of impossible platforms (3.1, 3.5)."""
    operands = [operand for operand in found if operand is not None]
    while len(operands) > 1:
        joined = []
        for index in range(0, len(operands), 2):
            pair = operands[index : index + 2]
            joined.append(combine(*pair) if len(pair) == 2 else pair[0])
            if joined[-1] is absorbing:
                return absorbing
        operands = joined
    return operands[0] if operands else None
