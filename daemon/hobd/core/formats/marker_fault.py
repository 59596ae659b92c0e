"""Where a text stops being an environment marker, in uv's words.

`hobd.core.markers` reads markers; this reads again what it refused, only to say what is wrong and where.
"""

import re
from typing import NamedTuple

_NAMES = frozenset(
    (
        *("implementation_name", "implementation_version", "os.name", "os_name", "platform.machine", "platform_machine"),
        *("platform.python_implementation", "platform_python_implementation", "python_implementation", "platform.release"),
        *("platform_release", "platform_system", "platform.version", "platform_version", "python_full_version", "python_version"),
        *("sys.platform", "sys_platform", "extra", "extras", "dependency_groups"),
    )
)
_OPERATORS = frozenset({"==", "!=", ">", ">=", "<", "<=", "~=", "===", "in"})


class MarkerFault(NamedTuple):
    """What is wrong, from which character, over how many."""

    reason: str
    start: int
    length: int


class _Stop(Exception):
    def __init__(self, reason: str, start: int, length: int = 1) -> None:
        super().__init__(reason)
        self.fault = MarkerFault(reason, start, length)


def find_marker_fault(text: str) -> MarkerFault | None:
    """The first fault of a marker; None where uv's grammar has nothing against it."""
    reader = _Reader(text)
    try:
        reader.chains()
        reader.end()
    except _Stop as stop:
        return stop.fault
    return None


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def chains(self) -> None:
        """Operands and what joins them, over any depth of brackets."""
        openings: list[int] = []
        while True:
            self._skip_blanks()
            if self._text[self._at : self._at + 1] == "(":
                openings.append(self._at)
                self._at += 1
                continue
            self._comparison()
            while not self._is_joined():
                if not openings:
                    return
                self._expect(")", openings.pop())

    def _is_joined(self) -> bool:
        """Whether another operand follows; then what joins it is stepped over."""
        self._skip_blanks()
        word = self._match(r"\S*")
        if word not in ("and", "or"):
            self._at -= len(word)
            return False
        return True

    def end(self) -> None:
        self._skip_blanks()
        if self._at < len(self._text):
            odd = self._text[self._at]
            raise _Stop(f"Unexpected character '{odd}', expected 'and', 'or' or end of input", self._at, len(self._text) - self._at)

    def _comparison(self) -> None:
        self._skip_blanks()
        self._value()
        self._skip_blanks()
        self._operator()
        self._skip_blanks()
        self._value()

    def _value(self) -> None:
        start = self._at
        quote = self._text[start : start + 1]
        if not quote:
            raise _Stop("Expected marker value, found end of dependency specification", start)
        if quote in "'\"":
            self._at += 1
            self._match(f"[^{quote}]*")
            self._expect(quote, start)
            return
        word = self._match(r"[^\s><=!~)]*")
        if word not in _NAMES:
            raise _Stop(f"Expected a quoted string or a valid marker name, found `{word}`", start, len(word))

    def _operator(self) -> None:
        start = self._at
        is_word = self._text[start : start + 1].isalpha()
        word = self._match(r"""[^\s'"]*""" if is_word else r"[<=>~!]*")
        if word == "not":
            self._not_in()
        elif word not in _OPERATORS:
            raise _Stop(f"Expected a valid marker operator (such as `>=` or `not in`), found `{word}`", start, len(word))

    def _not_in(self) -> None:
        if self._at == len(self._text):
            raise _Stop("Expected whitespace after `not`, found end of input", self._at)
        if not self._text[self._at].isspace():
            raise _Stop(f"Expected whitespace after `not`, found `{self._text[self._at]}`", self._at)
        self._skip_blanks()
        self._expect("i", self._at)
        self._expect("n", self._at)

    def _expect(self, character: str, start: int) -> None:
        found = self._text[self._at : self._at + 1]
        if found != character:
            shown = f"`{found}`" if found else "end of dependency specification"
            expected = f"`{character}`" if found else f"'{character}'"
            raise _Stop(f"Expected {expected}, found {shown}", self._at if found else start)
        self._at += 1

    def _match(self, pattern: str) -> str:
        found = re.compile(pattern).match(self._text, self._at)
        assert found is not None  # the patterns used here match the empty text too
        self._at = found.end()
        return found[0]

    def _skip_blanks(self) -> None:
        self._match(r"\s*")
