"""Whole archives that resolving needs: source distributions, and whatever stands behind a URL. Kept by their sha256.

FOLDER/SHA256/NAME      the archive; what servers said of its address lies with the other answers
"""

import json
import os
import shutil
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from hobd.core.formats.urls import without_credentials
from hobd.core.vocab.digest import Digest, strongest
from hobd.core.vocab.progress import ProgressSink
from hobd.sources.archive import Downloaded, digest_file, receive_file
from hobd.sources.failures import OfflineMiss
from hobd.sources.http import HttpClient, Reply
from hobd.sources.http_cache import Answer, HttpCache
from hobd.sources.threads import in_thread

_INCOMING = ".tmp-incoming"
"""The folder of archives that are on their way; whatever begins so may be swept."""
_KIND = "archive"
"""What is kept under an address is which archive it led to."""


class Archives:
    """The archives as one request may have them."""

    def __init__(self, folder: Path, cache: HttpCache, client: HttpClient, progress: ProgressSink) -> None:
        self._folder = folder
        self._cache = cache
        self._client = client
        self._progress = progress
        self._arrived = set[Path]()
        """What this request has brought: it was digested as it came."""

    async def fetch(
        self, url: str, *, label: str, digests: tuple[Digest, ...] = (), is_refresh: bool = False, is_file: bool = False
    ) -> Downloaded:
        """The archive at an address, from the disk where it is known to be current.

        Args:
            label: the archive in errors.
            digests: that it must have. With one it is never asked for twice.
            is_file: see `HttpCache.get`.
        Raises:
            HashMismatch: it is another file.
            FetchFailed, OfflineMiss: see `HttpClient.fetch`.
        """
        kept = await self._ask(url, label, digests, is_refresh, is_file)
        if await in_thread(_is_whole, kept, kept.path in self._arrived):
            return kept
        # The answer is here, but the archive was cleaned away or damaged: asking without conditions brings it back.
        if self._client.is_offline:
            raise OfflineMiss(without_credentials(url))
        self._cache.forget(url, strongest(digests), _KIND)
        return await self._ask(url, label, digests, is_refresh, is_file)

    async def identify(self, url: str, *, label: str, is_refresh: bool = False) -> Digest:
        """The sha256 of the file that an index offers at an address; the file itself need not be here any more.

        Raises:
            FetchFailed, OfflineMiss: see `HttpClient.fetch`.
        """
        return (await self._ask(url, label, (), is_refresh, is_file=True)).sha256

    def answer(self, url: str, digests: tuple[Digest, ...]) -> Answer | None:
        """What the server said of an address that was just asked, where that may be used for a while."""
        kept = self._cache.find(url, digest=strongest(digests), kind=_KIND, is_file=True)
        return None if kept is None else kept.answer

    async def drop(self, sha256: Digest) -> None:
        """Remove an archive that is needed no longer; what address led to it stays known."""
        await in_thread(partial(shutil.rmtree, self._folder / sha256.hex, ignore_errors=True))

    async def _ask(self, url: str, label: str, digests: tuple[Digest, ...], is_refresh: bool, is_file: bool) -> Downloaded:
        async def receive(headers: Mapping[str, str]) -> tuple[Answer, bytes | None]:
            return await self._client.fetch(url, lambda reply: self._receive(reply, url, label, digests), headers=headers)

        return await self._cache.get(
            url,
            self._parse,
            headers={"Accept-Encoding": "identity"},
            is_file=is_file,
            is_refresh=is_refresh,
            digest=strongest(digests),
            receive=receive,
            kind=_KIND,
        )

    async def _receive(self, reply: Reply, url: str, label: str, digests: tuple[Digest, ...]) -> tuple[Answer, bytes | None]:
        if reply.status == 304:
            return self._cache.answer(reply), None
        name = file_name(url)
        incoming = self._folder / _INCOMING / f"{uuid4().hex}-{name}"
        arrived = await receive_file(reply, incoming, label=label, digests=digests, progress=self._progress, progress_label=name)
        record = {"name": name, "size": arrived.size, "digests": [str(digest) for digest in arrived.digests]}
        final = self._path(arrived.sha256, name)
        await in_thread(_move, incoming, final)
        self._arrived.add(final)
        return self._cache.answer(reply), json.dumps(record).encode()

    def _parse(self, body: bytes, content_type: str, url: str) -> Downloaded:
        record = json.loads(body)
        digests = tuple(Digest.parse(text) for text in record["digests"])
        sha256 = next(digest for digest in digests if digest.algorithm == "sha256")
        return Downloaded(path=self._path(sha256, record["name"]), size=record["size"], digests=digests)

    def _path(self, sha256: Digest, name: str) -> Path:
        return self._folder / sha256.hex / name


def file_name(url: str) -> str:
    """The name of the file at an address."""
    return unquote(urlsplit(url).path.rstrip("/").rpartition("/")[2]).replace("/", "_") or "archive"


def _is_whole(kept: Downloaded, is_new: bool) -> bool:
    """Whether the archive is there and has its digest: what is read or built from it must not rest on a damaged disk."""
    try:
        return kept.path.stat().st_size == kept.size and (is_new or digest_file(kept.path).sha256 == kept.sha256)
    except OSError:
        return False


def _move(incoming: Path, final: Path) -> None:
    final.parent.mkdir(parents=True, exist_ok=True)
    os.replace(incoming, final)
