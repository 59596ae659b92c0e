"""Requirements as text (PEP 508), refused in uv's words with a caret below what is wrong.

specification = name [extras] ('@' url | '(' specifiers ')' | specifiers)? (';' marker)?
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from packaging.specifiers import Specifier, SpecifierSet

from hobd.core.formats.direct_reference import parse_direct_reference
from hobd.core.formats.marker_fault import find_marker_fault
from hobd.core.formats.specifier_list import InvalidSpecifiers, parse_specifier, repaired
from hobd.core.markers import TRUE, InvalidMarker, Marker
from hobd.core.vocab.names import Name, normalize
from hobd.core.vocab.requirement import Requirement
from hobd.core.vocab.source import Source
from hobd.errors import RequestError

_NAME = re.compile(r"[A-Za-z0-9._-]*")
_LETTER_OR_DIGIT = re.compile(r"[A-Za-z0-9]")
_ARCHIVE = re.compile(r"\.(whl|tbz|txz|tlz|zip|tgz|tar|tar\.(bz2|xz|lz|lzma|gz))$")
_SIMPLE = re.compile(r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(\(?)([^;@\[()]*)(\)?)\s*(?:;(.*))?", re.DOTALL)


class InvalidRequirement(RequestError):
    """A text that is no requirement. The message has the reason, the text, and carets below what is wrong.

    Args:
        reason: what is wrong, in uv's words.
        text: the whole requirement.
        start: where it is wrong, in characters.
        length: over how many.
    """

    def __init__(self, reason: str, text: str, start: int, length: int) -> None:
        carets = "^" if start == len(text) else "^" * length
        super().__init__(f"{reason}\n{text}\n{' ' * start}{carets}")
        self.reason = reason


def parse_requirement(text: str, base: str | None = None) -> Requirement:
    """Read a requirement.

    Args:
        text: PEP 508; beyond it, the reference after `@` may be a path, as in uv.
        base: the folder that relative paths start from, itself relative to the lock or absolute; None: they stay as they are.
    Raises:
        InvalidRequirement: says what is wrong, and where.
    """
    return _parse(text, base)


def parse_lenient_requirement(text: str) -> Requirement:
    """Read what a distribution declares: common mistakes in its specifiers are repaired (uv-lock.md 4.5).

    Raises:
        InvalidRequirement: no repair helps.
    """
    return repaired(_parse, text)


@lru_cache(maxsize=32768)
def _parse(text: str, base: str | None = None) -> Requirement:
    return _fast(text) or _Reader(text, base).requirement()


def _fast(text: str) -> Requirement | None:
    """The usual shape, without extras and references; whatever is odd is left to the reader."""
    found = _SIMPLE.fullmatch(text)
    if found is None or bool(found[2]) != bool(found[4]) or _ARCHIVE.search(found[1]):
        return None
    listed, marker_text = found[3].strip(), found[5]
    try:
        specifier = SpecifierSet(parse_specifier(part) for part in listed.split(",")) if listed else SpecifierSet()
        marker = TRUE if marker_text is None else Marker.parse(marker_text.strip())
    except (InvalidSpecifiers, InvalidMarker):
        return None
    if found[2] and not listed:
        return None
    return Requirement(name=normalize(found[1]), specifier=specifier, marker=marker)


class _Reader:
    """Reads one requirement from left to right."""

    def __init__(self, text: str, base: str | None) -> None:
        self._text = text
        self._base = base
        self._at = 0

    def requirement(self) -> Requirement:
        self._skip_blanks()
        start = self._at
        name = self._name()
        self._skip_blanks()
        extras = tuple(self._extras())
        self._skip_blanks()
        specifier, source = self._version_or_source(start)
        end = self._at
        self._skip_blanks()
        if source is None and not self._peek() and _ARCHIVE.search(self._text[start:end]):
            self._refuse_unnamed(start, "https://...", length=0)
        marker = self._marker() if self._peek() == ";" else None
        if marker is None:
            self._expect_end(source, end)
        return Requirement(name=name, extras=extras, specifier=specifier, marker=marker or TRUE, source=source)

    def _name(self) -> Name:
        start = self._at
        if start == len(self._text):
            raise InvalidRequirement("Empty field is not allowed for PEP508", self._text, 0, 1)
        if not _LETTER_OR_DIGIT.match(self._text, start):
            self._refuse_unnamed(start, "/path/to/file")
            raise self._error(f"Expected package name starting with an alphanumeric character, found `{self._text[start]}`", start)
        text = self._take(_NAME)
        if not text[-1].isalnum():
            raise self._error(f"Package name must end with an alphanumeric character, not `{text[-1]}`", self._at - 1)
        return normalize(text)

    def _extras(self) -> Iterator[Name]:
        opening = self._at
        if self._peek() != "[":
            return
        self._at += 1
        self._skip_blanks()
        is_first = True
        while self._peek() != "]":
            self._separator(is_first)
            self._skip_blanks()
            yield self._extra(opening)
            self._skip_blanks()
            is_first = False
        self._at += 1

    def _separator(self, is_first: bool) -> None:
        character = self._peek()
        if is_first and character == ",":
            raise self._error(
                "Expected either alphanumerical character (starting the extra name) or `]` (ending the extras section), found `,`", self._at
            )
        if is_first or not character:
            return
        if character != ",":
            raise self._error(f"Expected either `,` (separating extras) or `]` (ending the extras section), found `{character}`", self._at)
        self._at += 1

    def _extra(self, opening: int) -> Name:
        if not self._peek():
            raise self._error("Missing closing bracket (expected ']', found end of dependency specification)", opening)
        if not _LETTER_OR_DIGIT.match(self._peek()):
            raise self._error(f"Expected an alphanumeric character starting the extra name, found `{self._peek()}`", self._at)
        text = self._take(_NAME)
        if self._peek() and self._peek() not in ",]" and not self._peek().isspace():
            raise self._error(
                f"Invalid character in extras name, expected an alphanumeric character, `-`, `_`, `.`, `,` or `]`, found `{self._peek()}`",
                self._at,
            )
        return normalize(text)

    def _version_or_source(self, start: int) -> tuple[SpecifierSet, Source | None]:
        character = self._peek()
        if character == "@":
            self._at += 1
            return SpecifierSet(), self._source()
        if character == "(":
            return self._specifiers_in_parentheses(), None
        if character and character in "<=>~!":
            return self._specifiers(self._find(";")), None
        if character and character != ";":
            self._refuse_unnamed(start, "https://...")
            raise self._error(f"Expected one of `@`, `(`, `<`, `=`, `>`, `~`, `!`, `;`, found `{character}`", self._at)
        return SpecifierSet(), None

    def _specifiers_in_parentheses(self) -> SpecifierSet:
        opening = self._at
        self._at += 1
        self._skip_blanks()
        closing = self._text.find(")", self._at)
        if closing < 0:
            raise self._error("Missing closing parenthesis (expected ')', found end of dependency specification)", opening)
        found = self._specifiers(closing)
        self._at += 1
        return found

    def _specifiers(self, end: int) -> SpecifierSet:
        start, parts = self._at, self._text[self._at : end].split(",")
        if len(parts) > 1 and not parts[-1].strip():
            parts.pop()
        found: list[Specifier] = []
        for part in parts:
            try:
                found.append(parse_specifier(part))
            except InvalidSpecifiers as error:
                raise InvalidRequirement(error.message, self._text, start, len(part)) from None
            start += len(part) + 1
        self._at = end
        return SpecifierSet(found)

    def _source(self) -> Source:
        self._skip_blanks()
        start = self._at
        end = self._end_of_reference()
        reference = self._text[start:end]
        if not reference:
            raise InvalidRequirement("Expected URL", self._text, start, 0)
        self._at = end
        try:
            return parse_direct_reference(reference, self._base)
        except RequestError as error:
            raise InvalidRequirement(error.message, self._text, start, len(reference)) from error

    def _end_of_reference(self) -> int:
        """The reference ends at a line's end, at blanks before `;` or `#`, and behind a `;` or `#` before a blank."""
        text, at = self._text, self._at
        while at < len(text):
            if text[at] in "\r\n":
                return at
            if text[at].isspace() and text[at:].lstrip()[:1] in ("", ";", "#"):
                return at
            at += 1
            if text[at : at + 1] in (";", "#") and text[at + 1 : at + 2].isspace():
                return at
        return at

    def _marker(self) -> Marker:
        self._at += 1
        text = self._text[self._at :]
        try:
            return Marker.parse(text.strip())
        except InvalidMarker as error:
            fault = find_marker_fault(text)
            if fault is None:
                raise InvalidRequirement(error.message, self._text, self._at, len(text)) from error
            raise InvalidRequirement(fault.reason, self._text, self._at + fault.start, fault.length) from None

    def _expect_end(self, source: Source | None, end: int) -> None:
        character = self._peek()
        if not character:
            return
        if source is not None and self._text[end - 1] in ";#":
            raise self._error(f"Missing space before '{self._text[end - 1]}', the end of the URL is ambiguous", end - 1)
        raise self._error(f"Expected end of input or `;`, found `{character}`", self._at)

    def _refuse_unnamed(self, start: int, example: str, length: int | None = None) -> None:
        """A reference without a name is common in requirements files, but it is no requirement."""
        word = self._text[start:].split(maxsplit=1)[0]
        address = word.rpartition("[")[0] if word.endswith("]") else word
        looks_like_one = address[:1] in ("\\", "/", ".") or "/" in address or "\\" in address or _ARCHIVE.search(address)
        if looks_like_one or re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", address):
            raise InvalidRequirement(
                "URL requirement must be preceded by a package name. "
                f"Add the name of the package before the URL (e.g., `package_name @ {example}`).",
                self._text,
                start,
                len(word) if length is None else length,
            )

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _take(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._at)
        assert found is not None  # the patterns used here match the empty text too
        self._at = found.end()
        return found[0]

    def _find(self, character: str) -> int:
        found = self._text.find(character, self._at)
        return len(self._text) if found < 0 else found

    def _skip_blanks(self) -> None:
        while self._peek().isspace():
            self._at += 1

    def _error(self, reason: str, start: int) -> InvalidRequirement:
        return InvalidRequirement(reason, self._text, start, 1)
