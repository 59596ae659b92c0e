"""One request's way to the network: retries, redirects, credentials, proxies and time-outs.

fetch ─ attempt ─ hop ─ hop ─ … ─ consume(reply)
  ↑ waits and repeats when the failure is transient (408, 429, 5xx, resets, truncation, time-outs)
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urljoin, urlsplit

import anyio
from msgspec import Struct

from hobd import __version__
from hobd.core.formats.urls import InvalidUrl, parse_url, without_credentials, without_fragment
from hobd.core.vocab.evidence import Evidence
from hobd.core.vocab.index import NetworkSettings
from hobd.sources.credentials import CredentialBook, Credentials, split_credentials
from hobd.sources.failures import FetchFailed, OfflineMiss, SourceError, failed_status
from hobd.sources.http_pools import HttpPools
from hobd.sources.proxies import find_proxy

if TYPE_CHECKING:  # a quarter of a second, which a command that asks nobody does not pay
    import aiohttp

Value = TypeVar("Value")

_MAX_REDIRECTS = 10
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_REFUSALS = frozenset({401, 403, 404})
_READ_BYTES = 64 * 1024
_MAX_WAIT_SECONDS = 60.0
MAX_BODY_BYTES = 128 * 1024 * 1024
"""No page or metadata is larger, by far: more would only fill the memory."""
_SLOWEST_BYTES_PER_SECOND = 100
"""Whoever sends less for as long as silence would be borne is as good as silent."""


class Timing(Struct, frozen=True):
    """Clock and patience, so that tests need neither."""

    now: Callable[[], float] = monotonic
    sleep: Callable[[float], Awaitable[None]] = anyio.sleep

    def pause_seconds(self, attempt: int, asked: float | None) -> float:
        """How long to wait before the next try: what the server asked for, else half a second, one, two, …"""
        return min(_MAX_WAIT_SECONDS, asked if asked is not None else 0.5 * 2**attempt)


class Pace(Struct):
    """How fast an answer arrives: a server that keeps sending next to nothing must not keep a command for ever."""

    now: Callable[[], float]
    patience_seconds: float
    _since: float = 0.0
    _bytes: int = 0

    def __post_init__(self) -> None:
        self._since = self.now()

    def add(self, size: int) -> None:
        """Take note of bytes that arrived.

        Raises:
            TimeoutError: they are too few.
        """
        self._bytes += size
        passed = self.now() - self._since
        if passed < self.patience_seconds:
            return
        if self._bytes < _SLOWEST_BYTES_PER_SECOND * passed:
            raise TimeoutError
        self._since, self._bytes = self.now(), 0


class Reply(Struct):
    """An answer whose body has not been read yet."""

    url: str
    """Where it came from in the end, without credentials and fragment."""
    status: int
    headers: Mapping[str, str]
    """Names in any case."""
    _response: "aiohttp.ClientResponse"
    _pace: Pace

    async def read(self) -> bytes:
        """The whole body.

        Raises:
            FetchFailed: it breaks off, or is too large to be a page.
        """
        parts, size = [], 0
        async for chunk in self.chunks():
            size += len(chunk)
            if size > MAX_BODY_BYTES:
                raise FetchFailed(self.url, (f"the answer is larger than {MAX_BODY_BYTES} bytes",))
            parts.append(chunk)
        return b"".join(parts)

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body, piece by piece.

        Raises:
            FetchFailed: it breaks off.
        """
        import aiohttp

        from hobd.sources.http_failures import failed_body

        try:
            async for chunk in self._response.content.iter_chunked(_READ_BYTES):
                self._pace.add(len(chunk))
                yield chunk
        except (aiohttp.ClientError, OSError) as error:
            raise failed_body(self.url, error) from error


