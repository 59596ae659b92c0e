"""How long an answer may be used without asking again (RFC 9111, for a private cache)."""

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from msgspec import Struct

_DIRECTIVE = re.compile(r"([A-Za-z-]+)(?:=\"?([^\",\s]*)\"?)?")


class Freshness(Struct, frozen=True, kw_only=True):
    """What an answer's headers say of it."""

    etag: str | None = None
    last_modified: str | None = None
    lifetime_seconds: float = 0.0
    """From when it was received; 0: it is asked for again each time."""
    may_store: bool = True
    is_silent: bool = False
    """Whether the headers do not say how long it may be used."""

    def conditions(self) -> dict[str, str]:
        """The headers that ask for it only if it has changed."""
        found = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in found.items() if value}


def parse_freshness(headers: Mapping[str, str]) -> Freshness:
    """Read an answer's headers (names in any case)."""
    directives = parse_cache_control(headers.get("Cache-Control", ""))
    return Freshness(
        etag=headers.get("ETag"),
        last_modified=headers.get("Last-Modified"),
        lifetime_seconds=max(0.0, _lifetime(directives, headers) - _number(headers.get("Age"))),
        may_store="no-store" not in directives,
        is_silent=headers.get("Cache-Control") is None and headers.get("Expires") is None,
    )


def lifetime_under(control: str) -> float:
    """The lifetime that a configured `cache-control` gives, whatever the answer said."""
    return _lifetime(parse_cache_control(control), {})


def parse_cache_control(text: str) -> dict[str, str]:
    """The directives by lower-case name; those without a value have an empty one."""
    return {name.lower(): value for name, value in _DIRECTIVE.findall(text)}


def _lifetime(directives: Mapping[str, str], headers: Mapping[str, str]) -> float:
    if "no-cache" in directives or "no-store" in directives:
        return 0.0
    if "max-age" in directives:
        return _number(directives["max-age"])
    if "immutable" in directives:
        return 365 * 86400.0
    return _until_expiry(headers.get("Expires"), headers.get("Date"))


def _until_expiry(expires: str | None, date: str | None) -> float:
    if expires is None or date is None:
        return 0.0
    try:
        return max(0.0, (parsedate_to_datetime(expires) - parsedate_to_datetime(date)).total_seconds())
    except (ValueError, TypeError):
        return 0.0


def _number(text: str | None) -> float:
    return float(text) if text is not None and text.strip().isdigit() else 0.0
