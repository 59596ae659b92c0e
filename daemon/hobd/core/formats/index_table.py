"""One `[[tool.uv.index]]` entry, or one index given by a single text (features.md, section 4)."""

import re
from typing import Any

from hobd.core.formats.exclude_newer import exclude_newer_text
from hobd.core.formats.shapes import (
    Misfit,
    Place,
    Reader,
    boolean,
    fields,
    list_of,
    parsed,
    required,
    string,
    variant,
    wrong_type,
)
from hobd.core.formats.urls import has_known_scheme, parse_url
from hobd.core.vocab.index import Index
from hobd.errors import RequestError

_ALLOWED = re.compile(r"[A-Za-z0-9_.-]+")


class InvalidIndex(RequestError):
    """A text that names no index."""


def parse_index_name(text: str) -> str:
    """Check the name of an index; it is kept as written.

    Raises:
        InvalidIndex: it is empty or has characters that a name may not have.
    """
    if not text:
        raise InvalidIndex("Index included a name, but the name was empty")
    if _ALLOWED.fullmatch(text):
        return text
    odd = next(character for character in text if not _ALLOWED.fullmatch(character))
    if odd.isascii():
        raise InvalidIndex(
            "Index names may only contain letters, digits, hyphens, underscores, and periods, "
            f"but found unsupported character (`{odd}`) in: `{text}`"
        )
    raise InvalidIndex(f"Index names must be ASCII, but found non-ASCII character (`{odd}`) in: `{text}`")


def parse_index_url(text: str) -> str:
    """A normalized URL, or a path as it was written.

    Raises:
        InvalidUrl: it has the scheme of a URL, but is none.
    """
    return parse_url(text) if has_known_scheme(text) else text


def parse_bare_index(text: str) -> Index:
    """Read `URL` or `PATH`.

    Raises:
        InvalidUrl: it has the scheme of a URL, but is none.
    """
    return Index(url=parse_index_url(text))


index_name: Reader[str] = parsed(parse_index_name)
"""The name of an index, in a table."""


def _status_code(value: object, place: Place) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise wrong_type(value, place, "u16")
    if not 0 <= value <= 65535:
        raise Misfit(f"invalid value: integer `{value}`, expected u16", place)
    if not 100 <= value <= 999:
        raise Misfit(f"{value} is not a valid HTTP status code", place)
    return value


def _cache_control(value: object, place: Place) -> tuple[str | None, str | None]:
    found = fields(value, place, {"api": string, "files": string}, closed=False, wanted="struct IndexCacheControlWire")
    return found.get("api"), found.get("files")


_KEYS: dict[str, Reader[Any]] = {
    "name": index_name,
    "url": parsed(parse_index_url),
    "explicit": boolean,
    "default": boolean,
    "format": variant("simple", "flat"),
    "publish-url": parsed(parse_url),
    "authenticate": variant("auto", "always", "never"),
    "ignore-error-codes": list_of(_status_code),
    "cache-control": _cache_control,
    "hash-algorithm": variant("sha256", "sha384", "sha512", "blake2b"),
    "exclude-newer": exclude_newer_text,
}


def index(value: object, place: Place) -> Index:
    """One table; unknown keys in it are ignored."""
    found = fields(value, place, _KEYS, closed=False, wanted="struct IndexWire")
    url = required(found, "url", place)
    if found.get("explicit") and "name" not in found:
        raise Misfit(f"An index with `explicit = true` requires a `name`: {url}", place[:-1])
    api, files = found.get("cache-control", (None, None))
    return Index(
        url=url,
        name=found.get("name"),
        is_default=found.get("default", False),
        is_explicit=found.get("explicit", False),
        is_flat=found.get("format") == "flat",
        authenticate=found.get("authenticate", "auto"),
        ignore_error_codes=found.get("ignore-error-codes"),
        cache_control_api=api,
        cache_control_files=files,
        exclude_newer=found.get("exclude-newer"),
        hash_algorithm=found.get("hash-algorithm"),
        publish_url=found.get("publish-url"),
    )


def project_indexes(value: object, place: Place) -> tuple[Index, ...]:
    """The list of a project: names differ, and at most one is the default."""
    found = list_of(index)(value, place)
    names: set[str] = set()
    for entry in found:
        if entry.name is not None and entry.name in names:
            raise Misfit(f"duplicate index name `{entry.name}`", place)
        names.add(entry.name or "")
    if sum(entry.is_default for entry in found) > 1:
        raise Misfit("found multiple indexes with `default = true`; only one index may be marked as default", place)
    return found
