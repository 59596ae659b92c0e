"""TOML 1.1 text to plain values, quickly; and errors that point at the place, in uv's words.

text ─tomli→ values ─shapes→ typed values
  └──────── on any fault ──→ toml_syntax (spans) ─→ frame with a caret
"""

from typing import Any, TypeAlias

from hobd.core.formats.shapes import Misfit
from hobd.errors import RequestError

Span: TypeAlias = tuple[int, int]
"""Start and end in the text, in characters."""


class InvalidToml(RequestError):
    """A text that is no TOML, or whose values have the wrong shape. The message is a frame that shows the place."""


def parse_toml(text: str) -> dict[str, Any]:
    """Parse a document; keys keep the order of the text.

    Raises:
        InvalidToml: it is no TOML 1.1.
    """
    import tomli

    try:
        return tomli.loads(text)
    except (tomli.TOMLDecodeError, RecursionError) as error:
        raise _syntax_error(text, str(error)) from error


def misfit_error(text: str, misfit: Misfit) -> InvalidToml:
    """The error for a value of the wrong shape, with the place where it stands in the text."""
    from hobd.core.formats.toml_syntax import find_span

    return InvalidToml(frame(text, find_span(text, misfit.place, at_key=misfit.is_key), misfit.message))


def frame(text: str, span: Span, message: str) -> str:
    """What is wrong, below the line where it is wrong; without a newline at the end."""
    start, end = span
    line_start = text.rfind("\n", 0, min(start, max(len(text) - 1, 0))) + 1
    number = text.count("\n", 0, line_start) + 1
    column = start - line_start
    line = text[line_start:].partition("\n")[0]
    width = max(1, min(len(text[start:end].encode()), len(line.encode()) - column))  # in bytes, as uv counts it
    gutter = " " * (len(str(number)) + 1)
    return (
        f"TOML parse error at line {number}, column {column + 1}\n"
        f"{gutter}|\n{number} | {line}\n{gutter}| {' ' * column}{'^' * width}\n{message}"
    )


def _syntax_error(text: str, fallback: str) -> InvalidToml:
    from hobd.core.formats.toml_syntax import find_syntax_error

    found = find_syntax_error(text)
    return InvalidToml(fallback if found is None else frame(text, found.span, found.message))
