"""`METADATA` and `PKG-INFO`: only the header, and of it only what resolving needs (core metadata 2.x)."""

from collections.abc import Iterable, Iterator

from packaging.specifiers import SpecifierSet

from hobd.core.formats.requirement import parse_lenient_requirement
from hobd.core.formats.specifier_list import parse_lenient_specifiers
from hobd.core.formats.version_text import InvalidVersionText, parse_version
from hobd.core.vocab.metadata import Metadata
from hobd.core.vocab.names import InvalidName, Name, parse_name
from hobd.errors import RequestError

_WANTED = frozenset({"metadata-version", "name", "version", "requires-python", "requires-dist", "provides-extra", "dynamic"})
_DECIDING = frozenset({"requires-python", "requires-dist", "provides-extra"})
"""The fields that must not be dynamic for a source distribution's metadata to be trusted (PEP 643)."""


class InvalidMetadata(RequestError):
    """Metadata that lacks a field, or has one that cannot be read. The message is uv's reason."""


def parse_metadata(content: bytes) -> Metadata:
    """Read the metadata of a wheel. Costs about 10 µs a requirement the first time, less when it was seen before.

    Args:
        content: a header like that of a mail, up to its first empty line; what follows is not looked at.
    Raises:
        InvalidMetadata: name or version is missing, or a field cannot be read even when repaired.
    """
    return _metadata(_collect(content))


def parse_static_metadata(content: bytes) -> Metadata | None:
    """Read the `PKG-INFO` of a source distribution; None where a build may say otherwise (PEP 643).

    Raises:
        InvalidMetadata: as `parse_metadata`.
    """
    fields = _collect(content)
    if _metadata_version(fields) < (2, 2):
        return None
    if _DECIDING & {value.strip().lower() for value in fields.get("dynamic", ())}:
        return None
    return _metadata(fields)


def _metadata(fields: dict[str, list[str]]) -> Metadata:
    try:
        return Metadata(
            name=parse_name(_one(fields, "name", "Name")),
            version=parse_version(_one(fields, "version", "Version")),
            requires_dist=tuple(parse_lenient_requirement(text) for text in fields.get("requires-dist", ())),
            requires_python=_requires_python(fields),
            provides_extras=tuple(_extras(fields.get("provides-extra", ()))),
        )
    except InvalidVersionText as error:
        raise InvalidMetadata(error.message) from error
    except InvalidMetadata:
        raise
    except RequestError as error:
        raise InvalidMetadata(error.message) from error


def _requires_python(fields: dict[str, list[str]]) -> SpecifierSet | None:
    texts = fields.get("requires-python")
    return parse_lenient_specifiers(texts[0]) if texts else None


def _extras(texts: Iterable[str]) -> Iterator[Name]:
    """The extras in order; names that are invalid are left out, as uv does."""
    for text in texts:
        try:
            yield parse_name(text)
        except InvalidName:
            continue


def _one(fields: dict[str, list[str]], key: str, shown: str) -> str:
    texts = fields.get(key)
    if not texts or texts[0] == "UNKNOWN":
        raise InvalidMetadata(f"Metadata field {shown} not found")
    return texts[0]


def _metadata_version(fields: dict[str, list[str]]) -> tuple[int, int]:
    major, _, minor = _one(fields, "metadata-version", "Metadata-Version").partition(".")
    return (int(major), int(minor)) if major.isdigit() and minor.isdigit() else (0, 0)


def _collect(content: bytes) -> dict[str, list[str]]:
    """The values of the wanted fields by lower-case name; continuation lines are joined by line breaks."""
    fields: dict[str, list[str]] = {}
    values: list[str] | None = None
    for line in _header_lines(content):
        if line[0] in " \t":
            if values:
                values[-1] += "\n" + line.strip()
            continue
        name, _, value = line.partition(":")
        key = name.lower()
        values = fields.setdefault(key, []) if key in _WANTED else None
        if values is not None:
            values.append(value.strip())
    return fields


def _header_lines(content: bytes) -> Iterator[str]:
    """The lines before the first empty one; a long description behind it is not even decoded."""
    start = 3 if content.startswith(b"\xef\xbb\xbf") else 0
    ends = [end for mark in (b"\n\n", b"\n\r\n", b"\r\r") if (end := content.find(mark, start)) >= 0]
    for line in content[start : min(ends, default=len(content))].decode("utf-8", "replace").splitlines():
        if not line:
            return
        yield line
