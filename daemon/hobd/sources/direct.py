"""What requirements name directly: archives by URL or path, repositories, folders (uv-lock.md 1.7, 4.5)."""

from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from hobd.core.formats.core_metadata import InvalidMetadata, parse_metadata
from hobd.core.formats.urls import path_url, without_credentials
from hobd.core.resolver.knowledge import Unusable
from hobd.core.tags.wheel_name import InvalidWheelName, parse_wheel_name
from hobd.core.vocab.digest import Digest
from hobd.core.vocab.distribution import File
from hobd.core.vocab.evidence import Evidence
from hobd.core.vocab.index import Refresh
from hobd.core.vocab.metadata import Metadata
from hobd.core.vocab.names import Name
from hobd.core.vocab.source import Directory, Editable, Git, Source, Url, Virtual
from hobd.core.vocab.source import Path as PathSource
from hobd.errors import HobError
from hobd.sources.archive import Downloaded, HashMismatch, digest_file
from hobd.sources.archives import Archives, file_name
from hobd.sources.failures import SourceError
from hobd.sources.git import MissingLfs, Repositories
from hobd.sources.remote_metadata import BuildMetadata, RemoteMetadata
from hobd.sources.threads import in_thread
from hobd.sources.wheel_members import InvalidStructure
from hobd.sources.wheel_metadata import read_metadata_member


class Direct(Struct, frozen=True, kw_only=True):
    """What was learned of one direct source."""

    metadata: Metadata | Unusable
    source: Source
    """With the commit of a git reference."""
    files: tuple[File, ...] = ()
    """Of archives: the one file, with its sha256."""


