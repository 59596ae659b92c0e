"""Pages of an index: PEP 691 JSON and PEP 503 HTML, with PEP 592 (yanked), PEP 658 and 714 (metadata files), PEP 700 (sizes, times).

A page may have 20 MB and 5,000 versions, so files stay in the form in which they were read, and become `File`s one by
one when somebody looks at them.
"""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, TypeAlias, TypeVar
from urllib.parse import unquote, urljoin

import msgspec

from hobd.core.formats.html_links import find_tags
from hobd.core.formats.urls import InvalidUrl, parse_url, without_fragment
from hobd.core.vocab.digest import HEX_LENGTHS, STRENGTH, Digest
from hobd.core.vocab.distribution import File
from hobd.errors import WorldError

JSON_TYPE = "application/vnd.pypi.simple.v1+json"
HTML_TYPES = ("application/vnd.pypi.simple.v1+html", "text/html")
ACCEPT = f"{JSON_TYPE}, {HTML_TYPES[0]};q=0.2, {HTML_TYPES[1]};q=0.01"
"""What to ask an index for."""

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_PLAIN = re.compile(r"(?:/(?!\.{0,2}(?:/|$))[A-Za-z0-9_.+~-]+)+")
_ORIGIN = re.compile(r"[a-z]+://[^/?#]+")
_SURE = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,4})?/[!-~]*")
"""Absolute addresses that need no closer look."""
_HEX = re.compile(r"[0-9a-fA-F]*")
_LINKS = frozenset({"a", "base", "link"})
_LARGEST_SIZE = 2**64 - 1
_HTML_SIZE = re.compile(r"\+?[0-9]{1,40}", re.ASCII)

Shape = TypeVar("Shape")

MetadataOffer: TypeAlias = bool | dict[str, str] | None


class InvalidPage(WorldError):
    """A page that is not what the standards say."""

    default_code = 1


class InvalidEntry(WorldError):
    """A part of a page that means nothing. The message says why, without naming the page."""


class ListedFile(msgspec.Struct, gc=False):
    """One file as the page has it. `url` may be relative, and may have a fragment."""

    filename: str
    url: str
    hashes: dict[str, str]
    requires_python: str | None = msgspec.field(default=None, name="requires-python")
    size: Annotated[int, msgspec.Meta(ge=0)] | None = None
    upload_time: str | msgspec.UnsetType = msgspec.field(default=msgspec.UNSET, name="upload-time")
    yanked: bool | str = False
    core_metadata: MetadataOffer = msgspec.field(default=None, name="core-metadata")
    dist_info_metadata: MetadataOffer = msgspec.field(default=None, name="dist-info-metadata")
    data_dist_info_metadata: MetadataOffer = msgspec.field(default=None, name="data-dist-info-metadata")


class ProjectPage:
    """One project's page: the files in the order in which uv takes them, each read when it is looked at.

    Args:
        base: what relative links start from.
        list_files: all files, one way or another; called once, when the first one is looked at.
        may_list_others: whether files of other projects are left out in silence: pages for people may link to anything.
    """

    __slots__ = ("_base", "_list_files", "_listed", "filenames", "may_list_others")

    def __init__(
        self, base: str, filenames: list[str], list_files: "Callable[[], Sequence[ListedFile | msgspec.Raw]]", *, may_list_others: bool
    ) -> None:
        self.may_list_others = may_list_others
        self._base = base
        self.filenames = filenames
        self._list_files = list_files
        self._listed: Sequence[ListedFile | msgspec.Raw] | None = None

    def file(self, index: int) -> File:
        """One file in the form in which the house speaks of it.

        Raises:
            InvalidPage: its entry is not of the standard's shape.
        """
        if self._listed is None:
            self._listed = self._list_files()
        entry = self._listed[index]
        is_read = isinstance(entry, ListedFile)
        listed = entry if isinstance(entry, ListedFile) else _decode(_file_decoder(), entry, self._base)
        try:
            return self._made(listed)
        except InvalidEntry as error:
            raise _unexpected("HTML" if is_read else "JSON", self._base, error.message) from error

    def _made(self, listed: ListedFile) -> File:
        return File(
            filename=listed.filename,
            location=absolute(listed.url, self._base),
            digests=digests_of(listed.hashes),
            size=_size(listed.size),
            upload_time=None if listed.upload_time is msgspec.UNSET else _time(listed.upload_time),
            requires_python=listed.requires_python,
            yanked=_yanked(listed.yanked),
            metadata=_offer(listed),
        )


