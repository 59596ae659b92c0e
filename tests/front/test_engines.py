"""The life of engines, with as much memory as a test says."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import anyio

from hob.v1 import execute_pb2 as execute_v1
from hobd.front.admission import Queue
from hobd.front.calls import Call
from hobd.front.engines import Engines
from hobd.front.processes import start_time
from hobd.front.recorder import Recorder
from tests.front.eventually import eventually
from tests.front.hobd_process import ENVIRONMENT, FAKE_ENGINE

_ids = count(1)


@asynccontextmanager
async def engines(memory_cap_bytes: int, environment: dict[str, str] = ENVIRONMENT) -> AsyncIterator[Engines]:
    pool = Engines(
        command=FAKE_ENGINE,
        environment=environment,
        queue=Queue(),
        recorder=Recorder(None),
        on_verdict=lambda call: None,
        on_watch=lambda watch: None,
        on_done=lambda call: None,
        on_all_gone=lambda: None,
        memory_cap_bytes=memory_cap_bytes,
        idle_seconds=100,
    )
    pool.spawn()
    async with anyio.create_task_group() as tasks:
        pool.open(tasks)
        yield pool
        await pool.stop()
        tasks.cancel_scope.cancel()


async def ask_pid(pool: Engines) -> int:
    call = Call(next(_ids), execute_v1.Start(argv=[b"hob", b"pid"], cwd=b"/"))
    pool.submit(call)
    said = b""
    with anyio.fail_after(10):
        while (batch := await call.next_batch()) is not None:
            said += b"".join(event.out_chunk.data for event in batch.events)
    return int(said)


async def test_an_engine_over_the_cap_is_replaced_between_calls() -> None:
    async with engines(memory_cap_bytes=1) as pool:
        pids = [await ask_pid(pool) for _ in range(3)]
        assert len(set(pids)) == 3
        assert all(engine.pid not in pids for engine in pool.describe() if engine.calls == 0)


async def test_an_engine_under_the_cap_stays() -> None:
    async with engines(memory_cap_bytes=1 << 30) as pool:
        assert len({await ask_pid(pool) for _ in range(3)}) == 1


async def test_an_engine_near_the_cap_is_asked_to_let_go(tmp_path: Path) -> None:
    trimmed = tmp_path / "trimmed"
    async with engines(1 << 30, {**ENVIRONMENT, "HOB_TEST_TRIM_FILE": str(trimmed)}) as pool:
        pid = await ask_pid(pool)
        pool._memory_cap_bytes = int(pool.describe()[0].memory_bytes / 0.9)
        assert await ask_pid(pool) == pid
        await eventually(trimmed.exists)


async def test_engines_that_are_stopped_are_gone() -> None:
    async with engines(memory_cap_bytes=1 << 30) as pool:
        pid = await ask_pid(pool)
    assert start_time(pid) == 0
    assert pool.describe() == []
