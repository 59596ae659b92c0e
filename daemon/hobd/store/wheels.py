"""The store of unpacked wheels, by content.

    <folder>/wheels/sha256/ab/<64 hex digits>/{manifest.msgpack, tree/}     published by one rename, read-only files
    <folder>/wheels/sha512/ab/<digits>  ─→ ../../sha256/ab/<digits>      other digests that locks use
    <folder>/wheels/.tmp-*                                               unfinished: locked by its maker, else for `sweep`

An entry is there whole or not at all. Before it is used, every file's size and time are compared with what was
unpacked, because a hard link in an environment is the same file: what somebody edited there is not installed again.
"""

import os
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Protocol

import anyio
import anyio.to_thread
from msgspec import Struct, field
from msgspec.structs import replace

from hobd.core.formats.wheel import InvalidWheel
from hobd.core.formats.wheel_manifest import FILE_NAME, Manifest, decode_manifest, encode_manifest
from hobd.core.tags import parse_wheel_name
from hobd.core.vocab.digest import Digest
from hobd.core.vocab.disk import os_cause, ways_out
from hobd.errors import WorldError
from hobd.faults import crash_point
from hobd.store.content import is_intact
from hobd.store.inventory import note_use
from hobd.store.temporary import TEMPORARY, TemporaryFolder, discard
from hobd.store.unpack import unpack_wheel


class StoreUnusable(WorldError):
    """The folder of the store cannot be read or written."""


class UnexpectedContent(WorldError):
    """A file was fetched whose digest is not the one that was asked for."""

    default_code = 1


class Fetched(Struct, frozen=True, kw_only=True):
    """A wheel file on the local disk, verified against every digest that was known for it."""

    path: Path
    sha256: str
    """64 lower-case hex digits of its content."""
    is_built: bool = False
    """Made here from source."""
    may_be_renamed: bool = False
    """Whether the content counts where the file's name says something else."""


class Fetch(Protocol):
    """Brings a wheel."""

    async def __call__(self, folder: Path) -> Fetched:
        """Bring the wheel's file, into `folder` unless it is on the disk already. The folder is removed afterwards."""


class StoredWheel(Struct, frozen=True, kw_only=True):
    """An unpacked wheel, complete and unchanged when it was handed out."""

    sha256: str
    tree: Path
    """The folder with the unpacked files."""
    manifest: Manifest
    is_new: bool = False
    """Whether it had to be fetched just now."""
    is_read: bool = False
    """Whether it was read through before it was handed out: then so is its bytecode."""


class _Flight(Struct):
    lock: anyio.Lock = field(default_factory=anyio.Lock)
    waiting: int = 0


