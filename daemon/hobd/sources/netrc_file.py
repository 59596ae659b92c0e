"""The netrc file of the one who asks."""

import netrc
from pathlib import Path

from hobd.core.vocab.index import NetworkSettings


def find_in_netrc(network: NetworkSettings, host: str, user: str | None) -> tuple[str, str] | None:
    """User and password for a host, or of its `default` entry; a file that cannot be read has none.

    Args:
        user: whose password is wanted; None for anyone's.
    """
    path = _path(network)
    if path is None:
        return None
    try:
        found = netrc.netrc(str(path)).authenticators(host)
    except (OSError, netrc.NetrcParseError, UnicodeDecodeError):
        return None
    if found is None or not found[2] or (user is not None and found[0] != user):
        return None
    return found[0], found[2]


def _path(network: NetworkSettings) -> Path | None:
    if network.netrc:
        return Path(network.netrc)
    return Path(network.home) / ".netrc" if network.home else None
