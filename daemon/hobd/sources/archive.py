"""Files from the web: streamed to disk, digested on the way, and refused when they are not what was promised."""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from msgspec import Struct

from hobd.core.vocab.digest import Digest, strongest
from hobd.core.vocab.disk import os_reason, ways_out
from hobd.core.vocab.progress import ProgressSink
from hobd.faults import crash_point
from hobd.sources.failures import SourceError
from hobd.sources.http import HttpClient, Reply
from hobd.sources.threads import in_thread
from hobd.sources.writing import write_beside

_WRITE_BYTES = 1024 * 1024
_IDENTITY = {"Accept-Encoding": "identity"}


class HashMismatch(SourceError):
    """A file is not the one that was promised."""

    default_code = 1

    def __init__(self, label: str, expected: Sequence[Digest], computed: Sequence[Digest]) -> None:
        wanted = "\n".join(f"  {digest}" for digest in expected)
        found = "\n".join(f"  {digest}" for digest in computed)
        super().__init__(f"Hash mismatch for `{label}`\n\nExpected:\n{wanted}\n\nComputed:\n{found}")


class SizeMismatch(SourceError):
    """A file is longer or shorter than was promised, and there is no digest to say whether that matters."""

    default_code = 1


class Downloaded(Struct, frozen=True, kw_only=True):
    """A file that has arrived. `digests` has its sha256, and whatever else was asked for."""

    path: Path
    size: int
    digests: tuple[Digest, ...]

    @property
    def sha256(self) -> Digest:
        """The digest by which the store knows it."""
        return next(digest for digest in self.digests if digest.algorithm == "sha256")


async def download(
    client: HttpClient,
    url: str,
    target: Path,
    *,
    label: str,
    digests: tuple[Digest, ...] = (),
    size: int | None = None,
    progress: ProgressSink,
    progress_label: str | None = None,
) -> Downloaded:
    """Fetch a file to `target`, which appears whole or not at all. Interrupted transfers start again.

    Args:
        label: the file in errors: `name==version`, or its address.
        digests: that it must have; the strongest is checked, and others are not computed.
        size: that it must have where there is no digest, in bytes.
        progress_label: what the progress shows; None shows none.
    Raises:
        HashMismatch: it is another file.
        SizeMismatch: it has another size, and no digest was given.
        FetchFailed, OfflineMiss: see `HttpClient.fetch`.
    """

    async def consume(reply: Reply) -> Downloaded:
        return await receive_file(reply, target, label=label, digests=digests, size=size, progress=progress, progress_label=progress_label)

    return await client.fetch(url, consume, headers=_IDENTITY)


async def receive_file(
    reply: Reply,
    target: Path,
    *,
    label: str,
    digests: tuple[Digest, ...] = (),
    size: int | None = None,
    progress: ProgressSink,
    progress_label: str | None = None,
) -> Downloaded:
    """Write an answer's body to `target`, which appears whole or not at all. See `download`."""
    wanted = strongest(digests)
    hashers = _new_hashers(wanted)
    meter = _Meter(progress, target.name, progress_label, size or int(reply.headers.get("Content-Length") or 0))
    try:
        with write_beside(target) as file:
            count = await _copy(reply, file, hashers, meter)
            computed = _computed(hashers)
            _check(label, wanted, computed, size, count)
            crash_point("sources.archive.written")
    except OSError as error:
        raise _unwritten(target, error) from error
    finally:
        meter.finish()
    return Downloaded(path=target, size=count, digests=computed)


def digest_file(path: Path, digests: tuple[Digest, ...] = (), label: str | None = None) -> Downloaded:
    """Digest a file on this machine, and check it as if it had been fetched. Blocks: call it in a thread.

    Raises:
        HashMismatch: it is another file.
        OSError: it cannot be read.
    """
    return _digested(path, path, digests, label or path.name)


def compute_digests(path: Path, algorithms: Iterable[str]) -> tuple[Digest, ...]:
    """The digests of a file on this machine. Blocks: call it in a thread.

    Raises:
        OSError: it cannot be read.
    """
    hashers = {algorithm: _new_hasher(algorithm) for algorithm in algorithms}
    _read_through(path, hashers)
    return _computed(hashers)


