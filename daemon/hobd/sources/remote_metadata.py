"""Metadata of files on indexes, by the cheapest way that there is (uv-lock.md 4.5).

wheel   its metadata as a file of its own (PEP 658) ─ else a ranged read ─ else the whole file
sdist   PKG-INFO that is static (PEP 643) ─ else a static pyproject.toml ─ else the backend is asked
"""

from collections.abc import Mapping
from functools import lru_cache, partial
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit, urlunsplit

from packaging.version import Version

from hobd.core.formats.core_metadata import InvalidMetadata, parse_static_metadata
from hobd.core.formats.static_project import parse_static_project
from hobd.core.formats.urls import file_url_path
from hobd.core.resolver.knowledge import IndexedFile, Release, Unusable
from hobd.core.vocab.digest import Digest, strongest
from hobd.core.vocab.evidence import Evidence
from hobd.core.vocab.index import Refresh
from hobd.core.vocab.metadata import Metadata
from hobd.core.vocab.names import Name
from hobd.core.vocab.source import Source
from hobd.sources.archive import digest_file, matches
from hobd.sources.archives import Archives
from hobd.sources.failures import OfflineMiss, SourceError
from hobd.sources.http import HttpClient
from hobd.sources.http_cache import Answer, HttpCache
from hobd.sources.index import OFFLINE_HINT, Indexes
from hobd.sources.local_files import LocalFiles
from hobd.sources.remote_zip import RangesRefused, RemoteZip
from hobd.sources.threads import in_thread
from hobd.sources.unpacking import read_top_members
from hobd.sources.wheel_members import InvalidStructure, metadata_member
from hobd.sources.wheel_metadata import BROKEN_ZIP, parse_wheel_metadata, read_metadata_member

_MEMBER = "member"
_PLAIN = {"Accept-Encoding": "identity"}
OFFLINE = Unusable(reason="needs to be downloaded from a registry", detail=OFFLINE_HINT)


class BuildMetadata(Protocol):
    """Asks build backends, and reads source trees with their own settings. The service ties this knot."""

    async def of_archive(
        self, archive: Path, digest: Digest, name: Name | None, version: Version | None, subdirectory: str | None
    ) -> Metadata | Unusable:
        """What the backend says of a packed source distribution, whose sha256 is `digest`."""

    async def of_tree(self, tree: Path, source: Source, name: Name | None) -> Metadata | Unusable:
        """What a source tree says: its `pyproject.toml` with sources and workspace applied, else its backend."""


