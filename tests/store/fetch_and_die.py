"""A process that puts a wheel into a store and may die on the way: `fetch_and_die.py POINT STORE WHEEL`."""

import sys
from pathlib import Path

import anyio

from hobd import faults
from hobd.core.vocab.digest import Digest
from hobd.store.wheels import Fetched, WheelStore
from tests.support.wheels import sha256


async def main(point: str, store: Path, wheel: Path) -> None:
    digest, content = sha256(wheel), wheel.read_bytes()

    async def fetch(folder: Path) -> Fetched:
        (folder / "copy.whl").write_bytes(content)
        return Fetched(path=folder / "copy.whl", sha256=digest)

    faults.arm(point if point != "never" else None)
    await WheelStore(store).ensure(wheel.name, Digest("sha256", digest), fetch)


if __name__ == "__main__":
    anyio.run(main, sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