class _Named(msgspec.Struct, gc=False):
    filename: str


class _NamesPage(msgspec.Struct, gc=False):
    files: list[_Named]


class _RawPage(msgspec.Struct, gc=False):
    files: list[msgspec.Raw]


def parse_page(content: bytes, content_type: str, url: str) -> ProjectPage:
    """Read one project's page.

    Args:
        content_type: of the response; parameters behind `;` are ignored.
        url: where the page came from in the end, without credentials: relative links start there.
    Raises:
        InvalidPage: it is of another type, or cannot be read.
    """
    if not content_type:
        raise InvalidPage(f"Missing `Content-Type` header for `{url}`")
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type == JSON_TYPE:
        return parse_json(content, url)
    if media_type in HTML_TYPES:
        return parse_html(content, url)
    raise InvalidPage(f'Unsupported `Content-Type` "{media_type}" for `{url}`. Expected JSON or HTML.')


def parse_json(content: bytes, url: str) -> ProjectPage:
    """Read a PEP 691 page; files stay in the order of the page.

    At first only their names are read: that takes 1 ms a megabyte, a quarter of what all of it would.

    Raises:
        InvalidPage: it is no JSON, or not of the standard's shape.
    """
    names = [named.filename for named in _decode(_names_decoder(), content, url).files]
    return ProjectPage(url, names, lambda: _decode(_raw_decoder(), content, url).files, may_list_others=False)


def parse_html(content: bytes, url: str) -> ProjectPage:
    """Read a PEP 503 page; files are ordered by name.

    Raises:
        InvalidPage: its base is relative, or a digest is none.
    """
    reader = _HtmlReader(url)
    reader.read(content.decode("utf-8", "replace"))
    files = sorted(reader.files, key=lambda file: file.filename)
    return ProjectPage(reader.base, [listed.filename for listed in files], lambda: files, may_list_others=True)


def absolute(link: str, base: str) -> str:
    """Where a link leads, without its fragment: absolute ones as they are written, relative ones joined and normalized.

    Raises:
        InvalidPage: it leads nowhere.
    """
    address = without_fragment(link)[0]
    if _SURE.fullmatch(address):
        return address
    origin = _ORIGIN.match(base)
    if origin is not None and _PLAIN.fullmatch(address):
        return origin[0] + address  # what joining would give, 30 µs sooner
    is_absolute = _ABSOLUTE.match(address) is not None
    try:
        joined = parse_url(address if is_absolute else urljoin(base, address))
    except (InvalidUrl, ValueError) as error:
        reason = error.message.partition(': "')[0] if isinstance(error, InvalidUrl) else str(error)
        kind = "absolute URL" if is_absolute else "relative URL"
        raise InvalidPage(f"Could not parse {kind} `{address}` as a valid URL", causes=(reason,)) from error
    return address if is_absolute else joined


def digests_of_fragment(fragment: str) -> dict[str, str]:
    """`sha256=…` as a page's hashes; a fragment of several parts, or of none, says nothing.

    Raises:
        InvalidEntry: it names another algorithm.
    """
    algorithm, separator, digits = fragment.partition("=")
    if not separator or "=" in digits:
        return {}
    if algorithm not in STRENGTH:
        listed = ", ".join(f"`{each}`" for each in STRENGTH[:-1])
        raise InvalidEntry(f"Unsupported hash algorithm (expected one of: {listed}, or `{STRENGTH[-1]}`) on: `{fragment}`")
    return {algorithm: digits}


