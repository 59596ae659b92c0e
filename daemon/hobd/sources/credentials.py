"""Who we are to which server (features.md IDX-7 to IDX-11).

    known before asking    the address itself, the index's environment variables, the index's URL
    looked up when needed  netrc, the store of `uv auth`, the keyring

Credentials go to the address they were given for and what lies below it; when a server refuses, also to the rest of
its realm (scheme, host and port), never to another. Nothing here is ever logged, shown or written.
"""

import base64
import re
from typing import NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from msgspec import Struct

from hobd.core.vocab.index import Index, IndexSettings, NetworkSettings
from hobd.sources.credential_store import StoredCredential, find_stored, read_store
from hobd.sources.keyring import Keyring
from hobd.sources.netrc_file import find_in_netrc

_DEFAULT_PORTS = {"http": 80, "https": 443}


class Realm(NamedTuple):
    """What credentials never leave."""

    scheme: str
    host: str
    port: int | None


class Credentials(Struct, frozen=True):
    """A user and a password or token. Either may be missing. The secret is not in the text form."""

    user: str | None
    password: str | None
    is_bearer: bool = False

    def __repr__(self) -> str:
        return f"Credentials(user={self.user!r})"

    @property
    def is_complete(self) -> bool:
        """Whether there is a secret."""
        return self.password is not None

    def header(self) -> str:
        """The value of `Authorization`."""
        if self.is_bearer:
            return f"Bearer {self.password}"
        pair = f"{self.user or ''}:{self.password or ''}".encode()
        return f"Basic {base64.b64encode(pair).decode('ascii')}"


def split_credentials(url: str) -> tuple[str, Credentials | None]:
    """The URL without user and password, and these, unescaped."""
    parts = urlsplit(url)
    if "@" not in parts.netloc:
        return url, None
    bare = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    if not parts.username and parts.password is None:
        return bare, None
    password = None if parts.password is None else unquote(parts.password)
    return bare, Credentials(unquote(parts.username) if parts.username else None, password)


def realm_of(url: str) -> Realm:
    """Where credentials for a URL may go."""
    return _realm(urlsplit(url))


def _realm(parts: SplitResult) -> Realm:
    return Realm(parts.scheme, (parts.hostname or "").lower(), parts.port or _DEFAULT_PORTS.get(parts.scheme))


def environment_name(index_name: str) -> str:
    """The name of an index as it stands in `UV_INDEX_<NAME>_USERNAME`."""
    return re.sub(r"[^A-Za-z0-9]", "_", index_name).upper()


class _Entry(Struct):
    realm: Realm
    path: str
    credentials: Credentials


class CredentialBook:
    """The credentials of one request."""

    def __init__(self, indexes: IndexSettings, network: NetworkSettings, keyring: Keyring | None = None) -> None:
        self._network = network
        self._keyring = keyring
        self._entries: list[_Entry] = []
        self._by_realm: dict[Realm, Credentials] = {}
        self._looked_up: dict[tuple[Realm, str | None], Credentials | None] = {}
        self._stored: tuple[StoredCredential, ...] | None = None
        self._policies: list[tuple[Realm, str, str]] = []
        for index in (*indexes.indexes, *indexes.find_links):
            self._add_index(index)

    def policy(self, url: str) -> str:
        """`auto`, `always` or `never`: what the index above an address says."""
        parts = urlsplit(url)
        found = [(path, policy) for realm, path, policy in self._policies if _is_below(parts, realm, path)]
        return max(found, key=lambda item: len(item[0]), default=("", "auto"))[1]

    def known(self, url: str) -> Credentials | None:
        """What may be sent at once: the credentials of the nearest address above this one."""
        parts = urlsplit(url)
        found = [entry for entry in self._entries if _is_below(parts, entry.realm, entry.path)]
        return max(found, key=lambda entry: len(entry.path)).credentials if found else None

    async def look_up(self, url: str, user: str | None) -> Credentials | None:
        """What the outside knows: the realm, netrc, the store, the keyring. Each is asked once a realm and user."""
        realm = realm_of(url)
        shared = self._by_realm.get(realm)
        if shared is not None and shared.is_complete and user in (None, shared.user):
            return shared
        key = (realm, user)
        if key not in self._looked_up:
            self._looked_up[key] = await self._ask_outside(url, realm, user)
        return self._looked_up[key]

    def succeeded(self, url: str, credentials: Credentials) -> None:
        """A server took these credentials: the rest of its realm may have them too."""
        self._by_realm.setdefault(realm_of(url), credentials)

    def add(self, url: str, credentials: Credentials) -> None:
        """Credentials for an address and what lies below it."""
        parts = urlsplit(url)
        self._entries.append(_Entry(_realm(parts), parts.path, credentials))
        if credentials.is_complete:
            self._by_realm.setdefault(_realm(parts), credentials)

    def _add_index(self, index: Index) -> None:
        url, given = split_credentials(index.url)
        if not url.startswith(("http://", "https://")):
            return
        parts = urlsplit(url)
        self._policies.append((_realm(parts), _root(parts.path), index.authenticate))
        credentials = self._from_environment(index) or given
        if credentials is not None:
            self.add(urlunsplit(parts._replace(path=_root(parts.path))), credentials)

    def _from_environment(self, index: Index) -> Credentials | None:
        if index.name is None:
            return None
        wanted = environment_name(index.name)
        for name, user, password in self._network.credentials:
            if environment_name(name) == wanted:
                return Credentials(user or None, password or None)
        return None

    async def _ask_outside(self, url: str, realm: Realm, user: str | None) -> Credentials | None:
        found = find_in_netrc(self._network, realm.host, user)
        if found is not None:
            return Credentials(*found)
        if self._stored is None:
            self._stored = read_store(self._network)
        stored = find_stored(self._stored, url, user)
        if stored is not None:
            return Credentials(stored.user, stored.password, stored.is_bearer)
        if self._keyring is None:
            return None
        pair = await self._keyring.find(url, realm.host if realm.port in (80, 443, None) else f"{realm.host}:{realm.port}", user)
        return None if pair is None else Credentials(*pair)


def _root(path: str) -> str:
    """An index's files often lie beside its pages: credentials for `…/simple` are for `…` (uv does so too)."""
    trimmed = path.rstrip("/")
    return trimmed.removesuffix("/simple") if trimmed.endswith("/simple") else trimmed


def _is_below(parts: SplitResult, realm: Realm, path: str) -> bool:
    if _realm(parts) != realm:
        return False
    return parts.path == path or parts.path.startswith(path.rstrip("/") + "/")
