"""Who does not ask for bytecode gets what is there; the rest is compiled when nobody waits."""

from pathlib import Path

import anyio
from anyio import to_thread
from anyio.lowlevel import checkpoint

from hobd.core.plan.model import Pin
from hobd.core.vocab.digest import Digest
from hobd.core.vocab.source import Registry
from hobd.engine.chores import Chores
from hobd.engine.memory import Memory
from hobd.engine.spawning import LocalSpawner
from hobd.environments.layout import Addition
from hobd.service.syncs.bytecode import with_ready_bytecode
from hobd.store.wheels import Fetched, StoredWheel, WheelStore
from tests.e2e.house import wait_until
from tests.service.houses import House, pin
from tests.support.variables import Variables
from tests.support.wheels import make_wheel, sha256

FILES = {"kit/__init__.py": "", "kit/tests/test_it.py": "", "kit/test/it.py": "", "kit/latest/it.py": ""}


async def stored(house: House) -> StoredWheel:
    wheel = make_wheel(house.links, "kit", "1.0", files=FILES)
    digest = Digest("sha256", sha256(wheel))

    async def fetch(folder: Path) -> Fetched:
        return Fetched(path=wheel, sha256=digest.hex)

    return await WheelStore(house.cache).ensure(wheel.name, digest, fetch)


async def ready(house: House, wheel: StoredWheel, wanted: Pin) -> list[str]:
    """The folders of the modules that come with bytecode."""
    addition = Addition(tree=wheel.tree, manifest=wheel.manifest, title="kit")
    (found,) = await with_ready_bytecode([addition], [wheel], [wanted], house.interpreter, house.session())
    return [path.partition("/__pycache__/")[0] for group in found.bytecode for path in group.paths]


def published() -> Pin:
    return pin("kit", Registry("https://index.example/simple"), "1.0")


async def test_what_is_compiled_later_comes_with_the_next_environment_but_for_tests(house: House) -> None:
    chores = Chores(quiet_seconds=0)
    house.memory = Memory(chores)
    wheel = await stored(house)
    assert await ready(house, wheel, published()) == []
    assert await ready(house, wheel, published()) == []
    assert len(chores) == 1
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(chores.work, LocalSpawner())
        await to_thread.run_sync(wait_until, lambda: list(house.cache.glob("bytecode/??/*/*/manifest.msgpack")), 30)
        tasks.cancel_scope.cancel()
    assert await ready(house, wheel, published()) == ["kit", "kit/latest"]


async def test_modules_of_projects_are_not_compiled_unasked(house: House) -> None:
    assert await ready(house, await stored(house), pin("kit")) == []
    assert len(house.memory.chores) == 0


async def test_nothing_is_compiled_for_those_who_want_no_bytecode(house: House) -> None:
    house.variables = Variables({"PYTHONDONTWRITEBYTECODE": "1"})
    assert await ready(house, await stored(house), published()) == []
    assert len(house.memory.chores) == 0


async def test_a_wheel_that_is_gone_by_then_is_let_be(house: House) -> None:
    chores = Chores(quiet_seconds=0)
    house.memory = Memory(chores)
    wheel = await stored(house)
    await ready(house, wheel, published())
    for path in sorted(house.cache.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    house.cache.rmdir()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(chores.work, LocalSpawner())
        while len(chores):
            await checkpoint()
        await checkpoint()
        tasks.cancel_scope.cancel()
    assert not house.cache.exists()