class RemoteMetadata:
    """The metadata of an index's files, as one request may have it."""

    def __init__(
        self,
        *,
        client: HttpClient,
        cache: HttpCache,
        archives: Archives,
        files: LocalFiles,
        indexes: Indexes,
        build: BuildMetadata,
        refresh: Refresh,
        evidence: Evidence,
    ) -> None:
        self._client = client
        self._cache = cache
        self._archives = archives
        self._files = files
        self._indexes = indexes
        self._build = build
        self._refresh = refresh
        self._evidence = evidence

    async def metadata(self, name: Name, release: Release, indexed: IndexedFile) -> Metadata | Unusable:
        """The metadata of one file; `Unusable` where the version has to be rejected for it.

        Its name has to be the project's. The version that a wheel says it is does not count: its file's name does, as in uv.

        Raises:
            HobError: it could not be fetched, or is another project's.
        """
        try:
            found = await (self._of_wheel(name, indexed) if indexed.file.is_wheel else self._of_sdist(name, release, indexed))
        except OfflineMiss:
            return OFFLINE
        return of_project(found, name)

    def find(self, name: Name, release: Release, indexed: IndexedFile) -> Metadata | Unusable | None:
        """What memory has of a wheel's metadata, if nothing has to be asked for it; see `metadata`. May be called in any thread."""
        file = indexed.file
        if not file.is_wheel:
            return None
        path = self._local_path(indexed)
        if path is not None:
            found = self._files.find_metadata(path, name)
            return None if found is None else of_project(found, name)
        is_offered = file.metadata is not False
        kept = self._cache.find(
            _offer(file.location) if is_offered else file.location,
            control=self._indexes.index(indexed.index).cache_control_files,
            is_refresh=self._is_refresh(name),
            digest=strongest(file.digests),
            kind="" if is_offered else _MEMBER,
            is_file=True,
        )
        return None if kept is None or kept.value is None else of_project(kept.value, name)

    async def _of_wheel(self, name: Name, indexed: IndexedFile) -> Metadata | Unusable:
        path = self._local_path(indexed)
        if path is not None:
            return await in_thread(self._files.read_metadata, path, name)
        if indexed.file.metadata is not False:
            found = await self._offered(name, indexed)
            if found is not None:
                return found
        return await self._read_from_wheel(name, indexed)

    async def _offered(self, name: Name, indexed: IndexedFile) -> Metadata | Unusable | None:
        """The metadata that the index offers as a file; None where it is not what its digest promises."""
        file = indexed.file
        parse = partial(_parse_offered, file.metadata if isinstance(file.metadata, Digest) else None)
        return await self._cache.get(
            _offer(file.location),
            parse,
            headers={},
            control=self._indexes.index(indexed.index).cache_control_files,
            is_refresh=self._is_refresh(name),
            digest=strongest(file.digests),
            is_file=True,
        )

    async def _read_from_wheel(self, name: Name, indexed: IndexedFile) -> Metadata | Unusable:
        try:
            return await self.wheel_at(
                indexed.file.location,
                name,
                digests=indexed.file.digests,
                control=self._indexes.index(indexed.index).cache_control_files,
            )
        except InvalidStructure as error:
            return Unusable(reason="has an invalid package format", detail=error.message)

    async def wheel_at(self, url: str, name: Name, *, digests: tuple[Digest, ...] = (), control: str | None = None) -> Metadata | Unusable:
        """The metadata inside a wheel on the web.

        Raises:
            InvalidStructure: it is no wheel.
            HobError: it could not be fetched.
        """

        async def receive(headers: Mapping[str, str]) -> tuple[Answer, bytes | None]:
            return await self._receive_member(url, name, digests, headers)

        return await self._cache.get(
            url,
            _parse_answer,
            headers={},
            control=control,
            is_refresh=self._is_refresh(name),
            digest=strongest(digests),
            receive=receive,
            kind=_MEMBER,
            is_file=True,
        )

    async def _receive_member(
        self, url: str, name: Name, digests: tuple[Digest, ...], headers: Mapping[str, str]
    ) -> tuple[Answer, bytes | None]:
        remote = RemoteZip(self._client, url, headers)
        choose = partial(metadata_member, name=name)
        try:
            reply = await remote.open()
            answer = self._cache.answer(reply)
            return answer, None if reply.status == 304 else await remote.read(choose)
        except RangesRefused:
            return await self._receive_whole(url, name, digests)
        except BROKEN_ZIP as error:
            raise InvalidStructure("Failed to read from zip file") from error

    async def _receive_whole(self, url: str, name: Name, digests: tuple[Digest, ...]) -> tuple[Answer, bytes | None]:
        arrived = await self._archives.fetch(url, label=url, digests=digests, is_file=True)
        content = await in_thread(read_metadata_member, arrived.path, name)
        return self._archives.answer(url, digests) or self._cache.plain_answer(url), content

    async def _of_sdist(self, name: Name, release: Release, indexed: IndexedFile) -> Metadata | Unusable:
        file = indexed.file
        path = self._local_path(indexed)
        try:
            if path is None:
                label = f"{name}=={release.version}"
                arrived = await self._archives.fetch(file.location, label=label, digests=file.digests, is_refresh=self._is_refresh(name))
            else:
                arrived = await in_thread(digest_file, path, file.digests)
            return await self.sdist_in(arrived.path, arrived.sha256, name, release.version)
        except InvalidStructure as error:
            pin = f"{name}=={release.version}"
            raise error.under(f"Failed to extract archive: {pin}").under(f"Failed to download and build `{pin}`", code=1) from error

    async def sdist_in(
        self, path: Path, sha256: Digest, name: Name | None, version: Version | None, subdirectory: str | None = None
    ) -> Metadata | Unusable:
        """The metadata of a source distribution on this machine.

        Raises:
            InvalidStructure: it is no archive.
        """
        if subdirectory is None:
            static = await in_thread(read_static_sdist, path, name, version)
            if static is not None:
                return static
        return await self._build.of_archive(path, sha256, name, version, subdirectory)

    def _local_path(self, indexed: IndexedFile) -> Path | None:
        """Where a file lies on this machine; pages on the web may name such files too, by their `file:` URLs."""
        path = file_url_path(indexed.file.location)
        if path is None and not indexed.file.is_path:
            return None
        found = (self._indexes.folder(indexed.index) or Path()) / (path or indexed.file.location)
        self._evidence.saw(found)
        return found

    def _is_refresh(self, name: Name) -> bool:
        return self._refresh.everything or name in self._refresh.packages


def of_project(found: Metadata | Unusable, name: Name) -> Metadata | Unusable:
    """The metadata.

    Raises:
        SourceError: it is another project's.
    """
    if isinstance(found, Metadata) and found.name != name:
        raise SourceError(f"Package metadata name `{found.name}` does not match given name `{name}`", code=1)
    return found


def read_static_sdist(path: Path, name: Name | None, version: Version | None) -> Metadata | None:
    """What a source distribution says without a build; None where the backend has to be asked. Blocks.

    Args:
        name: whose metadata it has to be; None where any will do.
        version: of which version; None as above.
    Raises:
        InvalidStructure: it is no archive.
    """
    members = read_top_members(path, ("PKG-INFO", "pyproject.toml"))
    try:
        static = parse_static_metadata(members["PKG-INFO"]) if "PKG-INFO" in members else None
    except InvalidMetadata:
        static = None
    if static is not None and is_of(static, name, version):
        return static
    static = parse_static_project(members["pyproject.toml"]) if "pyproject.toml" in members else None
    return static if static is not None and is_of(static, name, version) else None


def is_of(found: Metadata, name: Name | None, version: Version | None) -> bool:
    """Whether metadata is that of a project and version."""
    is_version = version is None or found.is_dynamic or version in (found.version, _public(found.version))
    return name in (None, found.name) and is_version


def _parse_answer(content: bytes, content_type: str, url: str) -> Metadata | Unusable:
    return parse_wheel_metadata(content)


def _parse_offered(digest: Digest | None, content: bytes, content_type: str, url: str) -> Metadata | Unusable | None:
    return None if digest is not None and not matches(content, digest) else parse_wheel_metadata(content)


@lru_cache(maxsize=4096)
def _offer(location: str) -> str:
    """Where the index offers the metadata of a file."""
    parts = urlsplit(location)
    return urlunsplit(parts._replace(path=f"{parts.path}.metadata"))


def _public(version: Version) -> Version:
    return Version(version.public)
