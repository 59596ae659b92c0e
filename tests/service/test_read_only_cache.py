"""A store that can only be read serves with what it has, and says so."""

import time
from pathlib import Path

import pytest

from hobd.core.vocab.digest import Digest
from hobd.projects.project_lock import hold_file_lock
from hobd.store.folder import CacheUnusable
from hobd.store.lease import cleaning, lease
from hobd.store.temporary import TemporaryFolder, is_abandoned
from hobd.store.wheels import Fetched, StoreUnusable, WheelStore
from tests.service.runs import Runner
from tests.support.faults import refused_at
from tests.support.wheels import make_wheel, sha256

REASON = "Read-only file system (os error 30)"


async def test_a_cache_that_can_only_be_read_is_leased_but_not_cleaned(tmp_path: Path) -> None:
    async with lease(tmp_path) as reason:
        assert reason is None
    with refused_at("cache.lock", "EROFS"):
        async with lease(tmp_path) as reason:
            assert reason == REASON
        with pytest.raises(CacheUnusable):
            async with cleaning(tmp_path):
                raise AssertionError
    (tmp_path / ".lock").unlink()
    with refused_at("cache.lock", "EACCES"):
        async with lease(tmp_path) as reason:
            assert reason == "Permission denied (os error 13)"


async def test_a_disk_that_fails_is_no_cache_to_read_from(tmp_path: Path) -> None:
    with refused_at("cache.lock", "EIO"), pytest.raises(CacheUnusable) as refused:
        async with lease(tmp_path):
            raise AssertionError
    assert refused.value.hints


@pytest.mark.parametrize("name", ["ENOLCK", "EOPNOTSUPP", "ENOSYS"])
async def test_file_systems_without_locks_are_worked_with_as_they_are(tmp_path: Path, name: str) -> None:
    with refused_at("cache.flock", name):
        async with lease(tmp_path / "cache") as reason, lease(tmp_path / "cache"):
            assert reason is None
    with refused_at("project.flock", name):
        async with hold_file_lock(tmp_path / "lock", "it", 0), hold_file_lock(tmp_path / "lock", "it", 0):
            pass
    with refused_at("temporary.flock", name):
        room = TemporaryFolder(tmp_path)
        assert not is_abandoned(room.path, time.time())
        room.remove()


async def test_wheels_that_are_there_need_no_room(tmp_path: Path) -> None:
    store, wheels = WheelStore(tmp_path / "cache"), [make_wheel(tmp_path / "index", name, "1.0") for name in ("kit", "other")]

    async def ensure(wheel: Path) -> bool:
        async def fetch(folder: Path) -> Fetched:
            return Fetched(path=wheel, sha256=sha256(wheel))

        return (await store.ensure(wheel.name, Digest("sha256", sha256(wheel)), fetch)).is_new

    assert await ensure(wheels[0])
    with refused_at("store.temporary", "EROFS"):
        assert not await ensure(wheels[0])
        with pytest.raises(StoreUnusable, match="cannot be written") as refused:
            await ensure(wheels[1])
    assert refused.value.causes == (f"`<store.temporary>`: {REASON}",)
    assert refused.value.hints[0].startswith("The file system is mounted read-only")
    assert await ensure(wheels[1])


def test_a_sync_from_a_read_only_cache_works_and_says_so_in_one_line(tmp_path: Path, runner: Runner) -> None:
    project = runner.home.project("demo", "apple")
    assert runner.hob("sync", cwd=project).code == 0
    said = runner.hob("sync", "--reinstall", cwd=project, HOB_TEST_CRASH_AT="cache.lock:1:EROFS")
    folder = runner.home.root / "cache" / "hob"
    line = f"warning: The cache at `{folder}` can only be read ({REASON}): what is in it is used, nothing is added\n"
    assert (said.code, said.err.partition("\n")[0] + "\n", said.err.count("warning:")) == (0, line, 1), said
