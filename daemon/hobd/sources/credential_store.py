"""The credentials that `uv auth login` keeps: a TOML file that only its owner can read."""

import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct

from hobd.core.vocab.index import NetworkSettings

FILE_NAME = "credentials.toml"


class StoredCredential(Struct, frozen=True):
    """One `[[credential]]`. `service` is the address that it is for, with all below it."""

    service: str
    user: str | None
    password: str
    is_bearer: bool = False

    def __repr__(self) -> str:
        return f"StoredCredential(service={self.service!r}, user={self.user!r})"


def store_folder(network: NetworkSettings) -> Path | None:
    """Where the file lies; None where neither settings nor home say so."""
    if network.credentials_folder:
        return Path(network.credentials_folder)
    return Path(network.home) / ".local" / "share" / "uv" / "credentials" if network.home else None


def read_store(network: NetworkSettings) -> tuple[StoredCredential, ...]:
    """All credentials; none where there is no file, or one that cannot be read."""
    folder = store_folder(network)
    if folder is None:
        return ()
    try:
        document = tomllib.loads((folder / FILE_NAME).read_text("utf-8"))
    except (OSError, ValueError):
        return ()
    entries = document.get("credential", [])
    return tuple(credential for entry in entries if isinstance(entry, dict) and (credential := _credential(entry)) is not None)


def find_stored(stored: tuple[StoredCredential, ...], url: str, user: str | None) -> StoredCredential | None:
    """The credential of the longest service above a URL, of one user where one is asked for."""
    fitting = [entry for entry in stored if user in (None, entry.user) and _covers(entry.service, url)]
    return max(fitting, key=lambda entry: len(urlsplit(entry.service).path), default=None)


def _credential(entry: dict[str, Any]) -> StoredCredential | None:
    service, scheme = entry.get("service"), entry.get("scheme", "basic")
    secret = entry.get("token" if scheme == "bearer" else "password")
    user = entry.get("username")
    if not isinstance(service, str) or not isinstance(secret, str) or not isinstance(user, str | None):
        return None
    return StoredCredential(service, user, secret, is_bearer=scheme == "bearer")


def _covers(service: str, url: str) -> bool:
    above, below = urlsplit(service), urlsplit(url)
    if (above.scheme, above.netloc.lower()) != (below.scheme, below.netloc.lower()):
        return False
    path = above.path.rstrip("/")
    return below.path == path or below.path.startswith(path + "/")
