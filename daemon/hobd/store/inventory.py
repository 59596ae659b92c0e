"""What lies in the cache, thing by thing, with what each takes up. Blocking; costs a `stat` for every file.

Whatever changes meanwhile may be missing, or be told as it was: nothing is locked.
"""

import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

from msgspec import Struct, field

from hobd.core.formats.wheel_manifest import FILE_NAME, Manifest, decode_manifest
from hobd.core.vocab.cache_item import CacheItem, CacheKind
from hobd.core.vocab.names import Name, normalize
from hobd.store.temporary import TEMPORARY

DAY_SECONDS = 86400.0
_INFO = ".dist-info"
_BLOCK_BYTES = 512
"""The unit of `st_blocks`, whatever the file system's own blocks are (POSIX)."""


class Bucket(Struct, frozen=True):
    """A folder of the cache whose things are of one kind."""

    folder: str
    """Below the cache's own."""
    kind: CacheKind
    depth: int = 1
    """How far below it the things lie."""
    shares_files: bool = False
    """Whether its files are links to files of the store, which count there."""


_STORE = (Bucket("wheels/sha256", CacheKind.WHEEL, 2), Bucket("bytecode", CacheKind.BYTECODE, 2))


class _Extent(Struct):
    size: int = 0
    own: int = 0
    inodes: int = 0
    is_linked: bool = False


class Frame(Struct):
    """What is in a cache and is none of its things: the folders that they lie in, locks, marks."""

    size_bytes: int = 0
    """Of the disk."""
    paths: set[str] = field(default_factory=set)

    def add(self, path: str | Path) -> None:
        """One more, unless it was added before or is gone."""
        if (text := os.fspath(path)) in self.paths:
            return
        with suppress(OSError):
            self.size_bytes += _BLOCK_BYTES * os.lstat(text).st_blocks
            self.paths.add(text)


def take_inventory(
    cache: Path, buckets: tuple[Bucket, ...], pause: Callable[[], None] = lambda: None, frame: Frame | None = None
) -> Iterator[CacheItem]:
    """Everything that is in a cache.

    Args:
        cache: its folder.
        buckets: those beside the store's own.
        pause: called between things: may wait, or raise.
        frame: is told of what is none of the things.
    """
    known, frame = (*_STORE, *buckets), frame or Frame()
    folders = {cache / bucket.folder for bucket in known}
    tops = {bucket.folder.partition("/")[0] for bucket in known}
    for path in (cache, *(cache / top for top in tops)):
        frame.add(path)
    for bucket in known:
        for path in _things(cache / bucket.folder, bucket.depth, frame):
            pause()
            if path not in folders and (item := _item(path, bucket)) is not None:
                yield item
    yield from _rest(cache, tops, frame)


def stored_names(cache: Path, most: int = 5000) -> frozenset[Name]:
    """The names of distributions whose wheels are in the store; of a large one, those of `most` wheels. Reads a small file for each."""
    bucket = _STORE[0]
    entries = islice(_things(cache / bucket.folder, bucket.depth, Frame()), most)
    return frozenset(normalize(found.name) for entry in entries if (found := read_manifest(entry)) is not None)


def note_use(manifest: Path) -> None:
    """Note that an entry of the store was used, to the day. Costs one `stat`."""
    now = time.time()
    try:
        if not now - DAY_SECONDS < os.stat(manifest).st_mtime <= now:
            os.utime(manifest, (now, now))
    except OSError:
        return  # a store that cannot be written to: then it is not cleaned up either


def _rest(cache: Path, tops: set[str], frame: Frame) -> Iterator[CacheItem]:
    """Unfinished work of the store, and folders that only other versions know."""
    for entry in _scan(cache):
        is_temporary = entry.name.startswith(".tmp")
        if entry.name in tops:
            continue
        if not (is_temporary or entry.is_dir(follow_symlinks=False)):
            frame.add(entry.path)
            continue
        kind = CacheKind.TEMPORARY if is_temporary else CacheKind.OTHER
        if (item := _item(Path(entry.path), Bucket(entry.name, kind))) is not None:
            yield item
    for path in sorted((cache / "wheels").glob(f"{TEMPORARY}*")):
        if (item := _item(path, Bucket("wheels", CacheKind.TEMPORARY))) is not None:
            yield item


