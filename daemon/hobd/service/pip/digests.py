"""Digests that an index does not give, where hashes are to be written: files are read, or fetched, to find them."""

from msgspec.structs import replace

from hobd.core.lockfile.export import Exported
from hobd.core.lockfile.model import Lock
from hobd.core.markers import TRUE
from hobd.service.locks.missing_digests import with_digests
from hobd.service.network import Network


async def with_all_digests(lock: Lock, network: Network) -> Lock:
    """The resolution, every file with a digest.

    Raises:
        HobError: a file cannot be had.
    """
    rows = tuple(Exported(package=package, marker=TRUE) for package in lock.packages)
    return replace(lock, packages=tuple(row.package for row in await with_digests(rows, network)))
