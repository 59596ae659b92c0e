"""Pages of an index: PEP 691 JSON and PEP 503 HTML, with PEP 592 (yanked), PEP 658 and 714 (metadata files), PEP 700 (sizes, times).

A page may have 20 MB and 5,000 versions, so files stay in the form in which they were read, and become `File`s one by
one when somebody looks at them.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from html.parser import HTMLParser
from typing import TypeAlias, TypeVar
from urllib.parse import unquote, urljoin

import msgspec

from hobd.core.formats.urls import InvalidUrl, parse_url, without_fragment
from hobd.core.vocab.digest import STRENGTH, Digest
from hobd.core.vocab.distribution import File
from hobd.errors import WorldError

JSON_TYPE = "application/vnd.pypi.simple.v1+json"
HTML_TYPES = ("application/vnd.pypi.simple.v1+html", "text/html")
ACCEPT = f"{JSON_TYPE}, {HTML_TYPES[0]};q=0.2, {HTML_TYPES[1]};q=0.01"
"""What to ask an index for."""

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_PLAIN = re.compile(r"(?:/(?!\.{0,2}(?:/|$))[A-Za-z0-9_.+~-]+)+")
_ORIGIN = re.compile(r"[a-z]+://[^/?#]+")

Shape = TypeVar("Shape")

MetadataOffer: TypeAlias = bool | dict[str, str] | None


class InvalidPage(WorldError):
    """A page that is not what the standards say."""

    default_code = 1


class ListedFile(msgspec.Struct, gc=False):
    """One file as the page has it. `url` may be relative, and may have a fragment."""

    filename: str
    url: str
    hashes: dict[str, str] = {}
    requires_python: str | None = msgspec.field(default=None, name="requires-python")
    size: int | None = None
    upload_time: str | None = msgspec.field(default=None, name="upload-time")
    yanked: bool | str = False
    core_metadata: MetadataOffer = msgspec.field(default=None, name="core-metadata")
    dist_info_metadata: MetadataOffer = msgspec.field(default=None, name="dist-info-metadata")
    data_dist_info_metadata: MetadataOffer = msgspec.field(default=None, name="data-dist-info-metadata")


class ProjectPage:
    """One project's page: the files in the order in which uv takes them, each read when it is looked at.

    Args:
        base: what relative links start from.
        list_files: all files, one way or another; called once, when the first one is looked at.
    """

    __slots__ = ("_base", "_list_files", "_listed", "filenames")

    def __init__(self, base: str, filenames: list[str], list_files: "Callable[[], Sequence[ListedFile | msgspec.Raw]]") -> None:
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
        listed = entry if isinstance(entry, ListedFile) else _decode(_file_decoder(), entry, self._base)
        return File(
            filename=listed.filename,
            location=absolute(listed.url, self._base),
            digests=_digests(listed.hashes),
            size=listed.size,
            upload_time=listed.upload_time,
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
    return ProjectPage(url, names, lambda: _decode(_raw_decoder(), content, url).files)


def parse_html(content: bytes, url: str) -> ProjectPage:
    """Read a PEP 503 page; files are ordered by name.

    Raises:
        InvalidPage: its base is relative, or a link leads nowhere.
    """
    reader = _HtmlReader(url)
    reader.feed(content.decode("utf-8", "replace"))
    reader.close()
    files = sorted(reader.files, key=lambda file: file.filename)
    return ProjectPage(reader.base, [listed.filename for listed in files], lambda: files)


def absolute(link: str, base: str) -> str:
    """Where a link leads, without its fragment: absolute ones as they are written, relative ones joined and normalized."""
    address = without_fragment(link)[0]
    if _ABSOLUTE.match(address):
        return address
    origin = _ORIGIN.match(base)
    if origin is not None and _PLAIN.fullmatch(address):
        return origin[0] + address  # what joining would give, 30 µs sooner
    return parse_url(urljoin(base, address))


def digests_of_fragment(fragment: str) -> dict[str, str]:
    """`sha256=…` as a page's hashes; anything else says nothing."""
    algorithm, separator, digits = fragment.partition("=")
    return {algorithm: digits.partition("&")[0]} if separator else {}


class _HtmlReader(HTMLParser):
    """Collects anchors. `<base>` counts only before the first link."""

    def __init__(self, url: str) -> None:
        super().__init__(convert_charrefs=True)
        self.files: list[ListedFile] = []
        self.base = url
        self._url = url
        self._may_rebase = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._may_rebase = False
            self._anchor(dict(attrs))
        elif tag == "link":
            self._may_rebase = False
        elif tag == "base" and self._may_rebase:
            self._may_rebase = False
            self._rebase(dict(attrs).get("href"))

    def _rebase(self, href: str | None) -> None:
        if not href:
            return
        try:
            self.base = parse_url(href)
        except InvalidUrl as error:
            reason = error.message.partition(': "')[0]
            raise self._invalid(f"Failed to parse URL: {href}", reason) from error

    def _anchor(self, attributes: dict[str, str | None]) -> None:
        href = attributes.get("href")
        if not href:
            raise self._invalid("Missing href attribute on anchor link")
        address, fragment = without_fragment(href)
        offer = attributes.get("data-core-metadata", attributes.get("data-dist-info-metadata"))
        self.files.append(
            ListedFile(
                filename=unquote(address.rpartition("/")[2].partition("?")[0]),
                url=address,
                hashes=digests_of_fragment(unquote(fragment)),
                requires_python=attributes.get("data-requires-python"),
                yanked=(attributes["data-yanked"] or "") if "data-yanked" in attributes else False,
                core_metadata=None if offer is None else _html_offer(offer),
            )
        )

    def _invalid(self, *causes: str) -> InvalidPage:
        return InvalidPage(f"Received some unexpected HTML from `{self._url}`", causes=causes)


def _html_offer(text: str) -> MetadataOffer:
    if text in ("true", "false"):
        return text == "true"
    return digests_of_fragment(text) or None


def _digests(hashes: dict[str, str]) -> tuple[Digest, ...]:
    return tuple(Digest(algorithm, digits.lower()) for algorithm, digits in hashes.items() if algorithm in STRENGTH and digits)


def _yanked(value: bool | str) -> str | None:
    if isinstance(value, str):
        return value
    return "" if value else None


def _offer(listed: ListedFile) -> bool | Digest:
    """PEP 714: the new key beats the old one, which beats the one that was a mistake."""
    for offer in (listed.core_metadata, listed.dist_info_metadata, listed.data_dist_info_metadata):
        if isinstance(offer, dict):
            digests = _digests(offer)
            return max(digests, key=lambda digest: STRENGTH.index(digest.algorithm)) if digests else True
        if offer is not None:
            return offer
    return False


def _decode(decoder: "msgspec.json.Decoder[Shape]", content: bytes | msgspec.Raw, url: str) -> Shape:
    try:
        return decoder.decode(content)
    except msgspec.DecodeError as error:
        raise InvalidPage(f"Received some unexpected JSON from `{url}`", causes=(str(error),)) from error


@lru_cache(maxsize=1)
def _names_decoder() -> "msgspec.json.Decoder[_NamesPage]":
    return msgspec.json.Decoder(_NamesPage)


@lru_cache(maxsize=1)
def _raw_decoder() -> "msgspec.json.Decoder[_RawPage]":
    return msgspec.json.Decoder(_RawPage)


@lru_cache(maxsize=1)
def _file_decoder() -> "msgspec.json.Decoder[ListedFile]":
    return msgspec.json.Decoder(ListedFile)
