"""Files that somebody promised by their digests, held against those that are to be installed (PIP-9, BIS-1)."""

from collections.abc import Mapping
from dataclasses import replace

from hobd.core.lockfile.export import Exported
from hobd.core.lockfile.model import Lock, LockedFile, LockedPackage
from hobd.core.markers import TRUE
from hobd.core.plan.model import Pin
from hobd.core.resolver.target import INSTALLED
from hobd.core.vocab.digest import Digest
from hobd.core.vocab.names import Name
from hobd.errors import RequestError
from hobd.service.locks.missing_digests import with_digests
from hobd.service.network import Network
from hobd.sources.archive import HashMismatch

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


def check_promise(pin: Pin) -> None:
    """Refuse a file that is known to be another one than was promised.

    Raises:
        HashMismatch: it is.
    """
    digest = None if pin.file is None else pin.file.digest
    if digest is not None and pin.promised and digest not in pin.promised:
        raise HashMismatch(str(pin), pin.promised, (digest,)).under(f"Failed to download `{pin}`", code=1)


def _limited(package: LockedPackage, digests: tuple[Digest, ...]) -> LockedPackage:
    """The files whose digest is promised. Where there is none, all stay: they will be refused when they are to be installed."""
    wheels = tuple(each for each in (_promising(file, digests) for file in package.wheels) if each.digest in digests)
    sdist = None if package.sdist is None else _promising(package.sdist, digests)
    if sdist is not None and sdist.digest not in digests:
        sdist = None
    return replace(package, wheels=wheels, sdist=sdist) if wheels or sdist is not None else package


def _promising(file: LockedFile, digests: tuple[Digest, ...]) -> LockedFile:
    """A file whose digest is not known, or not by the algorithm of the promise, has to be what is promised when it arrives."""
    known = file.digest
    if known is not None and any(known.algorithm == digest.algorithm for digest in digests):
        return file
    return replace(file, digest=digests[0])