class DirectSources:
    """Direct sources as one request may have them.

    Args:
        root: the folder of the lock, from which paths start.
        verifies: whether files have to be what the fragments of their addresses promise.
    """

    def __init__(
        self,
        *,
        root: Path,
        archives: Archives,
        remote: RemoteMetadata,
        repositories: Repositories,
        build: BuildMetadata,
        refresh: Refresh,
        evidence: Evidence,
        verifies: bool = True,
    ) -> None:
        self._root = root
        self._archives = archives
        self._remote = remote
        self._repositories = repositories
        self._build = build
        self._refresh = refresh
        self._evidence = evidence
        self._verifies = verifies

    async def learn(self, name: Name | None, source: Source) -> Direct:
        """Everything that a resolution wants to know of a source.

        Args:
            name: what the requirement calls it; None where only the source was given.
        Raises:
            HobError: it is not there, or could not be fetched.
        """
        if isinstance(source, Url | PathSource):
            _refuse_other_name(name, source.url if isinstance(source, Url) else source.path)
        match source:
            case Url():
                return await self._archive(name, source, await self._fetch(name, source), source.subdirectory)
            case PathSource():
                return await self._archive(name, source, await self._digest(name, source), None)
            case Git():
                return await self._git(name, source)
            case Directory() | Editable() | Virtual():
                return Direct(metadata=await self._tree(name, self._root / source.path, source), source=source)
            case _:
                raise TypeError(f"{source} is no direct source")

    async def _fetch(self, name: Name | None, source: Url) -> Downloaded:
        label = self._label(name, source)
        is_refresh = self._refresh.everything or name in self._refresh.packages
        try:
            return await self._archives.fetch(source.url, label=label, digests=self._promised(source), is_refresh=is_refresh)
        except SourceError as error:
            kind = "download" if is_wheel(source.url) else "download and build"
            raise error.under(f"Failed to {kind} `{label}`", code=1) from error

    async def _digest(self, name: Name | None, source: PathSource) -> Downloaded:
        path = self._root / source.path
        label = self._label(name, source)
        self._evidence.saw(path)
        try:
            return await in_thread(digest_file, path, self._promised(source), label)
        except HashMismatch as error:
            raise error.under(f"Failed to {'read' if is_wheel(path.name) else 'build'} `{label}`", code=1) from error
        except OSError as error:
            raise missing(path) from error

    def _label(self, name: Name | None, source: Url | PathSource) -> str:
        """A source in errors: with all that its address says."""
        address = without_credentials(source.url) if isinstance(source, Url) else path_url(str(self._root / source.path))
        whole = f"{address}#{source.fragment}" if source.fragment else address
        return whole if name is None else f"{name} @ {whole}"

    def _promised(self, source: Url | PathSource) -> tuple[Digest, ...]:
        try:
            promised = Digest.of_fragment(source.fragment) if self._verifies else None
        except ValueError as error:
            raise SourceError(str(error)) from error
        return () if promised is None else (promised,)

    async def _archive(self, name: Name | None, source: Url | PathSource, arrived: Downloaded, subdirectory: str | None) -> Direct:
        location = source.url if isinstance(source, Url) else arrived.path.name
        promised = self._promised(source) if isinstance(source, Url) else ()  # uv, too, knows what is on this machine by its sha256
        digests = (arrived.sha256, *promised)
        file = File(filename=file_name(location), location=location, digests=digests, is_path=not isinstance(source, Url))
        read = self._wheel_metadata(name, source, arrived.path) if file.is_wheel else self._sdist_metadata(name, arrived, subdirectory)
        return Direct(metadata=await read, source=source, files=(file,))

    async def _sdist_metadata(self, name: Name | None, arrived: Downloaded, subdirectory: str | None) -> Metadata | Unusable:
        try:
            return await self._remote.sdist_in(arrived.path, arrived.sha256, name, None, subdirectory)
        except InvalidStructure as error:
            return Unusable(reason="has an invalid package format", detail=error.message)

    async def _wheel_metadata(self, name: Name | None, source: Url | PathSource, path: Path) -> Metadata:
        """No other file could take the place of one that was named: who named it is told what is wrong with it."""
        label = self._label(name, source)
        verb, place = ("download", without_credentials(source.url)) if isinstance(source, Url) else ("read", str(path))
        try:
            return parse_metadata(await in_thread(read_metadata_member, path, name))
        except InvalidStructure as error:
            told: HobError = error.under(f"Failed to read metadata: {place}")
        except InvalidMetadata as error:
            shown = place if isinstance(source, Url) else label
            told = error.under(f"Couldn't parse metadata of `{file_name(place)}` from `{shown}`")
        raise told.under(f"Failed to {verb} `{label}`", code=1)

    async def _git(self, name: Name | None, source: Git) -> Direct:
        address = git_label(source)
        label = address if name is None else f"{name} @ {address}"
        try:
            commit = await self._repositories.resolve(source)
            pinned = replace(source, commit=commit)
            checkout = await self._repositories.checkout(pinned)
        except MissingLfs as error:
            lacking = f"The source distribution `{address}` is missing Git LFS artifacts."
            raise error.under(lacking).under(f"Failed to download and build `{label}`") from error
        except SourceError as error:
            raise error.under("Git operation failed", code=1).under(f"Failed to download and build `{label}`") from error
        if source.path is not None:
            return await self._packed_in(name, pinned, checkout / source.path)
        tree = checkout / (source.subdirectory or "")
        if not await in_thread(tree.is_dir):
            raise SourceError(
                f"Failed to download and build `{label}`",
                causes=(f"The source distribution `{address}` has no subdirectory `{source.subdirectory}`",),
                code=1,
            )
        return Direct(metadata=await self._tree(name, tree, pinned), source=pinned)

    async def _packed_in(self, name: Name | None, source: Git, path: Path) -> Direct:
        """An archive inside a repository."""
        _refuse_other_name(name, path.name)
        try:
            arrived = await in_thread(digest_file, path)
        except OSError as error:
            raise missing(path) from error
        found = await self._archive(name, PathSource(path=str(path)), arrived, source.subdirectory)
        return Direct(metadata=found.metadata, source=source)

    async def _tree(self, name: Name | None, tree: Path, source: Source) -> Metadata | Unusable:
        if not await in_thread(tree.is_dir):
            self._evidence.saw(tree)
            raise missing(tree)
        return await self._build.of_tree(tree, source, name)


def git_label(source: Git) -> str:
    """A repository as errors name it."""
    reference = f"@{source.reference}" if source.reference else ""
    said = [f"subdirectory={source.subdirectory}"] if source.subdirectory else []
    said += ["lfs=true"] if source.lfs else []
    return f"git+{source.url}{reference}" + (f"#{'&'.join(said)}" if said else "")


def is_wheel(location: str) -> bool:
    """Whether an address or path is a wheel's."""
    return urlsplit(location).path.endswith(".whl")


def missing(path: Path) -> SourceError:
    """Nothing is where a source should be."""
    return SourceError(f"Distribution not found at: {path_url(str(path))}", code=1)


def _refuse_other_name(name: Name | None, location: str) -> None:
    """Refuse a wheel whose name says that it is another project's, or none at all, before anybody fetches it."""
    if not is_wheel(location):
        return
    try:
        found = parse_wheel_name(file_name(location)).name
    except InvalidWheelName as error:
        raise SourceError(error.message, code=1) from error
    if name is not None and found != name:
        raise SourceError(
            f"Requested package name `{name}` does not match `{found}` in the distribution filename: {without_credentials(location)}",
            code=1,
        )
