"""The same work asked twice at once is done once."""

import anyio
import pytest

from hobd.engine.once import Once


async def test_two_askers_share_one_piece_of_work() -> None:
    once: Once[str, int] = Once()
    runs: list[int] = []
    answers: list[int] = []

    async def work() -> int:
        runs.append(1)
        await anyio.lowlevel.checkpoint()
        return 7

    async def ask() -> None:
        answers.append(await once.do("key", work))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(ask)
        tasks.start_soon(ask)
    assert answers == [7, 7]
    assert len(runs) == 1


async def test_nothing_is_kept_once_it_is_done() -> None:
    once: Once[str, int] = Once()
    runs: list[int] = []

    async def work() -> int:
        runs.append(1)
        return len(runs)

    assert [await once.do("key", work), await once.do("key", work)] == [1, 2]


async def test_a_cancelled_leader_is_replaced_by_who_waits() -> None:
    once: Once[str, str] = Once()
    started = anyio.Event()
    answers: list[str] = []

    async def endless() -> str:
        started.set()
        await anyio.sleep_forever()
        raise AssertionError

    async def quick() -> str:
        return "second"

    async def wait() -> None:
        answers.append(await once.do("key", quick))

    async with anyio.create_task_group() as tasks, anyio.create_task_group() as leaders:
        leaders.start_soon(once.do, "key", endless)
        await started.wait()
        tasks.start_soon(wait)
        await anyio.lowlevel.checkpoint()
        leaders.cancel_scope.cancel()
    assert answers == ["second"]


async def test_a_failure_reaches_all_who_wait() -> None:
    once: Once[str, int] = Once()
    begun, go = anyio.Event(), anyio.Event()
    failures: list[str] = []

    async def work() -> int:
        begun.set()
        await go.wait()
        raise ValueError("no")

    async def ask() -> None:
        try:
            await once.do("key", work)
        except ValueError as error:
            failures.append(str(error))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(ask)
        await begun.wait()
        tasks.start_soon(ask)
        await anyio.lowlevel.checkpoint()
        go.set()
    assert failures == ["no", "no"]
    with pytest.raises(ValueError, match="again"):
        await once.do("key", _fail)


async def _fail() -> int:
    raise ValueError("again")
