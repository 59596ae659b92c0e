"""Breaking paragraphs into lines, at spaces only and with the indentation of the first line."""

import re

from hobd.cli.style import strip_style

_WORD = re.compile(r"[^ ]+ *| +")


def wrap(text: str, width: int) -> str:
    """Break the lines of a text at `width` columns. A word that is longer stays whole; trailing space goes."""
    return "".join(_wrap_line(line, width) for line in text.splitlines(keepends=True)).rstrip()


def _wrap_line(line: str, width: int) -> str:
    words = _WORD.findall(line)
    indentation = words[0] if words and not words[0].strip() else ""
    pieces: list[str] = []
    column = 0
    has_begun = False
    for word in words:
        shown = word.rstrip()
        if shown and has_begun and width < column + len(strip_style(shown)):
            pieces[-1] = pieces[-1].rstrip()
            pieces += ["\n", indentation]
            column = len(indentation)
        has_begun = has_begun or bool(shown)
        pieces.append(word)
        column += len(strip_style(word))
    return "".join(pieces)


def indent(text: str, columns: int) -> str:
    """Indent every line but the first."""
    return text.replace("\n", "\n" + " " * columns)
