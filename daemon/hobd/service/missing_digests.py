"""Digests that a lock does not know and an export has to tell: files are read, or fetched, to find them."""

from dataclasses import replace
from pathlib import Path

import anyio
from anyio import to_thread

from hobd.core.lockfile.export import Exported
from hobd.core.lockfile.export_pylock import files_to_digest
from hobd.core.lockfile.model import LockedFile, LockedPackage
from hobd.core.vocab.digest import Digest
from hobd.core.vocab.source import Path as PathSource
from hobd.core.vocab.source import Registry, Url
from hobd.errors import HobError, WorldError
from hobd.service.failures import told_singly
from hobd.service.network import Network


async def with_digests(rows: tuple[Exported, ...], network: Network) -> tuple[Exported, ...]:
    """The rows, each file with a digest.

    Raises:
        HobError: a file cannot be had.
    """
    found: dict[tuple[int, LockedFile], Digest] = {}

    async def learn(place: int, package: LockedPackage, file: LockedFile) -> None:
        found[place, file] = await _digest(package, file, network)

    with told_singly():
        async with anyio.create_task_group() as tasks:
            for place, row in enumerate(rows):
                for file in files_to_digest(row.package):
                    tasks.start_soon(learn, place, row.package, file)
    if not found:
        return rows
    return tuple(_completed(row, {file: digest for (at, file), digest in found.items() if at == place}) for place, row in enumerate(rows))


def _completed(row: Exported, digests: dict[LockedFile, Digest]) -> Exported:
    def complete(file: LockedFile) -> LockedFile:
        return replace(file, digest=digests[file]) if file in digests else file

    package = row.package
    sdist = None if package.sdist is None else complete(package.sdist)
    return replace(row, package=replace(package, sdist=sdist, wheels=tuple(map(complete, package.wheels))))


async def _digest(package: LockedPackage, file: LockedFile, network: Network) -> Digest:
    path = _local(package, file, network)
    if path is not None:
        return await _digest_local(path, network)
    url = package.source.url if isinstance(package.source, Url) else file.url or ""
    try:
        return (await network.archives.fetch(url, label=file.name)).sha256
    except HobError as error:
        raise error.under(f"Failed to download `{url}` to compute missing hashes") from error


def _local(package: LockedPackage, file: LockedFile, network: Network) -> Path | None:
    match package.source:
        case PathSource(path):
            return network.root / path
        case Registry(url, is_path=True):
            return network.root / url / (file.path or file.name)
    return None


async def _digest_local(path: Path, network: Network) -> Digest:
    from hobd.sources.archive import digest_file

    network.session.context.evidence.saw(path)
    try:
        return (await to_thread.run_sync(digest_file, path)).sha256
    except OSError as error:
        cause = f"failed to open file `{path}`: {error.strerror} (os error {error.errno})"
        raise WorldError(f"Failed to read `{path}` to compute missing hashes", causes=(cause,)) from error
