"""Answers kept on disk, and what was parsed of them in memory.

    one file an address:  header line (JSON) ⏎ body, packed as it came        mtime = when it was last known to be current

A warm request touches neither disk nor network while the answer is fresh, and asks `If-None-Match` once it is not. A
file that is damaged counts as not there. Writers never wait for each other: each renames a file of its own into place.
"""

import hashlib
import json
import os
import zlib
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from time import time
from typing import Any, TypeVar, cast

from anyio.abc import TaskGroup
from msgspec import Struct
from msgspec.structs import asdict, replace

from hobd.core.formats.urls import without_credentials
from hobd.core.vocab.digest import Digest
from hobd.core.vocab.evidence import Evidence
from hobd.errors import HobError
from hobd.faults import crash_point
from hobd.sources.failures import FetchFailed
from hobd.sources.freshness import Freshness, lifetime_under, parse_freshness
from hobd.sources.http import MAX_BODY_BYTES, HttpClient, Reply
from hobd.sources.memory import SourcesMemory
from hobd.sources.threads import in_thread
from hobd.sources.writing import write_beside

Value = TypeVar("Value")

_NOT_MODIFIED = 304
_SILENT_FILE_SECONDS = 600.0
_CLOCK_SECONDS = 1e-5
"""How far a file's time may be from the one that was written to it: times of day in seconds have that many digits."""
_THREAD_BYTES = 64 * 1024
"""Bodies above this are read and parsed in a thread: a page of 6 MB takes 50 ms, which no other request should wait for."""
_PLAIN_ENCODINGS, _PACKED_ENCODINGS = ("", "identity"), ("gzip", "x-gzip", "deflate")


class Answer(Struct, frozen=True, kw_only=True):
    """An answer as it is kept. `url` is where it came from in the end, without credentials."""

    url: str
    content_type: str
    freshness: Freshness
    received: float
    """Seconds since the epoch when it was last known to be current."""
    is_packed: bool = False
    """Whether the body is compressed (gzip, or zlib)."""


class Remembered(Struct, frozen=True):
    """An answer, and what was parsed of its body."""

    answer: Answer
    value: Any


Receive = Callable[[Mapping[str, str]], Awaitable[tuple[Answer, bytes | None]]]
"""Asks with these headers; the body is None where nothing has changed."""


