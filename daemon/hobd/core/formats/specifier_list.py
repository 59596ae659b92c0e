"""Lists of version specifiers as distributions declare them: normalized, and repaired where they are commonly wrong (uv-lock.md 4.5)."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

from packaging.specifiers import InvalidSpecifier, Specifier, SpecifierSet
from packaging.version import InvalidVersion

from hobd.core.formats.version_text import specifier_fault
from hobd.core.vocab.version import version_of
from hobd.errors import RequestError

Value = TypeVar("Value")

_PARTS = re.compile(r"\s*(===|==|!=|~=|<=|>=|<|>)\s*([^\s=!~<>]\S*?)\s*")
_STRAY_QUOTES = re.compile(r"""['"]""")


def _without_quotes(text: str) -> str:
    head, separator, marker = text.partition(";")
    return _STRAY_QUOTES.sub("", head) + separator + marker


REPAIRS: tuple[Callable[[str], str], ...] = (
    lambda text: re.sub(r"(\d)([<>=~^!])", r"\1,\2", text),
    lambda text: re.sub(r"!=~((?:\d\.)*\d)", r"!=\1.*", text),
    lambda text: re.sub(r"(<=|>=|<|>)(\d+(\.\d+)*)\.\*", r"\1\2", text),
    lambda text: re.sub(r"(\d\.\d)+\*", r"\1.*", text),
    lambda text: re.sub(r",\s*$", "", text),
    lambda text: text.replace(">dev", ">0.0.0dev"),
    lambda text: re.sub(r"(\d+(\.\d)*(a|b|rc|post|dev)\d+)\.0", r"\1", text),
    _without_quotes,
)
"""What is tried, one on top of the other: `>=1<2`, `!=~5.0`, `>=1.*`, `!=3.0*`, `>=1,`, `>dev`, `>=9.0a1.0`, `>='2'`."""

_LONGEST_REPAIRED = 1000
"""In characters. Looking for mistakes takes time in the square of the length, and whoever writes by hand writes less."""


class InvalidSpecifiers(RequestError):
    """A text that is no list of version specifiers."""


def repaired(parse: Callable[[str], Value], text: str) -> Value:
    """What `parse` makes of a text, or else of the text with ever more repairs.

    Raises:
        RequestError: no repair helps; the error is that of the text as it was.
    """
    try:
        return parse(text)
    except RequestError as error:
        patched = text
        for repair in REPAIRS if len(text) <= _LONGEST_REPAIRED else ():
            attempt = repair(patched)
            if attempt == patched:
                continue
            patched = attempt
            try:
                return parse(patched)
            except RequestError:
                continue
        raise error from None


@lru_cache(maxsize=16384)
def parse_specifier(text: str) -> Specifier:
    """Read one comparison; its version is brought to its normal form (`==v1.0-alpha` to `==1.0a0`).

    Raises:
        InvalidSpecifiers: says what is wrong, in uv's words.
    """
    found = _PARTS.fullmatch(text)
    if found is not None:
        operator, version = found.groups()
        stem, wildcard = (version[:-2], ".*") if version.endswith(".*") else (version, "")
        try:
            return Specifier(f"{operator}{version_of(stem)}{wildcard}")
        except (InvalidVersion, InvalidSpecifier):
            pass
    raise InvalidSpecifiers(specifier_fault(text) or f"Invalid specifier `{text}`")


def parse_specifier_list(text: str) -> SpecifierSet:
    """Read specifiers separated by commas; one comma at the end is allowed, and so is nothing at all.

    Raises:
        InvalidSpecifiers: one of them is none.
    """
    parts = text.split(",")
    if len(parts) > 1 and not parts[-1].strip():
        parts.pop()
    return SpecifierSet(parse_specifier(part) for part in parts) if text.strip() else SpecifierSet()


@lru_cache(maxsize=4096)
def parse_lenient_specifiers(text: str) -> SpecifierSet:
    """Read the specifiers of a `Requires-Python`, repaired where that helps.

    Raises:
        InvalidSpecifiers: no repair helps.
    """
    return repaired(parse_specifier_list, text)
