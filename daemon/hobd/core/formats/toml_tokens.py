"""TOML text in tokens with their places: only for pointing at faults, so it also reads what is no TOML."""

import re
from typing import TypeAlias

from msgspec import Struct

Span: TypeAlias = tuple[int, int]
"""Start and end in the text, in characters."""

_TOKEN = re.compile(
    r"""
    (?P<ml_literal>'''.*?(?:'''(?:'{1,2})?|\Z))
  | (?P<literal>'[^'\n]*'?)
  | (?P<ml_basic>\"\"\"(?:\\[\\"]|(?!\"\"\").)*(?:\"\"\"(?:"{1,2})?|\Z))
  | (?P<basic>"(?:\\[\\"]|[^"\n])*"?)
  | (?P<comment>\#[^\r\n]*)
  | (?P<newline>\r\n|\r|\n)
  | (?P<space>[ \t]+)
  | (?P<mark>[.=,\[\]{}])
  | (?P<atom>[^.=,\[\]{} \t\#\r\n]+)
    """,
    re.VERBOSE | re.DOTALL,
)


class Token(Struct, frozen=True):
    """A piece of the text. `kind` is the mark itself for `.=,[]{}`, else the name of a kind; `end` closes the text."""

    kind: str
    start: int
    end: int

    @property
    def span(self) -> Span:
        """Where it stands."""
        return self.start, self.end

    @property
    def before(self) -> Span:
        """The empty place in front of it."""
        return self.start, self.start

    @property
    def after(self) -> Span:
        """The empty place behind it."""
        return self.end, self.end


STRINGS = ("literal", "basic", "ml_literal", "ml_basic")
SCALARS = (*STRINGS, "atom")


def tokens_of(text: str) -> list[Token]:
    """The whole text in tokens; the last is `end`."""
    found = []
    position = 1 if text.startswith("\ufeff") else 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        assert match is not None  # every character begins some token
        assert match.lastgroup is not None
        kind = match[0] if match.lastgroup == "mark" else match.lastgroup
        found.append(Token(kind, position, match.end()))
        position = match.end()
    found.append(Token("end", len(text), len(text)))
    return found
