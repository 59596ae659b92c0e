"""Digests that a lock does not know and an export or a portable lock has to tell: files are read, or fetched, to find them."""

from collections.abc import Sequence
from pathlib import Path

import anyio
from msgspec.structs import replace

from hobd.core.lockfile.export import Exported
from hobd.core.lockfile.export_pylock import files_to_digest
from hobd.core.lockfile.model import Lock, LockedFile, LockedPackage
from hobd.core.lockfile.portable import files_of
from hobd.core.vocab.digest import Digest
from hobd.core.vocab.disk import os_reason
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
    packages = await _complete([(row.package, files_to_digest(row.package)) for row in rows], network)
    return tuple(row if row.package is package else replace(row, package=package) for row, package in zip(rows, packages, strict=True))


async def with_all_digests(lock: Lock, network: Network) -> Lock:
    """The lock, each file of an index with a digest.

    Raises:
        HobError: a file cannot be had.
    """
    return replace(lock, packages=await _complete([(package, _undigested(package)) for package in lock.packages], network))


def _undigested(package: LockedPackage) -> tuple[LockedFile, ...]:
    return tuple(file for file in files_of(package) if file.digest is None) if isinstance(package.source, Registry) else ()


async def _complete(wanted: Sequence[tuple[LockedPackage, Sequence[LockedFile]]], network: Network) -> tuple[LockedPackage, ...]:
    places = [(place, file, _local(package, file, network)) for place, (package, files) in enumerate(wanted) for file in files]
    local = await _digest_local([path for _, _, path in places if path is not None], network)
    found = {(place, file): local[path] for place, file, path in places if path is not None}
    packages = [package for package, _ in wanted]

    async def learn(place: int, file: LockedFile) -> None:
        found[place, file] = await _digest_remote(packages[place], file, network)

    with told_singly():
        async with anyio.create_task_group() as tasks:
            for place, file, path in places:
                if path is None:
                    tasks.start_soon(learn, place, file)
    for place, (package, files) in enumerate(wanted):
        packages[place] = _completed(package, {file: found[place, file] for file in files})
    return tuple(packages)


def _completed(package: LockedPackage, digests: dict[LockedFile, Digest]) -> LockedPackage:
    if not digests:
        return package

    def complete(file: LockedFile) -> LockedFile:
        return replace(file, digest=digests[file]) if file in digests else file

    sdist = None if package.sdist is None else complete(package.sdist)
    return replace(package, sdist=sdist, wheels=tuple(map(complete, package.wheels)))


async def _digest_remote(package: LockedPackage, file: LockedFile, network: Network) -> Digest:
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


async def _digest_local(paths: Sequence[Path], network: Network) -> dict[Path, Digest]:
    for path in paths:
        network.session.context.evidence.saw(path)
    digests: dict[Path, Digest] = {}
    for path, found in (await network.files.digest_all(paths) if paths else {}).items():
        if isinstance(found, OSError):
            cause = f"failed to open file `{path}`: {os_reason(found)}"
            raise WorldError(f"Failed to read `{path}` to compute missing hashes", causes=(cause,)) from found
        digests[path] = found
    return digests
