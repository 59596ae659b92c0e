"""Files of a page grouped by version, as lazily as can be: a page has up to 15,000 files, a resolution looks at a few."""

from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import lru_cache
from itertools import count
from typing import overload

from hobd.core.formats.direct_reference import ARCHIVE_EXTENSIONS
from hobd.core.formats.specifier_list import InvalidSpecifiers, parse_lenient_specifiers
from hobd.core.resolver.knowledge import IndexedFile, Release
from hobd.core.resolver.versions import Point, parse_point
from hobd.core.tags.wheel_name import InvalidWheelName, parse_wheel_name
from hobd.core.vocab.distribution import File
from hobd.core.vocab.names import Name, normalize
from hobd.core.vocab.source import Registry
from hobd.sources.failures import SourceError

_SDIST_EXTENSIONS = tuple(extension for extension in ARCHIVE_EXTENSIONS if extension != ".whl")

_serials = count()


class Listing:
    """The files of one project on one page, by version.

    Args:
        name: whose files count; others, and names that are invalid, are left out.
        filenames: of all files, in the page's order.
        make: makes the file at an index; called once for each file that is looked at.
        is_flat: whether it is the page of a flat location.
    """

    __slots__ = ("_files", "_indexes", "_make", "is_flat", "places", "serial", "worked_out")

    def __init__(self, name: Name, filenames: Iterable[str], make: Callable[[int], File], *, is_flat: bool = False) -> None:
        self._make = make
        self.is_flat = is_flat
        self.serial = next(_serials)
        """No two listings of this process share one."""
        self.worked_out: dict[Registry, dict[Hashable, object]] = {}
        """By the index that has it: what was worked out of pages that are this listing alone (see `Page`)."""
        self._files: dict[int, File] = {}
        by_place = _by_place(name, filenames)
        self.places: tuple[Point, ...] = tuple(sorted(by_place))
        """Of the versions, ascending; sorted once, for all requests that find the page in memory."""
        self._indexes = tuple(by_place[place] for place in self.places)

    def files(self, place: Point) -> list[File]:
        """The files of one version in the page's order, but for wheels whose tags, and files whose Pythons, cannot be read."""
        position = bisect_left(self.places, place)
        if position == len(self.places) or self.places[position] != place:
            return []
        found = [self._file(index) for index in self._indexes[position]]
        return [file for file in found if _is_readable(file)]

    def _file(self, index: int) -> File:
        found = self._files.get(index)
        if found is None:
            found = self._files[index] = self._make(index)
        return found


def _by_place(name: Name, filenames: Iterable[str]) -> dict[Point, list[int]]:
    """The indexes of the files of each version, in the page's order; the first spelling of a version stays."""
    found: dict[Point, list[int]] = {}
    for text, indexes in _by_text(name, filenames).items():
        place = _place(text)
        if place is not None:
            known = found.setdefault(place, indexes)
            if known is not indexes:
                known += indexes
                known.sort()
    return found


def _by_text(name: Name, filenames: Iterable[str]) -> dict[str, list[int]]:
    """The indexes of the files by what stands in the place of the version; files that are none of the project's are left out.

    Half a µs a file, where `parse_wheel_name` takes five: nobody may ever look at their tags.
    """
    found: dict[str, list[int]] = {}
    heads: dict[str, bool] = {}
    for index, filename in enumerate(filenames):
        if filename[-4:] == ".whl":
            head, _, rest = filename.partition("-")
            is_ours = heads.get(head)
            if is_ours is None:
                is_ours = heads[head] = normalize(head) == name
            text, _, tags = rest.partition("-")
            dashes = tags.count("-")
            if not is_ours or (dashes != 2 and not (dashes == 3 and tags[:1].isdigit())):
                continue
        else:
            text = _version_in_sdist(filename, name)
        if text:
            known = found.get(text)
            if known is None:
                found[text] = [index]
            else:
                known.append(index)
    return found


class Releases(Sequence[Release]):
    """The versions of a project over several listings, ascending. A release is put together when it is looked at."""

    def __init__(self, listings: Sequence[tuple[Registry, Listing]]) -> None:
        self._listings = listings
        self.places: tuple[Point, ...]
        """Of the versions."""
        if len(listings) == 1:
            self.places = listings[0][1].places
        else:
            self.places = tuple(sorted(dict.fromkeys(place for _, listing in listings for place in listing.places)))
        self._made: dict[int, Release] = {}

    def __len__(self) -> int:
        return len(self.places)

    @overload
    def __getitem__(self, index: int) -> Release: ...
    @overload
    def __getitem__(self, index: slice) -> list[Release]: ...
    def __getitem__(self, index: int | slice) -> Release | list[Release]:
        if isinstance(index, slice):
            return [self[position] for position in range(*index.indices(len(self)))]
        position = range(len(self))[index]
        found = self._made.get(position)
        if found is None:
            found = self._made[position] = self._release(self.places[position])
        return found

    def _release(self, place: Point) -> Release:
        files = [
            IndexedFile(file=file, index=registry, is_flat=listing.is_flat)
            for registry, listing in self._listings
            for file in listing.files(place)
        ]
        return Release(version=place.version, files=tuple(files))


def _version_in_sdist(filename: str, name: Name) -> str:
    """What stands in the place of the version; nothing where it is no source distribution of the project."""
    extension = next((extension for extension in _SDIST_EXTENSIONS if filename.endswith(extension)), None)
    if extension is None:
        return ""
    stem, length = filename[: -len(extension)], len(name)
    return stem[length + 1 :] if stem[length : length + 1] == "-" and _normalized(stem[:length]) == name else ""


def refuse_others(name: Name, filenames: Iterable[str]) -> None:
    """See to it that a page's wheels are the project's. Costs 0.3 µs a file.

    Raises:
        SourceError: one is another project's.
    """
    for filename in filenames:
        if filename.endswith(".whl") and _normalized(filename.partition("-")[0]) != name:
            found = project_in(filename)
            if found not in (None, name):
                raise SourceError(
                    f"The index returned metadata for the wrong package: expected distribution for {name}, got distribution for {found}",
                    code=1,
                )


def _is_readable(file: File) -> bool:
    try:
        if file.is_wheel:
            parse_wheel_name(file.filename)
        if file.requires_python is not None:
            parse_lenient_specifiers(file.requires_python)
    except (InvalidWheelName, InvalidSpecifiers):
        return False
    return True


def project_in(filename: str) -> Name | None:
    """The project that a file's name tells, on a page that mixes several; for source distributions the last dash decides."""
    if filename.endswith(".whl"):
        try:
            return parse_wheel_name(filename).name
        except InvalidWheelName:
            return None
    extension = next((extension for extension in _SDIST_EXTENSIONS if filename.endswith(extension)), None)
    if extension is None:
        return None
    stem, dash, version = filename[: -len(extension)].rpartition("-")
    return normalize(stem) if dash and _place(version) is not None else None


_normalized = lru_cache(maxsize=4096)(normalize)


def _place(text: str) -> Point | None:
    try:
        return parse_point(text)
    except ValueError:
        return None
