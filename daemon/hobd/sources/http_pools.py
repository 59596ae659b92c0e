"""Connections and TLS contexts, kept from request to request in the engine's memory."""

import ssl
from collections import OrderedDict
from typing import TYPE_CHECKING

from hobd.core.vocab.index import NetworkSettings
from hobd.sources.tls import TrustKey, make_context, trust_key

if TYPE_CHECKING:
    import aiohttp

_CONTEXTS_KEPT = 8
_IDLE_SECONDS = 30.0


class HttpPools:
    """One pool of connections. aiohttp keeps them apart by host, TLS context and proxy, so that no request
    rides on a connection that was opened under another's settings.

    The pool belongs to the event loop in which it was first used.
    """

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None
        self._contexts: OrderedDict[TrustKey, ssl.SSLContext] = OrderedDict()

    def session(self) -> "aiohttp.ClientSession":
        """The session for everyone: it has no cookies, no credentials and no proxy of its own."""
        if self._session is None or self._session.closed:
            import aiohttp

            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=_IDLE_SECONDS),
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
            )
        return self._session

    def context(self, network: NetworkSettings) -> ssl.SSLContext:
        """The TLS context that these settings ask for.

        Raises:
            InvalidCertificates: a file that they name cannot be used.
        """
        key = trust_key(network)
        found = self._contexts.pop(key, None) or make_context(key)
        self._contexts[key] = found
        if len(self._contexts) > _CONTEXTS_KEPT:
            self._contexts.popitem(last=False)
        return found

    async def aclose(self) -> None:
        """Close all connections. The pools may be used again."""
        session, self._session = self._session, None
        self._contexts.clear()
        if session is not None:
            await session.close()
