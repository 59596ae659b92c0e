"""Pages of an index: PEP 691 JSON and PEP 503 HTML, with PEP 592 (yanked), PEP 658 and 714 (metadata files), PEP 700 (sizes, times).

A page may have 20 MB and 5,000 versions, so files stay in the form in which they were read, and become `File`s one by
one when somebody looks at them.
"""

import re
from functools import lru_cache
from html.parser import HTMLParser
from typing import TypeAlias
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


class ProjectPage(msgspec.Struct, gc=False):
    """One project's page: what relative links start from, and the files in the order in which uv takes them."""

    base: str
    files: list[ListedFile]

    def file(self, listed: ListedFile) -> File:
        """The file in the form in which the house speaks of it."""
        return File(
            filename=listed.filename,
            location=absolute(listed.url, self.base),
            digests=_digests(listed.hashes),
            size=listed.size,
            upload_time=listed.upload_time,
            requires_python=listed.requires_python,
            yanked=_yanked(listed.yanked),
            metadata=_offer(listed),
        )


class _JsonPage(msgspec.Struct, gc=False):
    files: list[ListedFile]


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

    Raises:
        InvalidPage: it is no JSON, or not of the standard's shape.
    """
    try:
        page = _json_decoder().decode(content)
    except msgspec.DecodeError as error:
        raise InvalidPage(f"Received some unexpected JSON from `{url}`", causes=(str(error),)) from error
    return ProjectPage(base=url, files=page.files)


def parse_html(content: bytes, url: str) -> ProjectPage:
    """Read a PEP 503 page; files are ordered by name.

    Raises:
        InvalidPage: its base is relative, or a link leads nowhere.
    """
    reader = _HtmlReader(url)
    reader.feed(content.decode("utf-8", "replace"))
    reader.close()
    return ProjectPage(base=reader.base, files=sorted(reader.files, key=lambda file: file.filename))


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


@lru_cache(maxsize=1)
def _json_decoder() -> "msgspec.json.Decoder[_JsonPage]":
    return msgspec.json.Decoder(_JsonPage)