class WheelStore:
    """The wheels below one folder. Several processes may use it at once."""

    def __init__(self, folder: Path, limiter: anyio.CapacityLimiter | None = None) -> None:
        """`limiter`: how many wheels are unpacked or checked at once; two where None."""
        self._folder = folder / "wheels"
        self._limiter = limiter
        self._flights: dict[str, _Flight] = {}

    async def ensure(self, filename: str, digest: Digest | None, fetch: Fetch, *, is_deep: bool = False) -> StoredWheel:
        """The unpacked wheel: from the store, else fetched. Asked twice at once, it is fetched once.

        Args:
            filename: the wheel's, whose parts must fit its content.
            digest: its strongest known digest; None: it is always fetched, and unpacked if its content is new.
            fetch: brings the file.
            is_deep: whether what is there is read through before it is believed.
        Raises:
            InvalidWheel: the file cannot be read or installed.
            UnexpectedContent: what was fetched has another digest.
            StoreUnusable: the disk refuses.
        """
        if digest is None:
            return await self._fetch(filename, None, fetch)
        async with self._alone(str(digest)):
            found = await self.find(digest, is_deep=is_deep)
            return found or await self._fetch(filename, digest, fetch)

    async def find(self, digest: Digest, *, is_deep: bool = False) -> StoredWheel | None:
        """The unpacked wheel, if it is there and nobody changed it; see `content` for what `is_deep` notices."""
        return await anyio.to_thread.run_sync(partial(self.find_now, digest, is_deep=is_deep), limiter=self._get_limiter())

    def find_now(self, digest: Digest, *, is_deep: bool = False) -> StoredWheel | None:
        """`find`, blocking: costs one read and a `stat` for every file; with `is_deep` every file is read."""
        found = self._read(digest)
        if found is not None and not is_intact(found.tree, found.manifest.groups, is_deep=is_deep):
            discard(found.tree.parent, self._folder)
            return None
        return None if found is None else replace(found, is_read=is_deep)

    def find_unseen(self, digests: Iterable[Digest]) -> dict[Digest, StoredWheel]:
        """The unpacked wheels that are there, for who looks at each file when it is linked. One that cannot be read is not among them."""
        found: dict[Digest, StoredWheel] = {}
        for digest in digests:
            with suppress(StoreUnusable):
                if (wheel := self._read(digest)) is not None:
                    found[digest] = wheel
        return found

    def _read(self, digest: Digest) -> StoredWheel | None:
        """An entry, of which only the manifest was looked at."""
        try:
            entry = self._entry(digest).resolve() if digest.algorithm != "sha256" else self._entry(digest)
            manifest = decode_manifest((entry / FILE_NAME).read_bytes())
        except FileNotFoundError:
            if not entry.is_dir():
                return None
            manifest = None  # an entry is published whole: somebody took it away, or it is of another hob
        except OSError as error:
            raise self._unusable("read", error) from error
        if manifest is None:
            discard(entry, self._folder)
            return None
        note_use(entry / FILE_NAME)
        return StoredWheel(sha256=entry.name, tree=entry / "tree", manifest=manifest)

    def path_of(self, digest: Digest) -> Path:
        """Where the wheel of a digest is, or would be."""
        return self._entry(digest)

    def sha256_of(self, digest: Digest) -> str | None:
        """The sha256 of the wheel of a digest: 64 hex digits; None where the digest is another, and no such wheel is there."""
        if digest.algorithm == "sha256":
            return digest.hex
        entry = self._entry(digest)
        return entry.resolve().name if entry.exists() else None

    def _entry(self, digest: Digest) -> Path:
        return self._folder / digest.algorithm / digest.hex[:2] / digest.hex

    def _get_limiter(self) -> anyio.CapacityLimiter:
        if self._limiter is None:
            self._limiter = anyio.CapacityLimiter(2)
        return self._limiter

    @asynccontextmanager
    async def _alone(self, key: str) -> AsyncIterator[None]:
        """One at a time per key. Who is cancelled leaves the work to the next in the row."""
        flight = self._flights.setdefault(key, _Flight())
        flight.waiting += 1
        try:
            async with flight.lock:
                yield
        finally:
            flight.waiting -= 1
            if not flight.waiting:
                del self._flights[key]

    async def _fetch(self, filename: str, digest: Digest | None, fetch: Fetch) -> StoredWheel:
        try:
            room = await anyio.to_thread.run_sync(TemporaryFolder, self._folder)
        except OSError as error:
            raise self._unusable("written", error) from error
        try:
            fetched = await fetch(room.path / "download")
            if digest is not None and digest.algorithm == "sha256" and fetched.sha256 != digest.hex:
                raise UnexpectedContent(f"`{filename}` has digest `sha256:{fetched.sha256}`, but `{digest}` was expected")
            return await self._publish(filename, digest, fetched, room.path)
        finally:
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(room.remove)

    async def _publish(self, filename: str, digest: Digest | None, fetched: Fetched, folder: Path) -> StoredWheel:
        own = Digest("sha256", fetched.sha256)
        async with self._alone(f"publish {own}"):
            found = await self.find(own)
            if found is None:
                unpack = partial(self._unpack, filename, fetched, folder)
                found = await anyio.to_thread.run_sync(unpack, limiter=self._get_limiter()) or await self.find(own)
        if found is None:
            raise StoreUnusable(f"The unpacked `{filename}` changed while it was put into the store at `{self._folder}`")
        if digest is not None and digest != own:
            await anyio.to_thread.run_sync(self._alias, digest, own)
        return StoredWheel(sha256=found.sha256, tree=found.tree, manifest=found.manifest, is_new=True)

    def _unpack(self, filename: str, fetched: Fetched, folder: Path) -> StoredWheel | None:
        """Unpack beside the entries, then publish by one rename. None: another process was faster."""
        entry = self._entry(Digest("sha256", fetched.sha256))
        new = folder / "entry"
        try:
            (new / "tree").mkdir(parents=True)
            manifest = unpack_wheel(
                fetched.path,
                new / "tree",
                wheel=None if fetched.may_be_renamed else parse_wheel_name(filename),
                is_built=fetched.is_built,
                created=time.time(),
            )
            (new / FILE_NAME).write_bytes(encode_manifest(manifest))
            crash_point("store.unpacked")
            entry.parent.mkdir(parents=True, exist_ok=True)
            os.rename(new, entry)
            crash_point("store.published")
            return StoredWheel(sha256=fetched.sha256, tree=entry / "tree", manifest=manifest)
        except InvalidWheel:
            raise
        except OSError as error:
            if not (entry / FILE_NAME).exists():
                raise self._unusable("written", error) from error
            return None

    def _alias(self, digest: Digest, own: Digest) -> None:
        """Let another digest lead to the entry. Without it the wheel is only fetched again."""
        link = self._entry(digest)
        new = link.with_name(f"{TEMPORARY}{os.getpid()}-{link.name}")
        with suppress(OSError):
            link.parent.mkdir(parents=True, exist_ok=True)
            new.unlink(missing_ok=True)
            new.symlink_to(os.path.relpath(self._entry(own), link.parent))
            crash_point("store.aliased")
            os.replace(new, link)

    def _unusable(self, what: str, error: OSError) -> StoreUnusable:
        return StoreUnusable(f"The store at `{self._folder}` cannot be {what}", causes=(os_cause(error),), hints=ways_out(error))
