"""Indexes that are one list of files for all projects: a page of links, a file of links, or a folder (`find-links`, `format = "flat"`)."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec.structs import replace

from hobd.core.formats.urls import file_url_path, path_url
from hobd.core.vocab.disk import os_reason
from hobd.core.vocab.distribution import File
from hobd.core.vocab.names import Name
from hobd.sources.failures import SourceError
from hobd.sources.releases import Listing, project_in


class FlatIndex:
    """The files of a flat index by project. Names that are no distribution's are left out.

    Args:
        filenames: of all files.
        make: makes the file at an index.
    """

    def __init__(self, filenames: Sequence[str], make: Callable[[int], File]) -> None:
        self._filenames = filenames
        self._make = make
        self._by_project: dict[Name, list[int]] = {}
        self._listings: dict[Name, Listing] = {}
        for index, filename in enumerate(filenames):
            project = project_in(filename)
            if project is not None:
                self._by_project.setdefault(project, []).append(index)

    def listing(self, name: Name) -> Listing | None:
        """The files of one project, the same listing each time; None where there are none."""
        found = self._listings.get(name)
        if found is None and (indexes := self._by_project.get(name)) is not None:
            found = self._listings.setdefault(name, self._list(name, indexes))
        return found

    def __len__(self) -> int:
        return len(self._filenames)

    def _list(self, name: Name, indexes: Sequence[int]) -> Listing:
        return Listing(name, [self._filenames[index] for index in indexes], lambda position: self._make(indexes[position]), is_flat=True)


def parse_flat_page(body: bytes, content_type: str, url: str) -> FlatIndex:
    """Read a page of links; it may be JSON of the simple API too.

    Raises:
        InvalidPage: it is of another type, or cannot be read.
    """
    from hobd.core.formats.simple_api import parse_page

    page = parse_page(body, content_type, url)
    return FlatIndex(page.filenames, page.file)


def read_flat_place(place: Path) -> FlatIndex:
    """List a folder, or read a page of links on this machine.

    Raises:
        SourceError: it cannot be listed or read.
    """
    return _read_page(place) if place.is_file() else _read_folder(place)


def _read_page(path: Path) -> FlatIndex:
    """Files on this machine are told by their absolute path."""
    from hobd.core.formats.simple_api import parse_html

    try:
        content = path.read_bytes()
        content.decode()
    except (OSError, UnicodeDecodeError) as error:
        why = os_reason(error) if isinstance(error, OSError) else "stream did not contain valid UTF-8"
        raise SourceError(f"Failed to read `--find-links` file: {path}", causes=(f"failed to read from file `{path}`: {why}",)) from error
    page = parse_html(content, path_url(str(path)))

    def make(index: int) -> File:
        file = page.file(index)
        local = file_url_path(file.location)
        return file if local is None else replace(file, location=local, is_path=True)

    return FlatIndex(page.filenames, make)


def _read_folder(folder: Path) -> FlatIndex:
    """Files have a path relative to the folder, and neither digest nor size nor time, as in uv's locks."""
    try:
        filenames = sorted(entry.name for entry in os.scandir(folder) if entry.is_file())
    except OSError as error:
        raise SourceError(f"Failed to read `--find-links` directory: {folder}", causes=(os_reason(error),)) from error
    return FlatIndex(filenames, lambda index: File(filename=filenames[index], location=filenames[index], is_path=True))
