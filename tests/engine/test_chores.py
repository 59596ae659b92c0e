"""Chores wait until no call is told, and go back to waiting when one comes."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import anyio
from anyio.lowlevel import checkpoint

from hobd.core.vocab.spawn import Spawner
from hobd.engine.chores import Chores
from hobd.engine.spawning import LocalSpawner


@asynccontextmanager
async def at_work(chores: Chores) -> AsyncIterator[None]:
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(chores.work, LocalSpawner())
        yield
        tasks.cancel_scope.cancel()


async def settled() -> None:
    """Long enough for whatever is going to happen."""
    for _ in range(20):
        await checkpoint()


def noting(done: list[str], text: str) -> Callable[[Spawner], Awaitable[None]]:
    async def chore(spawner: Spawner) -> None:
        done.append(text)

    return chore


async def test_a_chore_waits_for_the_end_of_every_call() -> None:
    done: list[str] = []
    chores = Chores(quiet_seconds=0)
    async with at_work(chores):
        with chores.put_off():
            with chores.put_off():
                chores.later("one", noting(done, "one"))
                await settled()
            await settled()
            assert done == []
        await settled()
        assert (done, len(chores)) == (["one"], 0)


async def test_what_is_asked_for_twice_is_done_once() -> None:
    done: list[str] = []
    chores = Chores(quiet_seconds=0)
    for text in ("first", "second"):
        chores.later("same", noting(done, text))
    async with at_work(chores):
        await settled()
    assert done == ["first"]


async def test_a_call_interrupts_a_chore_which_begins_anew_but_not_for_ever() -> None:
    begun: list[str] = []
    chores = Chores(quiet_seconds=0)

    async def endless(spawner: Spawner) -> None:
        begun.append("endless")
        await anyio.sleep_forever()

    chores.later("endless", endless)
    async with at_work(chores):
        for _ in range(6):
            await settled()
            with chores.put_off():
                await settled()
    assert (len(begun), len(chores)) == (4, 0)


async def test_a_chore_that_fails_is_told_and_does_not_keep_others_from_being_done() -> None:
    done: list[str] = []
    log: list[str] = []
    chores = Chores(log.append, quiet_seconds=0)

    async def broken(spawner: Spawner) -> None:
        raise ValueError("broken")

    chores.later("broken", broken)
    chores.later("next", noting(done, "next"))
    async with at_work(chores):
        await settled()
    assert done == ["next"]
    assert "ValueError: broken" in log[0]


async def test_of_too_many_chores_the_oldest_are_forgotten() -> None:
    done: list[str] = []
    chores = Chores(quiet_seconds=0)
    for number in range(1030):
        chores.later(str(number), noting(done, str(number)))
    assert len(chores) == 1024
    async with at_work(chores):
        await checkpoint()
        while len(chores):
            await checkpoint()
    assert done[0] == "6"