class HttpClient:
    """The network as one request may use it."""

    def __init__(
        self,
        pools: HttpPools,
        network: NetworkSettings,
        book: CredentialBook,
        evidence: Evidence,
        timing: Timing | None = None,
    ) -> None:
        self._pools = pools
        self._network = network
        self._book = book
        self._evidence = evidence
        self._timing = timing or Timing()
        self._limit = anyio.CapacityLimiter(max(1, network.concurrent_downloads))

    @property
    def is_offline(self) -> bool:
        """Whether the network is not to be used."""
        return self._network.offline

    async def fetch(
        self,
        url: str,
        consume: Callable[[Reply], Awaitable[Value]],
        *,
        headers: Mapping[str, str] | None = None,
        method: str = "GET",
        accept: frozenset[int] = frozenset(),
    ) -> Value:
        """Ask an address and hand the answer to `consume`; all of it again, from the start, after a transient failure.

        Args:
            url: with or without credentials.
            consume: reads the body. What it raises, but for `FetchFailed`, passes through at once.
            accept: error statuses that `consume` wants to see.
        Raises:
            OfflineMiss: the network is not to be used.
            FetchFailed: no answer, an error status, or a broken body, as often as it was tried.
        """
        shown = without_credentials(url)
        if self._network.offline:
            raise OfflineMiss(shown)
        if not url.lower().startswith(("http://", "https://")):
            raise FetchFailed(shown, (f"builder error for url ({shown})", "URL scheme is not allowed"))
        self._evidence.spoil("network")
        started = self._timing.now()
        attempt = 0
        while True:
            try:
                async with self._limit, self._open(url, headers or {}, method, accept) as reply:
                    return await consume(reply)
            except FetchFailed as failure:
                if not failure.is_transient:
                    raise
                if attempt >= self._network.retries:
                    raise failure.after_retries(attempt, self._timing.now() - started) from failure
                pause = self._timing.pause_seconds(attempt, failure.retry_after_seconds)
            attempt += 1
            await self._timing.sleep(pause)

    @asynccontextmanager
    async def _open(self, url: str, headers: Mapping[str, str], method: str, accept: frozenset[int]) -> AsyncIterator[Reply]:
        address, given = split_credentials(parse_url(without_fragment(url)[0]))
        for _ in range(_MAX_REDIRECTS + 1):
            response = await self._authenticated(address, given, headers, method)
            try:
                if response.status not in _REDIRECTS:
                    self._check(address, response, accept)
                    yield Reply(address, response.status, response.headers, response, self._pace())
                    return
                address, given = split_credentials(_target(address, response))
            finally:
                response.release()
            if not address.startswith(("http://", "https://")):
                raise FetchFailed(without_credentials(url), (f"redirected to `{address}`, which is no web address",))
        raise FetchFailed(without_credentials(url), (f"error following redirect for url ({address})", "too many redirects"))

    async def _authenticated(
        self, url: str, given: Credentials | None, headers: Mapping[str, str], method: str
    ) -> "aiohttp.ClientResponse":
        """One hop, with the credentials of *its* address: what was sent to another origin never comes along."""
        policy = self._book.policy(url)
        if policy == "never":
            return await self._send(url, None, headers, method)
        credentials = given or self._book.known(url)
        if (credentials is not None and not credentials.is_complete) or (credentials is None and policy == "always"):
            credentials = await self._book.look_up(url, credentials.user if credentials else None) or credentials
        if policy == "always" and (credentials is None or not credentials.is_complete):
            raise FetchFailed(url, (f"Missing {'password' if credentials else 'credentials'} for {url}",))
        response = await self._send(url, credentials, headers, method)
        if response.status in _REFUSALS and (credentials is None or not credentials.is_complete):
            found = await self._book.look_up(url, credentials.user if credentials else None)
            if found is not None and found != credentials:
                response.release()
                credentials, response = found, await self._send(url, found, headers, method)
        if credentials is not None and credentials.is_complete and response.status < 400:
            self._book.succeeded(url, credentials)
        return response

    async def _send(self, url: str, credentials: Credentials | None, headers: Mapping[str, str], method: str) -> "aiohttp.ClientResponse":
        import aiohttp
        from yarl import URL

        from hobd.sources.http_failures import failed_request

        sent = {"User-Agent": f"hob/{__version__}", **headers}
        if credentials is not None:
            sent["Authorization"] = credentials.header()
        patience = self._network.connect_timeout_seconds, self._network.read_timeout_seconds
        try:
            with anyio.fail_after(sum(patience)):  # the time-outs of the socket begin anew with every byte of a header
                return await self._pools.session().request(
                    method,
                    URL(url, encoded=True),
                    headers=sent,
                    allow_redirects=False,
                    timeout=aiohttp.ClientTimeout(total=None, sock_connect=patience[0], sock_read=patience[1]),
                    proxy=find_proxy(self._network, url),
                    auto_decompress="Accept-Encoding" not in sent,  # who asks for an encoding takes the body as it comes
                    **self._tls(url),
                )
        except SourceError:
            raise
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise failed_request(url, error) from error

    def _pace(self) -> Pace:
        return Pace(self._timing.now, self._network.read_timeout_seconds)

    def _tls(self, url: str) -> dict[str, Any]:
        parts = urlsplit(url)
        if parts.scheme != "https" and not (self._network.https_proxy or self._network.all_proxy or "").startswith("https:"):
            return {}
        if {parts.hostname, f"{parts.hostname}:{parts.port}"} & set(self._network.insecure_hosts):
            return {"ssl": False}
        return {"ssl": self._pools.context(self._network)}

    def _check(self, url: str, response: "aiohttp.ClientResponse", accept: frozenset[int]) -> None:
        if response.status >= 400 and response.status not in accept:
            raise failed_status(url, response.status, response.reason, response.headers.get("Retry-After"))


def _target(address: str, response: "aiohttp.ClientResponse") -> str:
    """Where a redirect leads.

    Raises:
        FetchFailed: nowhere.
    """
    location = response.headers.get("Location")
    if location is None:
        shown = f"HTTP {response.status} {response.reason}".strip()
        reason = f"Server returned redirect ({shown}) without destination URL. This may indicate a server configuration issue"
        raise FetchFailed(address, (reason,))
    try:
        return parse_url(without_fragment(urljoin(address, location))[0])
    except (InvalidUrl, ValueError) as error:
        raise FetchFailed(address, (f"redirected to `{location}`, which is no web address",)) from error
