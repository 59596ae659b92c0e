"""Files that somebody promised by their digests, held against those that are to be installed (PIP-9, BIS-1)."""

from collections.abc import Iterable, Mapping, Sequence

import anyio
from anyio import to_thread
from msgspec.structs import replace

from hobd.core.lockfile.export import Exported
from hobd.core.lockfile.model import Lock, LockedFile, LockedPackage
from hobd.core.markers import TRUE
from hobd.core.plan.model import Pin
from hobd.core.resolver.target import INSTALLED
from hobd.core.vocab.digest import Digest
from hobd.core.vocab.disk import os_cause, ways_out
from hobd.core.vocab.names import Name
from hobd.errors import HobError, RequestError, WorldError
from hobd.service.failures import told_singly
from hobd.service.locks.files import Place, locate
from hobd.service.locks.missing_digests import with_digests
from hobd.service.network import Network
from hobd.sources.archive import HashMismatch, compute_digests

Promises = Mapping[Name, tuple[Digest, ...]]
"""Which files may be installed, by package; packages that are not there may come as any."""


async def with_promised_digests(lock: Lock, promises: Promises, network: Network) -> Lock:
    """The resolution, with the digests of all files that something is promised of.

    Raises:
        HobError: a file cannot be had.
    """
    rows = tuple(Exported(package=package, marker=TRUE) for package in lock.packages if package.name in promises)
    known = {row.package.name: row.package for row in await with_digests(rows, network)}
    return replace(lock, packages=tuple(known.get(package.name, package) for package in lock.packages))


def with_promised_files(lock: Lock, promises: Promises, *, is_required: bool) -> Lock:
    """The resolution with the files that may be installed: others are left out, unless there is no right one.

    Raises:
        RequestError: a package has no hash to hold it against, where there has to be one.
    """
    packages = []
    for package in lock.packages:
        digests = promises.get(package.name, ())
        if is_required and not digests and package.source != INSTALLED:
            raise RequestError(f"Hash-checking is required, but no trusted hash was provided for: `{package.name}`", code=1)
        packages.append(_limited(package, digests) if digests else package)
    return replace(lock, packages=tuple(packages))


async def with_kept_promises(pins: Sequence[Pin], network: Network) -> tuple[Pin, ...]:
    """The pins, files that are promised by other digests than they are known by with one of those: files are read to compare them.

    Raises:
        HashMismatch: a file is none of those that are promised.
        HobError: one cannot be had.
    """
    kept = {pin.name: pin for pin in pins}

    async def hold(pin: Pin) -> None:
        kept[pin.name] = await _held(pin, network)

    with told_singly():
        async with anyio.create_task_group() as tasks:
            for pin in pins:
                if _other_digests(pin):
                    tasks.start_soon(hold, pin)
    return tuple(kept[pin.name] for pin in pins)


async def _held(pin: Pin, network: Network) -> Pin:
    place, others = await locate(pin, network), _other_digests(pin)
    assert pin.file is not None  # what has no file is promised nothing
    if place.path is None and len(others) == 1:
        return replace(pin, file=replace(pin.file, digest=others[0]))  # it is compared when it arrives
    computed = await _compute(pin, place, {digest.algorithm: None for digest in others}, network)
    same = next((digest for digest in computed if digest in others), None)
    if same is None:
        raise HashMismatch(str(pin), pin.promised, computed).under(f"Failed to download `{pin}`", code=1)
    return replace(pin, file=replace(pin.file, digest=same))


async def _compute(pin: Pin, place: Place, algorithms: Iterable[str], network: Network) -> tuple[Digest, ...]:
    known = () if pin.file is None or pin.file.digest is None else (pin.file.digest,)
    try:
        path = place.path or (await network.archives.fetch(place.url, label=str(pin), digests=known)).path
        return await to_thread.run_sync(compute_digests, path, algorithms)
    except HobError as error:
        raise error.under(f"Failed to download `{pin}`") from error
    except OSError as error:
        raise WorldError(f"Failed to read `{pin}`", causes=(os_cause(error),), hints=ways_out(error)) from error


def _other_digests(pin: Pin) -> tuple[Digest, ...]:
    """The promised digests of other kinds than the one by which a file is known, if that one is not promised."""
    known = None if pin.file is None else pin.file.digest
    if pin.file is None or known in pin.promised:
        return ()
    return tuple(digest for digest in pin.promised if known is None or digest.algorithm != known.algorithm)


def check_promise(pin: Pin) -> None:
    """Refuse a file that is known to be another one than was promised.

    Raises:
        HashMismatch: it is.
    """
    digest = None if pin.file is None else pin.file.digest
    if digest is not None and pin.promised and digest not in pin.promised:
        raise HashMismatch(str(pin), pin.promised, (digest,)).under(f"Failed to download `{pin}`", code=1)


def _limited(package: LockedPackage, digests: tuple[Digest, ...]) -> LockedPackage:
    """The files that may be what is promised; of wheels those that are known to be. Where there is none, all stay: they will be refused."""
    wheels = tuple(file for file in package.wheels if file.digest in digests)
    wheels = wheels or tuple(file for file in package.wheels if _may_be(file, digests))
    sdist = package.sdist if package.sdist is not None and _may_be(package.sdist, digests) else None
    return replace(package, wheels=wheels, sdist=sdist) if wheels or sdist is not None else package


def _may_be(file: LockedFile, digests: tuple[Digest, ...]) -> bool:
    known = file.digest
    return known is None or known in digests or any(digest.algorithm != known.algorithm for digest in digests)
