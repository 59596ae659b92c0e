"""Builds of Python: the list of what there is, and the archives (PYT-9).

Addresses are of the web (`https`, `http`), or of this machine (`file`, or a path for lists).
"""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from hobd.core.formats.python_downloads import parse_download_list, parse_standalone_builds
from hobd.core.vocab.disk import os_reason
from hobd.core.vocab.evidence import Evidence
from hobd.core.vocab.progress import ProgressSink
from hobd.core.vocab.python_download import PythonDownload
from hobd.sources.archive import Downloaded, copy_file, receive_file
from hobd.sources.failures import FetchFailed, SourceError
from hobd.sources.http import HttpClient, Reply
from hobd.sources.threads import in_thread


class WrongBuild(SourceError):
    """An archive is not the one that the list promises."""

    default_code = 1

    def __init__(self, label: str, expected: str, computed: str) -> None:
        super().__init__(f"Hash mismatch for `{label}`\n\nExpected:\n{expected}\n\nComputed:\n{computed}")


class PythonBuilds(Struct, frozen=True, kw_only=True):
    """Where one command gets builds of Python from."""

    client: Callable[[], HttpClient]
    """The network, made when it is first asked."""
    evidence: Evidence
    progress: ProgressSink
    cwd: Path

    async def read_list(self, place: str) -> tuple[PythonDownload, ...]:
        """A list in uv's format.

        Args:
            place: address or path.
        Raises:
            SourceError: it cannot be had.
            InvalidDownloadList: it is something else.
        """
        path = _local_path(place, self.cwd)
        if path is None:
            return parse_download_list(await self._fetch_list(place), place)
        return parse_download_list(await in_thread(_read, path, str(path) if place.startswith("file:") else place, self.evidence), place)

    async def read_known(self, file: Path) -> tuple[PythonDownload, ...]:
        """What the library of standalone builds lists in its file."""
        return await in_thread(lambda: parse_standalone_builds(_read(file, str(file), self.evidence)))

    async def fetch(self, build: PythonDownload, url: str, target: Path, announce: Callable[[int | None], None]) -> Downloaded:
        """Bring an archive to `target`, which appears whole or not at all. `check_build` tells whether it is the right one.

        Args:
            announce: hears of its size in bytes, once, when it begins to come.
        Raises:
            SourceError: it cannot be had.
        """
        path = _local_path(url, self.cwd)
        if path is not None:
            return await in_thread(_copy, path, target, announce)
        label, announced = str(build.key), False

        async def receive(reply: Reply) -> Downloaded:
            nonlocal announced
            if not announced:  # what is fetched once more is not told once more
                length = reply.headers.get("Content-Length")
                announce(int(length) if length is not None and length.isdigit() else None)
                announced = True
            return await receive_file(reply, target, label=label, progress=self.progress, progress_label=label)

        return await self.client().fetch(url, receive, headers={"Accept-Encoding": "identity"})

    async def _fetch_list(self, url: str) -> bytes:
        async def read(reply: Reply) -> bytes:
            return await reply.read()

        try:
            return await self.client().fetch(url, read)
        except FetchFailed as error:
            raise error.under(f"Error while fetching remote python downloads json from `{url}`", code=2) from error


def check_build(build: PythonDownload, archive: Downloaded) -> None:
    """Hold an archive against its list; a wrong one is removed.

    Raises:
        WrongBuild: it is another one.
    """
    if build.sha256 is not None and build.sha256 != archive.sha256.hex:
        archive.path.unlink(missing_ok=True)
        raise WrongBuild(str(build.key), build.sha256, archive.sha256.hex)


def _local_path(place: str, cwd: Path) -> Path | None:
    parts = urlsplit(place)
    if parts.scheme in ("http", "https"):
        return None
    return Path(unquote(parts.path)) if parts.scheme == "file" else cwd / place


def _read(path: Path, shown: str, evidence: Evidence) -> bytes:
    evidence.saw(path)
    try:
        return path.read_bytes()
    except OSError as error:
        raise SourceError(f"failed to open file `{shown}`: {os_reason(error)}") from error


def _copy(path: Path, target: Path, announce: Callable[[int | None], None]) -> Downloaded:
    try:
        announce(path.stat().st_size)
    except OSError as error:
        raise SourceError(f"failed to query metadata of file `{path}`: {os_reason(error)}", code=1) from error
    try:
        return copy_file(path, target)
    except OSError as error:
        raise SourceError(f"failed to open file `{path}`: {os_reason(error)}", code=1) from error