def copy_file(path: Path, target: Path, digests: tuple[Digest, ...] = (), label: str | None = None) -> Downloaded:
    """Copy a file on this machine as if it had been fetched: `target` appears whole or not at all. Blocks: call it in a thread.

    Raises:
        HashMismatch: it is another file.
        OSError: it cannot be read or written.
    """
    with write_beside(target) as copy:
        copied = _digested(path, target, digests, label or path.name, copy)
        crash_point("sources.archive.written")
    return copied


def _digested(path: Path, place: Path, digests: tuple[Digest, ...], label: str, copy: BinaryIO | None = None) -> Downloaded:
    wanted = strongest(digests)
    hashers = _new_hashers(wanted)
    count = _read_through(path, hashers, copy)
    computed = _computed(hashers)
    _check(label, wanted, computed, None, count)
    return Downloaded(path=place, size=count, digests=computed)


def _read_through(path: Path, hashers: dict[str, Any], copy: BinaryIO | None = None) -> int:
    count = 0
    with path.open("rb") as file:
        while chunk := file.read(_WRITE_BYTES):
            count += len(chunk)
            if copy is not None:
                copy.write(chunk)
            for hasher in hashers.values():
                hasher.update(chunk)
    return count


def _computed(hashers: dict[str, Any]) -> tuple[Digest, ...]:
    return tuple(Digest(algorithm, hasher.hexdigest()) for algorithm, hasher in hashers.items())


def matches(content: bytes, digest: Digest) -> bool:
    """Whether the content is the one that a digest promises."""
    hasher = _new_hasher(digest.algorithm)
    hasher.update(content)
    return bool(hasher.hexdigest() == digest.hex)


def _new_hashers(wanted: Digest | None) -> dict[str, Any]:
    """Hash objects by algorithm: sha256, and what is to be checked."""
    algorithms = dict.fromkeys(["sha256", *([wanted.algorithm] if wanted is not None else [])])
    return {algorithm: _new_hasher(algorithm) for algorithm in algorithms}


def _new_hasher(algorithm: str) -> Any:
    if algorithm == "blake2b":
        return hashlib.blake2b(digest_size=32)  # the indexes' blake2b is blake2b-256
    return hashlib.new(algorithm, usedforsecurity=algorithm != "md5")


def _check(label: str, wanted: Digest | None, computed: Sequence[Digest], size: int | None, count: int) -> None:
    """Hold what came against what was promised."""
    if wanted is not None:
        found = next(digest for digest in computed if digest.algorithm == wanted.algorithm)
        if found != wanted:
            raise HashMismatch(label, [wanted], [found])
    elif size is not None and size != count:
        raise SizeMismatch(f"Size mismatch for `{label}`: expected {size} bytes, received {count}")


async def _copy(reply: Reply, file: BinaryIO, hashers: dict[str, Any], meter: "_Meter") -> int:
    """Write in large pieces, in threads: neither hashing nor a slow disk holds up the loop."""
    pending: list[bytes] = []
    waiting, count = 0, 0
    async for chunk in reply.chunks():
        pending.append(chunk)
        waiting += len(chunk)
        if waiting >= _WRITE_BYTES:
            await in_thread(_flush, b"".join(pending), file, hashers)
            count, pending, waiting = count + waiting, [], 0
            meter.update(count)
    _flush(b"".join(pending), file, hashers)
    return count + waiting


def _unwritten(target: Path, error: OSError) -> SourceError:
    return SourceError(f"Failed to write `{target.name}` to `{target.parent}`", causes=(os_reason(error),), hints=ways_out(error))


def _flush(content: bytes, file: BinaryIO, hashers: dict[str, Any]) -> None:
    crash_point("sources.archive.write")
    file.write(content)
    for hasher in hashers.values():
        hasher.update(content)


class _Meter:
    def __init__(self, progress: ProgressSink, key: str, label: str | None, total: int) -> None:
        self._progress = progress
        self._key = key
        self._label = label
        self._total = total

    def update(self, count: int) -> None:
        if self._label is not None:
            self._progress.update(self._key, self._label, count, self._total)

    def finish(self) -> None:
        if self._label is not None:
            self._progress.finish(self._key)