def _things(folder: Path, depth: int, frame: Frame) -> Iterator[Path]:
    frame.add(folder)
    for entry in sorted(_scan(folder), key=lambda entry: entry.name):
        if depth > 1 and not entry.name.startswith(".tmp"):
            if entry.is_dir(follow_symlinks=False):
                yield from _things(Path(entry.path), depth - 1, frame)
            else:
                frame.add(entry.path)
        elif entry.name.endswith(".lock"):  # somebody may hold it, or wait for it
            frame.add(entry.path)
        else:
            yield Path(entry.path)


def _scan(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as scan:
            return list(scan)
    except OSError:
        return []


def _item(path: Path, bucket: Bucket) -> CacheItem | None:
    try:
        used = last_use(path, bucket.kind)
        extent = _measure(path, shares_files=bucket.shares_files)
    except OSError:
        return None  # gone meanwhile
    is_temporary = path.name.startswith(".tmp") and bucket.kind is not CacheKind.OVERLAY
    is_of_store = bucket.kind in (CacheKind.WHEEL, CacheKind.BYTECODE)
    title, is_usable = _title(path, bucket.kind)
    return CacheItem(
        kind=CacheKind.TEMPORARY if is_temporary else bucket.kind,
        path=path,
        title=title,
        size_bytes=extent.size,
        own_bytes=extent.own,
        inodes=extent.inodes,
        used=used,
        digest=path.name if is_of_store and not is_temporary else None,
        is_linked=extent.is_linked and is_of_store,
        is_usable=is_usable or bucket.kind is not CacheKind.WHEEL or is_temporary,
    )


def last_use(path: Path, kind: CacheKind) -> float:
    """When a thing was last used, in seconds since the epoch: when it was last read, as far as the file system notes that.

    Raises:
        OSError: it is gone.
    """
    if kind is CacheKind.WHEEL and (path / FILE_NAME).exists():
        path = path / FILE_NAME
    if kind is CacheKind.OVERLAY and (path / ".used").exists():
        path = path / ".used"
    state = path.lstat()
    return state.st_mtime if stat.S_ISDIR(state.st_mode) else max(state.st_mtime, state.st_atime)


def _title(path: Path, kind: CacheKind) -> tuple[str, bool]:
    """What people call it, and whether it says so itself."""
    if kind not in (CacheKind.WHEEL, CacheKind.BYTECODE):
        return path.name, True
    entry = path if kind is CacheKind.WHEEL else path.parents[2] / "wheels" / "sha256" / path.parent.name / path.name
    manifest = read_manifest(entry)
    if manifest is not None:
        return f"{normalize(manifest.name)} {manifest.version}", True
    info = next((one.name for one in _scan(entry / "tree") if one.name.endswith(_INFO)), None)
    if info is None:
        return path.name[:12], False
    name, _, version = info.removesuffix(_INFO).partition("-")
    return f"{normalize(name)} {version}", False


def read_manifest(entry: Path) -> Manifest | None:
    """What an unpacked wheel says of itself; None where that is gone, or damaged."""
    try:
        return decode_manifest((entry / FILE_NAME).read_bytes())
    except OSError:
        return None


def _measure(path: Path, *, shares_files: bool) -> _Extent:
    extent = _Extent()
    _count(os.lstat(path), extent, shares_files=shares_files)
    waiting = [str(path)] if path.is_dir() and not path.is_symlink() else []
    while waiting:
        try:
            with os.scandir(waiting.pop()) as scan:
                for entry in scan:
                    _count(entry.stat(follow_symlinks=False), extent, shares_files=shares_files)
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
        except OSError:
            continue  # gone meanwhile, or not ours to read
    return extent


def _count(state: os.stat_result, extent: _Extent, *, shares_files: bool) -> None:
    is_linked = not stat.S_ISDIR(state.st_mode) and state.st_nlink > 1
    size = _BLOCK_BYTES * state.st_blocks
    if not (is_linked and shares_files):
        extent.size += size
        extent.inodes += 1
    if not is_linked:
        extent.own += size
    extent.is_linked = extent.is_linked or is_linked
