"""What a cache holds of some packages: pages and metadata, archives, builds, unpacked wheels (CAC-5)."""

import json
from collections.abc import Collection, Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from hobd.core.tags import InvalidWheelName, parse_wheel_name
from hobd.core.vocab.names import Name, normalize
from hobd.service.cache_folders import ANSWERS, ARCHIVES, BUILT
from hobd.store.upkeep import Removal, Take, clean_packages, remove

_METADATA = ".metadata"
_SDISTS = (".tar.gz", ".zip", ".tar.bz2", ".tar.xz", ".tgz")


def clean_named(folder: Path, names: Collection[Name]) -> Removal:
    """Remove all that a cache holds of some packages. Blocks."""
    removed = clean_packages(folder, names)
    for path, named in (*_answers(folder / ANSWERS), *_archives(folder / ARCHIVES), *_built(folder / BUILT)):
        if named in names:
            removed += remove(path)
    return removed


def clean_downloaded(folder: Path, take: Take = remove) -> Removal:
    """Take what can be downloaded again together with wheels: their metadata, and wheels that were fetched whole. Blocks."""
    removed = Removal()
    for path, last in (*_last_words(folder / ANSWERS), *((path, path.name) for path in sorted((folder / ARCHIVES).glob("*/*")))):
        if last.removesuffix(_METADATA).endswith(".whl"):
            removed += take(path)
    return removed


def _answers(folder: Path) -> Iterator[tuple[Path, Name | None]]:
    for path, last in _last_words(folder):
        yield path, _named(last)


def _last_words(folder: Path) -> Iterator[tuple[Path, str]]:
    """Pages of indexes, metadata of wheels, and where archives led to: each begins with a line that says its address."""
    for path in sorted(folder.glob("*/*.answer")):
        try:
            with path.open("rb") as file:
                url = json.loads(file.readline())["url"]
        except (OSError, ValueError, KeyError, TypeError):
            continue  # gone meanwhile, or damaged: then it counts as not there
        yield path, unquote(urlsplit(str(url)).path.rstrip("/").rpartition("/")[2])


def _archives(folder: Path) -> Iterator[tuple[Path, Name | None]]:
    for path in sorted(folder.glob("*/*")):
        yield path, _named(path.name)


def _built(folder: Path) -> Iterator[tuple[Path, Name | None]]:
    """What is known of builds: each record names the wheels that were made."""
    for path in sorted(folder.glob("*/*/*.json")):
        try:
            wheels = json.loads(path.read_bytes())["wheels"]
            yield path, _named(str(wheels[-1][0])) if wheels else None
        except (OSError, ValueError, KeyError, TypeError, LookupError):
            continue


def _named(last: str) -> Name | None:
    """The project that the end of an address is about: a file of it, or its page."""
    filename = last.removesuffix(_METADATA)
    if filename.endswith(".whl"):
        try:
            return parse_wheel_name(filename).name
        except InvalidWheelName:
            return None
    for suffix in _SDISTS:
        if filename.endswith(suffix):
            return normalize(filename.removesuffix(suffix).rpartition("-")[0])
    return normalize(filename)
