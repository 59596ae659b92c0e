"""What can be built: a folder, a checkout, or an archive; how it is named, and what it is known by."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from os.path import normpath
from pathlib import Path

from anyio import to_thread
from msgspec import Struct
from packaging.version import Version

from hobd.builds.uv_build.faults import CannotBuild
from hobd.core.formats.cache_info import render_cache_info
from hobd.core.formats.urls import path_url, without_credentials
from hobd.core.plan.model import Pin
from hobd.core.vocab.digest import Digest
from hobd.core.vocab.names import Name
from hobd.core.vocab.source import Editable, Git, Registry, Source, Url
from hobd.core.vocab.source import Path as PathSource
from hobd.errors import HobError
from hobd.service.builds.local_states import read_state
from hobd.service.locks.files import label_of, locate
from hobd.service.network import Network
from hobd.sources.archive import Downloaded, digest_file
from hobd.sources.unpacking import unpack


class Buildable(Struct, frozen=True, kw_only=True):
    """Something that a backend is asked for."""

    name: Name | None = None
    version: Version | None = None
    """As far as it is known before."""
    place: str
    """How lines and errors go on after the name: ` @ file:///…`, `==1.0`."""
    identity: tuple[str, ...]
    """What it is, whatever its state."""
    state: str = ""
    """Of a folder: what its keys came to. Empty for what never changes."""
    is_local: bool = True
    is_editable: bool = False
    folder: Path | None = None
    """Of folders and checkouts."""
    source: Source | None = None
    """Likewise."""
    archive: Path | None = None
    subdirectory: str | None = None
    """Of archives: where the project lies."""

    @property
    def label(self) -> str:
        """As errors name it."""
        return f"{self.name}{self.place}" if self.name is not None else self.place.removeprefix(" @ ")

    @asynccontextmanager
    async def opened(self, scratch: Path) -> AsyncIterator[Path]:
        """The source tree; of an archive it is unpacked below `scratch`, which is thrown away afterwards.

        Raises:
            InvalidStructure: it is no archive.
        """
        if self.folder is not None:
            yield self.folder
            return
        assert self.archive is not None  # one of the two it is
        target = scratch / "source"
        target.mkdir()
        top = await to_thread.run_sync(unpack, self.archive, target)
        yield top / self.subdirectory if self.subdirectory else top

    def failed(self, error: HobError, *, is_backend: bool) -> HobError:
        """The error as that of this build."""
        inner = error.__cause__ if error.message.startswith("Failed to build `") else error  # lowering says so itself
        cause = inner if isinstance(inner, HobError) else error
        verb = "build" if self.is_local or is_backend else "download and build"
        code = cause.code if isinstance(cause, CannotBuild) else 1  # as uv, whose own backend fails in another way than others
        return cause.under(f"Failed to {verb} `{self.label}`", code=code)


def of_folder(folder: Path, source: Source, name: Name | None, network: Network) -> Buildable:
    """A folder or checkout. Blocks."""
    if isinstance(source, Git):
        return _of_checkout(folder, source, name)
    path = Path(normpath(folder))
    return Buildable(
        name=name,
        place=f" @ {path_url(str(path))}",
        identity=("folder", str(path)),
        state=render_cache_info(read_state(path, network.session.context)),
        is_editable=isinstance(source, Editable),
        folder=path,
        source=source,
    )


def _of_checkout(folder: Path, source: Git, name: Name | None) -> Buildable:
    return Buildable(
        name=name,
        place=f" @ {git_address(source)}",
        identity=("git", source.url, source.commit or "", source.subdirectory or "", "lfs" if source.lfs else ""),
        is_local=False,
        folder=folder,
        source=source,
    )


def git_address(source: Git) -> str:
    """A repository as lines and errors name it: with its commit once that is known."""
    reference = source.commit or source.reference
    place = f"git+{source.url}" + (f"@{reference}" if reference else "")
    return place + (f"#subdirectory={source.subdirectory}" if source.subdirectory else "")


def of_archive(
    archive: Path, digest: Digest, name: Name | None, version: Version | None, subdirectory: str | None, place: str | None = None
) -> Buildable:
    """A source distribution.

    Args:
        digest: its sha256.
        place: see `Buildable.place`; None: by its version, else by its path.
    """
    by_itself = f"=={version}" if version is not None and name is not None else f" @ {path_url(str(archive))}"
    return Buildable(
        name=name,
        version=version,
        place=by_itself if place is None else place,
        identity=("archive", str(digest), subdirectory or ""),
        is_local=place is None and version is None,
        archive=archive,
        subdirectory=subdirectory,
    )


async def of_pin(pin: Pin, network: Network) -> Buildable:
    """What is to be built for a pin; archives are fetched, repositories checked out.

    Raises:
        HobError: it is not there.
    """
    source = pin.package.source
    match source:
        case Git():
            checkout = await network.repositories.checkout(source)
            if source.path is None:
                return _of_checkout(checkout / (source.subdirectory or ""), source, pin.name)
            packed = await to_thread.run_sync(digest_file, checkout / source.path)
            return of_archive(packed.path, packed.sha256, pin.name, pin.package.version, source.subdirectory, f" @ {git_address(source)}")
        case Registry() | Url() | PathSource():
            arrived = await _arrive(pin, network)
            subdirectory = source.subdirectory if isinstance(source, Url) else None
            return of_archive(arrived.path, arrived.sha256, pin.name, pin.package.version, subdirectory, _place(pin, network))
    return await to_thread.run_sync(of_folder, network.root / source.path, source, pin.name, network)


def _place(pin: Pin, network: Network) -> str:
    match pin.package.source:
        case Url(url):
            return f" @ {without_credentials(url)}"
        case PathSource(path):
            return f" @ {path_url(normpath(network.root / path))}"
    return f"=={pin.package.version}"


async def _arrive(pin: Pin, network: Network) -> Downloaded:
    """The archive, verified."""
    digests = (pin.file.digest,) if pin.file is not None and pin.file.digest is not None else ()
    place, label = await locate(pin, network), label_of(pin, network)
    if place.path is not None:
        return await to_thread.run_sync(digest_file, place.path, digests, label)
    return await network.archives.fetch(place.url, label=label, digests=digests)
