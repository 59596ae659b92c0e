"""What the cache holds, and taking things out of it: all, some packages, or what nobody needs (CAC-5, CAC-6, CAC-8).

Blocking: run it in a worker thread, and but for `sweep`, `measure` and `disk_usage` inside of `lease.cleaning`.
"""

import os
import shutil
import stat
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from msgspec import Struct

from hobd.core.formats.wheel_manifest import Manifest
from hobd.core.vocab.names import Name, normalize
from hobd.faults import crash_point
from hobd.store.inventory import read_manifest
from hobd.store.temporary import TEMPORARY, TemporaryFolder, is_abandoned

_KEPT = {".lock"}
"""Files of the cache's folder that outlive everything: others may be waiting for them."""


class Removal(Struct, frozen=True):
    """What was removed, or would be."""

    files: int = 0
    """Files and links, without folders."""
    size_bytes: int = 0

    def __add__(self, other: "Removal") -> "Removal":
        return Removal(self.files + other.files, self.size_bytes + other.size_bytes)


def measure(path: Path) -> Removal:
    """How many files are below a path, or in it, and how large they are. Links to the same file count each."""
    if not path.is_dir() or path.is_symlink():
        return Removal(1, path.lstat().st_size) if os.path.lexists(path) else Removal()
    files = size = 0
    folders = [str(path)]
    while folders:
        with os.scandir(folders.pop()) as scan:
            for entry in scan:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                else:
                    files, size = files + 1, size + entry.stat(follow_symlinks=False).st_size
    return Removal(files, size)


def disk_usage(path: Path) -> int:
    """How many bytes of the disk a path takes up, with all that is below it: folders too, and links to one file once."""
    found: dict[tuple[int, int], int] = {}
    waiting = [str(path)]
    while waiting:
        here = waiting.pop()
        try:
            state = os.lstat(here)
            found[state.st_dev, state.st_ino] = 512 * state.st_blocks
            if stat.S_ISDIR(state.st_mode):
                with os.scandir(here) as scan:
                    waiting.extend(entry.path for entry in scan)
        except OSError:  # gone meanwhile, or not ours to read
            continue
    return sum(found.values())


def remove(path: Path) -> Removal:
    """Remove a file, or a folder with all that is in it; what is not there counts as nothing."""
    removed = measure(path)
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
    return removed


def clean(folder: Path) -> Removal:
    """Remove everything from a cache. Its lock stays."""
    removed = Removal()
    for path in sorted(folder.iterdir()):
        crash_point("upkeep.clean")
        if path.name not in _KEPT:
            removed += remove(path)
    return removed


def clean_packages(folder: Path, names: Collection[Name]) -> Removal:
    """Remove the wheels of some packages."""
    return _take_entries(folder, lambda manifest: manifest is not None and normalize(manifest.name) in names, remove_whole)


Take = Callable[[Path], Removal]
"""What is done with a path that nobody needs: `remove_whole`, or `measure` to know what would be removed."""


def prune(folder: Path, *, keeps_only_built: bool, now: float, take: Take | None = None) -> Removal:
    """Remove what nobody needs: unfinished work, damaged entries, and with `keeps_only_built` what can be downloaded again.

    Args:
        folder: of the cache.
        keeps_only_built: for caches that are saved between runs of a CI system: a download is quicker than the save.
        now: seconds since the epoch.
        take: see `Take`.
    """
    take = take or remove_whole
    removed = _take_entries(folder, lambda manifest: manifest is None or (keeps_only_built and not manifest.is_built), take)
    return removed + sweep(folder, now, take)


def remove_whole(path: Path) -> Removal:
    """Remove a file or folder in one step out of sight, then for good: half of it is never seen."""
    if path.is_symlink() or not path.is_dir():
        return remove(path)
    removed = measure(path)
    try:
        aside = TemporaryFolder(path.parent)
        os.rename(path, aside.path / "gone")
    except FileNotFoundError:
        return Removal()
    crash_point("upkeep.removed")
    aside.remove()
    return removed


def sweep(folder: Path, now: float, take: Take = remove) -> Removal:
    """Remove what killed processes left behind. Safe while others use the cache."""
    removed = Removal()
    for path in (*_leftovers(folder / "wheels"), *_leftovers(folder / "bytecode")):
        if is_abandoned(path, now):
            removed += take(path)
    return removed


def _leftovers(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from sorted(path for path in folder.iterdir() if path.name.startswith(TEMPORARY))
        yield from sorted(folder.glob(f"*/*/{TEMPORARY}*"))


def _entries(wheels: Path) -> Iterator[Path]:
    """Folders of unpacked wheels, and links to them."""
    yield from sorted(path for path in wheels.glob("*/*/*") if not path.name.startswith(TEMPORARY))


def _take_entries(folder: Path, is_meant: Callable[[Manifest | None], bool], take: Take) -> Removal:
    """Wheels, with the links to them and their bytecode."""
    wheels = folder / "wheels"
    removed, gone = Removal(), set()
    for entry in _entries(wheels):
        if not entry.is_symlink() and is_meant(read_manifest(entry)):
            removed += take(entry)
            gone.add(entry.name)
    for link in _entries(wheels):
        if link.is_symlink() and (not link.exists() or Path(os.readlink(link)).name in gone):
            removed += take(link)
    for compiled in sorted((folder / "bytecode").glob("??/*")):
        if compiled.name in gone or not (wheels / "sha256" / compiled.parent.name / compiled.name).exists():
            removed += take(compiled)
    return removed
