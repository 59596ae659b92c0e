"""A process that puts a wheel into a store and may die on the way: `fetch_and_die.py POINT STORE WHEEL`."""

import sys
from hashlib import sha512
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
    asked = Digest("sha512", sha512(content).hexdigest()) if point == "store.aliased" else Digest("sha256", digest)
    await WheelStore(store).ensure(wheel.name, asked, fetch)


if __name__ == "__main__":
    anyio.run(main, sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
