"""Requirements files and scripts on the web: fetched each time, for nobody says how long they hold (PIP-1)."""

from typing import TYPE_CHECKING
from urllib.parse import urljoin

from hobd.core.formats.urls import without_credentials
from hobd.errors import RequestError
from hobd.service.network import Network
from hobd.service.session import Session

if TYPE_CHECKING:
    from hobd.sources.http import Reply

_SCHEMES = ("http://", "https://")


def is_remote(name: str) -> bool:
    """Whether a file is named by an address on the web."""
    return name.lower().startswith(_SCHEMES)


def beside(url: str, name: str) -> str:
    """The address of what a file on the web names: beside it, never on this machine."""
    return urljoin(url, name)


async def fetch_file(url: str, session: Session) -> bytes:
    """The content of a file on the web.

    Raises:
        HobError: the network is not to be used, or the file cannot be had.
    """
    from hobd.sources.failures import FetchFailed

    shown = without_credentials(url)
    if session.settings.network.offline:
        raise RequestError(f"Network connectivity is disabled, but a remote requirements file was requested: {shown}")
    try:
        return await Network(session=session, root=session.cwd).client.fetch(url, _read)
    except FetchFailed as error:
        raise error.under(f"Error while accessing remote requirements file: {shown}", code=2) from error


async def _read(reply: "Reply") -> bytes:
    return await reply.read()
