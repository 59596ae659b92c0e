"""Sweeping a cache that others use: what is taken, what is left, and when it is due."""

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import anyio
import pytest

from hobd.core.vocab.cache_item import CacheItem, CacheKind
from hobd.core.vocab.digest import Digest
from hobd.store.choose import Why
from hobd.store.inventory import Bucket, take_inventory
from hobd.store.lease import CacheInUse, byte_of, cleaning, lease
from hobd.store.stamp import Swept, is_due, last_sweep, mark_swept, mark_warned, may_warn
from hobd.store.sweep import remove_items
from hobd.store.temporary import TemporaryFolder
from hobd.store.wheels import Fetched, WheelStore
from tests.support.faults import refused_at
from tests.support.wheels import make_wheel, sha256

ENVIRONMENTS = Bucket("environments-v1", CacheKind.ENVIRONMENT, shares_files=True)
NOW = 4e9
"""Seconds since the epoch: long after everything was made."""


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


async def put(cache: Path, name: str) -> Digest:
    wheel = make_wheel(cache.parent / "index", name, "1.0")
    digest = Digest("sha256", sha256(wheel))

    async def fetch(folder: Path) -> Fetched:
        return Fetched(path=wheel, sha256=digest.hex)

    async with lease(cache):
        await WheelStore(cache).ensure(wheel.name, digest, fetch)
    return digest


def inventory(cache: Path) -> dict[str, CacheItem]:
    return {item.title: item for item in take_inventory(cache, (ENVIRONMENTS,))}


def swept(cache: Path, items: Sequence[CacheItem]) -> list[str]:
    return [item.title for item, _ in remove_items(cache, [(item, Why.UNUSED) for item in items], NOW, lambda: None)]


async def test_the_inventory_knows_what_environments_link_to(cache: Path, tmp_path: Path) -> None:
    one, two = await put(cache, "one"), await put(cache, "two")
    tree = WheelStore(cache).path_of(one) / "tree"
    for place in (tmp_path / "venv", cache / "environments-v1" / "script"):
        place.mkdir(parents=True)
        os.link(tree / "one" / "__init__.py", place / "init.py")
    (cache / "old-bucket").mkdir()
    (cache / "wheels" / ".tmp-dead").mkdir()
    found = inventory(cache)
    assert {title: (item.kind, item.is_linked, item.digest) for title, item in found.items()} == {
        "one 1.0": (CacheKind.WHEEL, True, one.hex),
        "two 1.0": (CacheKind.WHEEL, False, two.hex),
        "script": (CacheKind.ENVIRONMENT, False, None),
        "old-bucket": (CacheKind.OTHER, False, None),
        ".tmp-dead": (CacheKind.TEMPORARY, False, None),
    }
    assert found["one 1.0"].own_bytes < found["one 1.0"].size_bytes
    assert found["two 1.0"].own_bytes == found["two 1.0"].size_bytes
    assert found["script"].inodes == 1  # its file is the store's


async def test_using_a_wheel_is_noted_to_the_day(cache: Path) -> None:
    digest = await put(cache, "one")
    manifest = WheelStore(cache).path_of(digest) / "manifest.msgpack"
    os.utime(manifest, (1e9, 1e9))
    assert inventory(cache)["one 1.0"].used < time.time() - 60 or os.stat(manifest).st_atime > 1e9  # reading it may be noted already
    assert await WheelStore(cache).find(digest) is not None
    assert abs(os.stat(manifest).st_mtime - time.time()) < 60


async def test_what_was_chosen_goes_and_nothing_else(cache: Path) -> None:
    one, two = await put(cache, "one"), await put(cache, "two")
    assert swept(cache, [inventory(cache)["one 1.0"]]) == ["one 1.0"]
    store = WheelStore(cache)
    assert (store.path_of(one).exists(), store.path_of(two).exists()) == (False, True)
    assert list((cache / "wheels").glob(".tmp-*")) == []


async def test_nothing_goes_while_a_command_uses_the_cache(cache: Path) -> None:
    await put(cache, "one")
    async with lease(cache):
        assert swept(cache, [inventory(cache)["one 1.0"]]) == []
    assert swept(cache, [inventory(cache)["one 1.0"]]) == ["one 1.0"]


async def test_unfinished_work_goes_only_when_its_maker_is_gone(cache: Path) -> None:
    await put(cache, "one")
    living = TemporaryFolder(cache / "wheels")
    (cache / "wheels" / ".tmp-dead").mkdir()
    found = inventory(cache)
    assert swept(cache, [found[living.path.name], found[".tmp-dead"]]) == [".tmp-dead"]
    living.remove()


