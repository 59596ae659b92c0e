"""Where a locked file is to be had: in a folder, at its address or, by name and digest, wherever it is offered.

portable lock    the folder beside the lock ─ not there → any index that offers a file of that name with that digest
ordinary lock    the folder beside the lock, if it holds that very file ─ else → the address that the lock names
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from anyio import to_thread
from msgspec import Struct
from msgspec.structs import replace

from hobd.core.formats.urls import file_url_path, path_url
from hobd.core.lockfile.model import LockedFile
from hobd.core.lockfile.portable import BUILD_REQUIREMENTS, WHEELHOUSE, is_wheelhouse
from hobd.core.plan.model import Pin
from hobd.core.vocab.digest import Digest
from hobd.core.vocab.distribution import File
from hobd.core.vocab.index import Index
from hobd.core.vocab.project import Workspace
from hobd.core.vocab.source import Directory, Editable, Registry, Url
from hobd.core.vocab.source import Path as PathSource
from hobd.errors import HobError, InternalError, WorldError
from hobd.service.network import Network


class Place(Struct, frozen=True, kw_only=True):
    """Where a file is."""

    path: Path | None = None
    url: str = ""
    """For a file on the web."""


class FileNotOffered(WorldError):
    """A file of a portable lock that nobody has."""

    default_code = 1


async def locate(pin: Pin, network: Network) -> Place:
    """Where the pin's file is. Whoever takes it there checks its digest.

    Raises:
        HashMismatch: all that is offered under its name is another file.
        FileNotOffered: nothing is offered under its name.
        HobError: an index could not be asked.
    """
    source, file = pin.package.source, pin.file
    if isinstance(source, PathSource):
        return Place(path=network.root / source.path)
    if file is None:
        raise InternalError(f"`{pin}` has no file")
    if is_portable_pin(pin, network) and isinstance(source, Registry):
        beside = network.root / source.url / file.name
        return Place(path=beside) if beside.is_file() else await find_origin(pin, file, network)
    if file.path is None:
        name = replace(file, url=source.url).name if isinstance(source, Url) else file.name
        beside_lock = await to_thread.run_sync(find_same, network.root / WHEELHOUSE, name, file.digest)
        if beside_lock is not None:
            return Place(path=beside_lock)
    return await find_origin(pin, file, network)


async def find_origin(pin: Pin, file: LockedFile, network: Network) -> Place:
    """Where the file comes from, whatever lies beside the lock; see `locate`."""
    source = pin.package.source
    if isinstance(source, PathSource):
        return Place(path=network.root / source.path)
    if is_portable_pin(pin, network):
        return await _search(pin, file, network)
    if isinstance(source, Registry) and file.path is not None:
        return Place(path=(network.indexes.folder(source) or network.root) / file.path)
    url = source.url if isinstance(source, Url) else file.url
    if url is None:
        raise InternalError(f"`{pin}` has neither an address nor a path")
    path = file_url_path(url)
    return Place(url=url) if path is None else Place(path=Path(path))


def local_place(pin: Pin, network: Network) -> Path | None:
    """The folder or file on this machine that a pin comes from; None for what comes from elsewhere."""
    source, file = pin.package.source, pin.file
    if isinstance(source, Directory | Editable | PathSource):
        return Path(os.path.normpath(network.root / source.path))
    if isinstance(source, Registry) and file is not None and file.path is not None and not is_portable_pin(pin, network):
        return (network.indexes.folder(source) or network.root) / file.path
    return None


def is_portable_pin(pin: Pin, network: Network) -> bool:
    """Whether a file is known by name and digest alone."""
    return network.session.settings.hob.portable_lock and is_wheelhouse(pin.package.source)


def label_of(pin: Pin, network: Network) -> str:
    """The file in errors: by its name where that is all that tells it, else by its version."""
    return pin.file.name if pin.file is not None and is_portable_pin(pin, network) else str(pin)


def carried_along(network: Network) -> Network:
    """The network of builds: without a network, what `hob bundle` put beside the lock for them."""
    session = network.session
    folder = network.root / WHEELHOUSE / BUILD_REQUIREMENTS
    if not session.settings.network.offline or not folder.is_dir():
        return network
    shown = f"{WHEELHOUSE}/{BUILD_REQUIREMENTS}"
    index = Index(url=path_url(str(folder)), is_flat=True, relative_to=shown)
    settings = session.settings
    indexes = replace(settings.index, find_links=(*settings.index.find_links, index))
    return replace(network, session=replace(session, settings=replace(settings, index=indexes)))


def find_same(folder: Path, name: str, digest: Digest | None) -> Path | None:
    """A file of that name and digest in a folder or right below it. Blocks."""
    from hobd.sources.archive import HashMismatch, digest_file

    if digest is None or not name or not folder.is_dir():
        return None
    for path in (folder / name, *sorted(folder.glob(f"*/{_escaped(name)}"))):
        try:
            if path.is_file():
                return digest_file(path, (digest,)).path
        except (HashMismatch, OSError):
            continue
    return None


def _escaped(name: str) -> str:
    from glob import escape

    return escape(name)


async def _search(pin: Pin, file: LockedFile, network: Network) -> Place:
    """The first index that offers the file: one that tells its digest before one that does not."""
    from hobd.sources.archive import HashMismatch

    untold: Place | None = None
    others: list[Digest] = []
    failures: list[HobError] = []
    for index in _in_order(pin, network):
        try:
            offered = await _offer(pin, file, index, network)
        except HobError as error:  # another index may do as well
            failures.append(error)
            continue
        if offered is None:
            continue
        place = _place(offered, index, network)
        told = [digest for digest in offered.digests if file.digest is not None and digest.algorithm == file.digest.algorithm]
        if file.digest in told:
            return place
        others += told
        untold = untold or (None if told else place)
    if untold is not None:
        return untold
    if others and file.digest is not None:
        raise HashMismatch(file.name, [file.digest], list(dict.fromkeys(others)))
    if failures:
        raise failures[0]
    raise _not_offered(pin, file, network)


def _in_order(pin: Pin, network: Network) -> Iterator[Index]:
    """The configured indexes; the one that the file was locked from by name comes first. Other explicit ones are not asked."""
    settings = network.session.settings.index
    known = list(dict.fromkeys((*(() if settings.no_index else (*settings.indexes, *_of_members(network))), *settings.find_links)))
    label = pin.package.source.url.partition("/")[2] if isinstance(pin.package.source, Registry) else ""
    asked = (index for index in known if not index.is_explicit or (label and index.name == label))
    yield from sorted(asked, key=lambda index: not (label and index.name == label))


def _of_members(network: Network) -> Sequence[Index]:
    """The indexes that only members of the workspace declare."""
    from hobd.core.formats.urls import has_known_scheme
    from hobd.core.resolver.source_lowering import registry_of

    found = network.session.found
    if not isinstance(found, Workspace):
        return ()
    declared = [(index, member.root) for member in found.members for index in member.pyproject.tool_uv.indexes]
    return [index if has_known_scheme(index.url) else replace(index, url=registry_of(index, root).url) for index, root in declared]


async def _offer(pin: Pin, file: LockedFile, index: Index, network: Network) -> File | None:
    from hobd.core.resolver.versions import parse_point

    listing = await network.indexes.listing(pin.name, index)
    if listing is None or pin.package.version is None:
        return None
    return next((each for each in listing.files(parse_point(str(pin.package.version))) if each.filename == file.name), None)


def _place(offered: File, index: Index, network: Network) -> Place:
    from hobd.sources.registries import local_folder

    if offered.is_path:
        return Place(path=(local_folder(index, network.root) or network.root) / offered.location)
    return Place(url=offered.location)


def _not_offered(pin: Pin, file: LockedFile, network: Network) -> FileNotOffered:
    folder = pin.package.source.url if isinstance(pin.package.source, Registry) else WHEELHOUSE
    is_offline = network.session.settings.network.offline
    where = "and the network is disabled" if is_offline else "and no configured index offers it"
    return FileNotOffered(
        f"`{file.name}` is not in `{folder}`, {where}",
        hint=f"Fill `{WHEELHOUSE}` with `hob bundle` where the network can be reached, and bring it here",
    )