class HttpCache:
    """The cache as one request may use it.

    Args:
        folder: where answers lie; made when first written to.
        now: the clock, in seconds since the epoch.
    """

    def __init__(
        self, folder: Path, client: HttpClient, memory: SourcesMemory, evidence: Evidence, now: Callable[[], float] = time
    ) -> None:
        self._folder = folder
        self._client = client
        self._memory = memory
        self._evidence = evidence
        self._now = now
        self._own: set[tuple[str, str]] = set()
        """What this request got itself: holds for it even where it cannot be written down."""
        self._writers: list[TaskGroup] = []

    @property
    def is_offline(self) -> bool:
        """Whether the network is not to be used."""
        return self._client.is_offline

    async def get(
        self,
        url: str,
        parse: Callable[[bytes, str, str], Value],
        *,
        headers: Mapping[str, str],
        control: str | None = None,
        is_refresh: bool = False,
        digest: Digest | None = None,
        receive: Receive | None = None,
        kind: str = "",
        is_file: bool = False,
    ) -> Value:
        """What is parsed of an address's answer.

        Args:
            url: with or without credentials; these are no part of the key.
            parse: is given body, content type and the address in the end; must be the same function for the same address and kind.
            headers: of the request.
            control: a configured `Cache-Control` that replaces the answer's; it beats `is_refresh`, as in uv.
            is_refresh: the server is asked even if the answer is fresh.
            digest: of the file that the address means; with it an answer never has to be asked for again.
            receive: asks in another way than by one plain request: it is given the headers, conditions among them.
            kind: of what is kept, where that is not the answer's own body, or not what its address usually means: the same address may be
                asked for several.
            is_file: whether the address means a file of an index: those do not change as pages do, so that an answer which does not say
                how long it may be used is not asked for again at once.
        Raises:
            OfflineMiss: it is not here, and the network is not to be used.
            FetchFailed: it could not be fetched.
            HobError: what `parse` raises about a new answer, which is then not kept.
        """
        address, key = without_credentials(url), self._key(url, digest, kind)
        kept = self._remembered(key) or await self._load(key, parse)
        if kept is not None and self._may_use(kept, control, is_refresh, digest, is_file):
            return cast("Value", kept.value)
        self._evidence.spoil("network")
        conditions = kept.answer.freshness.conditions() if kept is not None else {}
        answer, body = await (receive or self._plainly(url))({**headers, **conditions})
        if body is not None:
            return await self._keep(key, answer, body, parse)
        if kept is None:
            raise FetchFailed(address, ("HTTP status 304 (Not Modified) for a request without conditions",))
        self._confirm(key, kept)
        return cast("Value", kept.value)

    def find(
        self,
        url: str,
        *,
        control: str | None = None,
        is_refresh: bool = False,
        digest: Digest | None = None,
        kind: str = "",
        is_file: bool = False,
    ) -> Remembered | None:
        """What memory has of an address, if that may be used unasked; see `get`. Never waits, and may be called in any thread."""
        kept = self._remembered(self._key(url, digest, kind))
        return kept if kept is not None and self._may_use(kept, control, is_refresh, digest, is_file) else None

    def _may_use(self, kept: Remembered, control: str | None, is_refresh: bool, digest: Digest | None, is_file: bool) -> bool:
        """Whether the server does not have to be asked. What is used because it is fresh is of use only as long as it is that."""
        if digest is not None or self._client.is_offline:
            return True
        ends = self._fresh_until(kept.answer, control, is_refresh, is_file)
        if not kept.answer.received <= self._now() < ends:
            return False
        self._evidence.expires(ends)
        return True

    def _remembered(self, key: tuple[str, str]) -> Remembered | None:
        """What memory has under a key, as long as the file says the same: a cache that was cleaned is gone for all."""
        path = self._path(key[1])
        self._evidence.saw(path)
        found = self._memory.answers.get(key)
        if found is None or key in self._own:
            return found
        try:
            received = os.stat(path).st_mtime
        except OSError:
            return None
        return found if abs(received - found.answer.received) < _CLOCK_SECONDS else None

    @staticmethod
    def _fresh_until(answer: Answer, control: str | None, is_refresh: bool, is_file: bool) -> float:
        if control is not None:
            return answer.received + lifetime_under(control)
        said = _SILENT_FILE_SECONDS if is_file and answer.freshness.is_silent else answer.freshness.lifetime_seconds
        return answer.received + (0.0 if is_refresh else said)

    @contextmanager
    def writing_behind(self, tasks: TaskGroup) -> Iterator[None]:
        """In the block, nobody waits until an answer is written down: that goes on in `tasks`."""
        self._writers.append(tasks)
        try:
            yield
        finally:
            self._writers.remove(tasks)

    def forget(self, url: str, digest: Digest | None, kind: str) -> None:
        """Act as if the address had never been asked."""
        key = self._key(url, digest, kind)
        self._memory.answers.discard(key)
        with suppress(OSError):
            self._path(key[1]).unlink(missing_ok=True)

    def _key(self, url: str, digest: Digest | None, kind: str) -> tuple[str, str]:
        marks = "".join(f"#{mark}" for mark in (digest, kind) if mark)
        return os.fspath(self._folder), without_credentials(url) + marks

    def _plainly(self, url: str) -> Receive:
        return lambda headers: self._client.fetch(url, self._receive, headers={"Accept-Encoding": "gzip", **headers})

    async def _receive(self, reply: Reply) -> tuple[Answer, bytes | None]:
        body = None if reply.status == _NOT_MODIFIED else await reply.read()
        encoding = reply.headers.get("Content-Encoding", "").strip().lower()
        if encoding not in (*_PLAIN_ENCODINGS, *_PACKED_ENCODINGS):
            raise FetchFailed(reply.url, (f"the answer has the encoding `{encoding}`, which was not asked for",))
        return replace(self.answer(reply), is_packed=encoding in _PACKED_ENCODINGS), body

    def answer(self, reply: Reply) -> Answer:
        """The answer that a reply is, without its body."""
        return Answer(
            url=reply.url,
            content_type=reply.headers.get("Content-Type", ""),
            freshness=parse_freshness(reply.headers),
            received=self._now(),
        )

    def plain_answer(self, url: str) -> Answer:
        """An answer that was not got by a reply, and has to be asked for again each time unless a digest is known."""
        return Answer(url=without_credentials(url), content_type="", freshness=Freshness(), received=self._now())

    async def _keep(self, key: tuple[str, str], answer: Answer, body: bytes, parse: Callable[[bytes, str, str], Value]) -> Value:
        value, weight = await _parsed(parse, body, answer)
        self._own.add(key)
        self._memory.answers.put(key, Remembered(answer, value), weight)
        if answer.freshness.may_store and self._writers:
            self._writers[-1].start_soon(in_thread, self._write, self._path(key[1]), answer, body)
        elif answer.freshness.may_store:
            await in_thread(self._write, self._path(key[1]), answer, body)
        return value

    def _confirm(self, key: tuple[str, str], kept: Remembered) -> None:
        """The server says that what is kept is current: from now on it is fresh again."""
        answer = replace(kept.answer, received=self._now())
        self._own.add(key)
        self._memory.answers.replace(key, Remembered(answer, kept.value))
        with suppress(OSError):  # another process cleaned the folder, or it is read-only: then it is asked for once more
            os.utime(self._path(key[1]), (answer.received, answer.received))

    async def _load(self, key: tuple[str, str], parse: Callable[[bytes, str, str], Value]) -> Remembered | None:
        path = self._path(key[1])
        try:
            size = os.stat(path).st_size
        except OSError:
            return None
        found = _read(path) if size < _THREAD_BYTES else await in_thread(_read, path)
        if found is None:
            return None
        answer, body = found
        try:
            value, weight = await _parsed(parse, body, answer)
        except HobError:
            return None
        kept = Remembered(answer, value)
        self._memory.answers.put(key, kept, weight)
        return kept

    def _path(self, url: str) -> Path:
        return _place(self._folder, url)

    def _write(self, path: Path, answer: Answer, body: bytes) -> None:
        header = {
            "url": answer.url,
            "content_type": answer.content_type,
            "is_packed": answer.is_packed,
            "freshness": asdict(answer.freshness),
            "size": len(body),
            "crc32": zlib.crc32(body),
        }
        with suppress(OSError):  # a full or read-only disk costs speed, not the answer
            with write_beside(path) as file:
                file.write(json.dumps(header).encode() + b"\n")
                file.write(body)
            crash_point("sources.cache.written")
            os.utime(path, (answer.received, answer.received))


