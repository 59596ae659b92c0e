"""What goes wrong on the network, in uv's words.

SourceError
├── FetchFailed      an address could not be read: connection, status, body
└── OfflineMiss      it would have to be asked, but the network is not to be used
"""

from hobd.errors import WorldError

RETRYABLE_STATUSES = frozenset({408, 429, *range(500, 600)})


class SourceError(WorldError):
    """Something was not to be had from an index, a server or a repository."""


class FetchFailed(SourceError):
    """An address could not be read.

    Args:
        url: without credentials.
        causes: why, the nearest first.
        status: of the answer, None where there was none.
        is_transient: it may succeed when asked again.
        retry_after_seconds: how long the server asked to wait.
    """

    def __init__(
        self,
        url: str,
        causes: tuple[str, ...],
        *,
        status: int | None = None,
        is_transient: bool = False,
        retry_after_seconds: float | None = None,
    ) -> None:
        super().__init__(f"Failed to fetch: {url}", causes=causes, code=1 if status == 404 else 2)
        self.url = url
        self.status = status
        self.is_transient = is_transient
        self.retry_after_seconds = retry_after_seconds

    def after_retries(self, retries: int, seconds: float) -> "FetchFailed":
        """The same failure, told as the last of several."""
        if retries == 0:
            return self
        wider = FetchFailed(self.url, (self.message, *self.causes), status=self.status)
        wider.message = f"Request failed after {retries} {'retry' if retries == 1 else 'retries'} in {seconds:.1f}s"
        wider.__cause__ = self
        return wider


class OfflineMiss(SourceError):
    """What is needed is not in the cache, and the network is not to be used."""

    default_code = 1

    def __init__(self, url: str) -> None:
        super().__init__(f"Network connectivity is disabled, but the requested data wasn't found in the cache: {url}")


def failed_status(url: str, status: int, reason: str | None, retry_after: str | None) -> FetchFailed:
    """The failure that an answer with an error status is."""
    kind = "client" if status < 500 else "server"
    shown = f"{status} {reason}".strip()
    return FetchFailed(
        url,
        (f"HTTP status {kind} error ({shown}) for url ({url})",),
        status=status,
        is_transient=status in RETRYABLE_STATUSES,
        retry_after_seconds=float(retry_after) if retry_after is not None and retry_after.strip().isdigit() else None,
    )