class _HtmlReader:
    """Collects anchors. `<base>` counts only before the first link."""

    def __init__(self, url: str) -> None:
        self.files: list[ListedFile] = []
        self.base = url
        self._url = url

    def read(self, page: str) -> None:
        """Take in the page.

        Raises:
            InvalidPage: see `parse_html`.
        """
        may_rebase = True
        for name, attributes in find_tags(page, _LINKS):
            if name == "base" and may_rebase:
                self._rebase(attributes.get("href"))
            may_rebase = False
            if name == "a" and attributes.get("href"):
                self._anchor(attributes)

    def _rebase(self, href: str | None) -> None:
        if not href:
            return
        try:
            self.base = parse_url(href)
        except InvalidUrl as error:
            reason = error.message.partition(': "')[0]
            raise _unexpected("HTML", self._url, f"Failed to parse URL: {href}", reason) from error

    def _anchor(self, attributes: dict[str, str]) -> None:
        address, fragment = without_fragment(attributes["href"])
        offer = attributes.get("data-core-metadata", attributes.get("data-dist-info-metadata"))
        try:
            hashes = digests_of_fragment(unquote(fragment))
            digests_of(hashes)
            offered = None if offer is None else _html_offer(offer)
        except InvalidEntry as error:
            raise _unexpected("HTML", self._url, error.message) from error
        self.files.append(
            ListedFile(
                filename=unquote(address.rpartition("/")[2].partition("?")[0]),
                url=address,
                hashes=hashes,
                requires_python=attributes.get("data-requires-python"),
                yanked=attributes.get("data-yanked", False),
                core_metadata=offered,
                size=_html_size(attributes.get("data-size", "")),
                upload_time=_html_time(attributes.get("data-upload-time", "")),
            )
        )


def _html_size(text: str) -> int | None:
    """Bytes; what is no number of 64 bits says nothing."""
    return int(text) if _HTML_SIZE.fullmatch(text) and int(text) <= _LARGEST_SIZE else None


def _html_time(text: str) -> str | msgspec.UnsetType:
    """A moment; what is none, or does not say in which zone, says nothing."""
    try:
        return text if text and datetime.fromisoformat(text).tzinfo is not None else msgspec.UNSET
    except ValueError:
        return msgspec.UNSET


def _html_offer(text: str) -> MetadataOffer:
    if text in ("true", "false"):
        return text == "true"
    try:
        found = digests_of_fragment(text)
        digests_of(found)
    except InvalidEntry:
        return None
    return found or None


def digests_of(hashes: dict[str, str]) -> tuple[Digest, ...]:
    """The digests of a page's hashes; algorithms that hob does not know are left out.

    Raises:
        InvalidEntry: the digits are no digits, or not as many as the algorithm has.
    """
    return tuple(Digest(algorithm, _digits(algorithm, digits)) for algorithm, digits in hashes.items() if algorithm in STRENGTH)


def _digits(algorithm: str, text: str) -> str:
    length = HEX_LENGTHS[algorithm]
    if len(text) != length:
        raise InvalidEntry(f"Invalid hash digest length (expected {length} hexadecimal characters, found {len(text)})")
    if not _HEX.fullmatch(text):
        raise InvalidEntry(f"Invalid hash digest (expected only hexadecimal characters): `{text}`")
    return text.lower()


def _size(size: int | None) -> int | None:
    if size is not None and size > _LARGEST_SIZE:
        raise InvalidEntry(f"invalid type: floating point `{float(size)}`, expected u64")
    return size


def _time(text: str) -> str:
    try:
        datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidEntry(f"failed to parse the upload time `{text}`: {error}") from error
    return text


def _yanked(value: bool | str) -> str | None:
    if isinstance(value, str):
        return value
    return "" if value else None


def _offer(listed: ListedFile) -> bool | Digest:
    """PEP 714: the new key beats the old one, which beats the one that was a mistake."""
    for offer in (listed.core_metadata, listed.dist_info_metadata, listed.data_dist_info_metadata):
        if isinstance(offer, dict):
            digests = digests_of(offer)
            return max(digests, key=lambda digest: STRENGTH.index(digest.algorithm)) if digests else True
        if offer is not None:
            return offer
    return False


def _decode(decoder: "msgspec.json.Decoder[Shape]", content: bytes | msgspec.Raw, url: str) -> Shape:
    try:
        return decoder.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _unexpected("JSON", url, str(error)) from error
    except RecursionError as error:  # what is nested is never looked at, but it has to be stepped over
        raise _unexpected("JSON", url, "recursion limit exceeded") from error


def _unexpected(form: str, url: str, *causes: str) -> InvalidPage:
    return InvalidPage(f"Received some unexpected {form} from `{url}`", causes=causes)


@lru_cache(maxsize=1)
def _names_decoder() -> "msgspec.json.Decoder[_NamesPage]":
    return msgspec.json.Decoder(_NamesPage)


@lru_cache(maxsize=1)
def _raw_decoder() -> "msgspec.json.Decoder[_RawPage]":
    return msgspec.json.Decoder(_RawPage)


@lru_cache(maxsize=1)
def _file_decoder() -> "msgspec.json.Decoder[ListedFile]":
    return msgspec.json.Decoder(ListedFile)