@lru_cache(maxsize=4096)
def _place(folder: Path, url: str) -> Path:
    """Where an answer lies: every lock asks for the same few hundred."""
    digest = hashlib.sha256(url.encode("utf-8", "surrogateescape")).hexdigest()
    return Path(f"{folder}/{digest[:2]}/{digest[2:]}.answer")


async def _parsed(parse: Callable[[bytes, str, str], Value], body: bytes, answer: Answer) -> tuple[Value, int]:
    """What is parsed of a body, and how many bytes that takes in memory: a page about one and a half times its text (measured)."""

    def work() -> tuple[Value, int]:
        plain = _unpacked(body, answer.url) if answer.is_packed else body
        return parse(plain, answer.content_type, answer.url), len(plain) * 3 // 2 + 1024

    return work() if len(body) * (8 if answer.is_packed else 1) < _THREAD_BYTES else await in_thread(work)


def _unpacked(body: bytes, url: str) -> bytes:
    """A body without its gzip or zlib frame.

    Raises:
        FetchFailed: it is not whole, not packed at all, or too large to be a page.
    """
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 32)
    try:
        plain = unpacking.decompress(body, MAX_BODY_BYTES)
    except zlib.error as error:
        raise FetchFailed(url, (f"error decoding response body for url ({url})", str(error))) from error
    if not unpacking.eof:
        reason = f"it is larger than {MAX_BODY_BYTES} bytes" if unpacking.unconsumed_tail else "unexpected end of file"
        raise FetchFailed(url, (f"error decoding response body for url ({url})", reason))
    return plain


def _read(path: Path) -> tuple[Answer, bytes] | None:
    try:
        with path.open("rb") as file:
            received = os.fstat(file.fileno()).st_mtime
            header = json.loads(file.readline())
            body = file.read()
        if len(body) != header["size"] or zlib.crc32(body) != header["crc32"]:
            return None
        answer = Answer(
            url=header["url"],
            content_type=header["content_type"],
            freshness=Freshness(**header["freshness"]),
            received=received,
            is_packed=header["is_packed"],
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return answer, body
