"""aiohttp's exceptions told in uv's words."""

import os
import socket
import ssl

import aiohttp

from hobd.core.vocab.disk import os_reason
from hobd.sources.failures import FetchFailed


def failed_request(url: str, error: BaseException) -> FetchFailed:
    """The failure of sending a request, or of waiting for its answer."""
    causes = (f"error sending request for url ({url})", *_request_causes(error))
    return FetchFailed(url, causes, is_transient=not isinstance(error, ssl.SSLCertVerificationError | aiohttp.InvalidURL))


def failed_body(url: str, error: BaseException) -> FetchFailed:
    """The failure of reading an answer's body."""
    head = (f"error decoding response body for url ({url})", "request or response body error")
    return FetchFailed(url, (*head, *_body_causes(error)), is_transient=True)


def _request_causes(error: BaseException) -> tuple[str, ...]:
    if isinstance(error, TimeoutError):
        return ("operation timed out",)
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        reason = error.os_error.strerror or str(error.os_error)
        if isinstance(error.os_error, socket.gaierror):
            reason = reason.removeprefix("[Errno").strip()
        return ("client error (Connect)", "dns error", "error resolving DNS", f"failed to lookup address information: {reason}")
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return ("client error (Connect)", f"invalid peer certificate: {error.certificate_error}")
    if isinstance(error, aiohttp.ClientConnectorSSLError):
        return ("client error (Connect)", str(error.os_error.strerror or error))
    if isinstance(error, aiohttp.ClientConnectorError):
        return ("client error (Connect)", "tcp connect error", _connect_reason(error.os_error))
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return ("client error (SendRequest)", "connection closed before message completed")
    if isinstance(error, OSError):
        return ("client error (SendRequest)", "connection error", os_reason(error))
    return ("client error (SendRequest)", str(error) or type(error).__name__)


def _connect_reason(error: OSError) -> str:
    """asyncio puts the address in the place of the reason."""
    return os_reason(OSError(error.errno, os.strerror(error.errno)) if error.errno else error)


def _body_causes(error: BaseException) -> tuple[str, ...]:
    if isinstance(error, TimeoutError):
        return ("operation timed out",)
    inner = error.__cause__ if isinstance(error.__cause__, OSError) else error
    if isinstance(inner, OSError) and inner.errno:
        return ("error reading a body from connection", os_reason(inner))
    return ("error reading a body from connection", "end of file before message length reached")
