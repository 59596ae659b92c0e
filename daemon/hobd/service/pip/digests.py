"""Digests that an index does not give, where hashes are promised or to be written: files are read, or fetched, to find them."""

from dataclasses import replace

from hobd.core.lockfile.export import Exported
from hobd.core.lockfile.model import Lock
from hobd.core.markers import TRUE
from hobd.service.locks.missing_digests import with_digests
from hobd.service.network import Network
from hobd.service.pip.expected import Expected


async def with_all_digests(lock: Lock, network: Network) -> Lock:
    """The resolution, every file with a digest.

    Raises:
        HobError: a file cannot be had.
    """
    rows = tuple(Exported(package=package, marker=TRUE) for package in lock.packages)
    return replace(lock, packages=tuple(row.package for row in await with_digests(rows, network)))


async def with_promised_digests(lock: Lock, expected: Expected, network: Network) -> Lock:
    """The same, only for the packages whose files are promised.

    Raises:
        HobError: a file cannot be had.
    """
    promised = replace(lock, packages=tuple(package for package in lock.packages if package.name in expected))
    known = {package.name: package for package in (await with_all_digests(promised, network)).packages}
    return replace(lock, packages=tuple(known.get(package.name, package) for package in lock.packages))