_SWEEPS_AND_DIES = """
import sys
from pathlib import Path
from hobd import faults
from hobd.store.choose import Why
from hobd.store.inventory import take_inventory
from hobd.store.sweep import remove_items

faults.arm("sweep.aside")
cache = Path(sys.argv[1])
list(remove_items(cache, [(item, Why.BUDGET) for item in take_inventory(cache, ())], 4e9, lambda: None))
"""


async def test_a_sweep_that_is_killed_leaves_nothing_in_half(cache: Path) -> None:
    one, two = await put(cache, "one"), await put(cache, "two")
    done = await anyio.run_process([sys.executable, "-c", _SWEEPS_AND_DIES, str(cache)], check=False)
    assert done.returncode == -signal.SIGKILL
    store = WheelStore(cache)
    assert [await store.find(digest) for digest in (one, two)] == [None, None]
    (left,) = inventory(cache).values()
    assert left.kind is CacheKind.TEMPORARY
    assert swept(cache, [left]) == [left.title]
    assert inventory(cache) == {}


_RUNS = """
import fcntl, os, sys
handle = os.open(sys.argv[1], os.O_RDONLY)
fcntl.lockf(handle, fcntl.LOCK_SH | fcntl.LOCK_NB, 1, int(sys.argv[2]))
os.set_inheritable(handle, True)
os.execv(sys.executable, [sys.executable, "-c", "print(flush=True); input()"])
"""


async def test_an_environment_that_a_program_runs_in_stays(cache: Path) -> None:
    """The lock is that which the client takes before it becomes the program."""
    await put(cache, "one")
    for name in ("run", "idle"):
        (cache / "environments-v1" / name).mkdir(parents=True)
    found = inventory(cache)
    running = str(byte_of(found["run"].path))
    command = [sys.executable, "-c", _RUNS, str(cache / ".lock"), running]
    async with await anyio.open_process(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        assert await program.stdout.receive() == b"\n"
        assert swept(cache, [found["run"], found["idle"]]) == ["idle"]
        with pytest.raises(CacheInUse):
            async with cleaning(cache, timeout_seconds=0):
                raise AssertionError
        async with lease(cache, timeout_seconds=0):  # who wants to clean lets others in while it waits
            pass
        await program.stdin.aclose()
    async with cleaning(cache, timeout_seconds=5):
        pass
    assert swept(cache, [found["run"]]) == ["run"]


async def test_a_sweep_is_due_once_a_day_and_once_an_hour_while_something_comes(cache: Path) -> None:
    now = time.time()
    await put(cache, "one")
    assert not is_due(cache, now)  # new: the clock begins
    assert (is_due(cache, now + 3000), is_due(cache, now + 4000), is_due(cache, now + 90000)) == (False, False, True)
    os.utime(cache / "wheels", (now + 100, now + 100))
    assert (is_due(cache, now + 3000), is_due(cache, now + 4000)) == (False, True)
    assert is_due(cache, now - 5000)  # the clock went back


def test_what_a_sweep_came_to_is_kept(cache: Path) -> None:
    cache.mkdir()
    assert last_sweep(cache) is None
    mark_swept(cache, Swept(size_bytes=5, removed=2))
    assert last_sweep(cache) == Swept(size_bytes=5, removed=2)
    (cache / ".swept").write_text("{")
    assert last_sweep(cache) is None
    assert os.listdir(cache) == [".swept"]


def test_something_is_said_once_a_day(cache: Path) -> None:
    now = time.time()
    assert may_warn(cache, now)
    assert not mark_warned(cache)  # there is no folder
    cache.mkdir()
    assert mark_warned(cache)
    assert (may_warn(cache, now), may_warn(cache, now + 90000)) == (False, True)


def test_locks_of_the_two_kinds_do_not_hinder_each_other_in_one_process(tmp_path: Path) -> None:
    """What the design rests on: a shared flock lets a record lock in, and the other way round."""
    (tmp_path / "lock").touch()
    handle, other = os.open(tmp_path / "lock", os.O_RDWR), os.open(tmp_path / "lock", os.O_RDWR)
    fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    fcntl.lockf(other, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 7)
    for each in (handle, other):
        os.close(each)


async def test_a_sweep_that_was_interrupted_leaves_whole_wheels_or_none(cache: Path) -> None:
    gone, stays = await put(cache, "one"), await put(cache, "two")
    items = inventory(cache)
    with refused_at("sweep.aside", "EIO"), pytest.raises(OSError, match=r"sweep\.aside"):
        swept(cache, [item for title, item in items.items() if "one" in title])
    assert await WheelStore(cache).find(gone) is None
    assert await WheelStore(cache).find(stays) is not None
    assert list((cache / "wheels").glob(".tmp-*")) == []
