"""Cleaning, pruning, measuring; and keeping a cache that is in use."""

import os
from pathlib import Path

import anyio
import pytest

from hobd.core.formats.wheel_manifest import FILE_NAME
from hobd.core.vocab.cache_item import CacheKind
from hobd.core.vocab.digest import Digest
from hobd.core.vocab.names import Name
from hobd.store.folder import CacheUnusable
from hobd.store.inventory import Frame, take_inventory
from hobd.store.lease import CacheInUse, cleaning, lease
from hobd.store.temporary import TemporaryFolder
from hobd.store.upkeep import Removal, clean, clean_packages, disk_usage, measure, prune, sweep
from hobd.store.wheels import Fetched, WheelStore
from tests.support.wheels import make_wheel, sha256

LATER = 4e9
"""Seconds since the epoch: long after everything was made."""


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


async def put(cache: Path, name: str, *, is_built: bool = False) -> Digest:
    wheel = make_wheel(cache.parent / "index", name, "1.0")
    digest = Digest("sha256", sha256(wheel))

    async def fetch(folder: Path) -> Fetched:
        return Fetched(path=wheel, sha256=digest.hex, is_built=is_built)

    await WheelStore(cache).ensure(wheel.name, digest, fetch)
    return digest


async def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder, reason in ((tmp_path / "file", "File exists (os error 17)"), (tmp_path / "file" / "x", "Not a directory (os error 20)")):
        with pytest.raises(CacheUnusable) as refused:
            async with lease(folder):
                raise AssertionError
        assert refused.value.message == f"Failed to initialize cache at `{folder}`"
        assert refused.value.causes == (f"failed to create directory `{folder}`: {reason}",)
    (tmp_path / "cache" / ".lock").mkdir(parents=True)
    with pytest.raises(CacheUnusable):
        async with lease(tmp_path / "cache"):
            raise AssertionError


async def test_cleaning_removes_everything_but_the_lock(cache: Path) -> None:
    async with lease(cache):
        await put(cache, "one")
    before = measure(cache)
    removed = clean(cache)
    assert removed == Removal(before.files - 1, before.size_bytes)
    assert os.listdir(cache) == [".lock"]


async def test_cleaning_one_package_leaves_the_others(cache: Path) -> None:
    one, two = await put(cache, "Some_Thing"), await put(cache, "other")
    assert clean_packages(cache, {Name("some-thing"), Name("unknown")}).files > 0
    store = WheelStore(cache)
    assert await store.find(one) is None
    assert await store.find(two) is not None
    assert clean_packages(cache, {Name("some-thing")}) == Removal()


async def test_pruning_for_ci_keeps_only_what_was_built_here(cache: Path) -> None:
    downloaded, built = await put(cache, "downloaded"), await put(cache, "built", is_built=True)
    assert prune(cache, keeps_only_built=False, now=LATER) == Removal()
    assert prune(cache, keeps_only_built=True, now=LATER).files > 0
    store = WheelStore(cache)
    assert await store.find(downloaded) is None
    assert await store.find(built) is not None


async def test_pruning_removes_what_cannot_be_read(cache: Path) -> None:
    digest = await put(cache, "one")
    (WheelStore(cache).path_of(digest) / "manifest.msgpack").write_text("[99]")
    assert prune(cache, keeps_only_built=False, now=LATER).files > 0
    assert not WheelStore(cache).path_of(digest).exists()


def test_sweeping_removes_what_the_dead_left_and_nothing_of_the_living(cache: Path) -> None:
    living = TemporaryFolder(cache / "wheels")
    (cache / "wheels" / ".tmp-dead").mkdir()
    (cache / "wheels" / ".tmp-dead" / "half.whl").write_text("half")
    assert sweep(cache, os.stat(cache).st_mtime) == Removal()  # all too young to judge
    assert sweep(cache, LATER) == Removal(1, 4)
    assert [path.name for path in (cache / "wheels").iterdir()] == [living.path.name]
    living.remove()


async def test_a_cache_in_use_is_not_cleaned(cache: Path) -> None:
    heard: list[str] = []
    async with lease(cache), lease(cache):
        with pytest.raises(CacheInUse, match="UV_LOCK_TIMEOUT"):
            async with cleaning(cache, timeout_seconds=0.01, waiting=lambda: heard.append("in use")):
                pass
    assert heard == ["in use"]
    async with cleaning(cache, timeout_seconds=5):
        with anyio.move_on_after(0.01) as scope:
            async with lease(cache):
                pass
        assert scope.cancelled_caught


async def test_a_cleaned_cache_is_marked_again_when_it_is_used_again(cache: Path) -> None:
    for _ in range(2):
        async with lease(cache):
            assert sorted(os.listdir(cache)) == [".gitignore", ".lock", "CACHEDIR.TAG"]
        clean(cache)


def test_the_disk_is_taken_up_once_by_a_file_with_two_names(tmp_path: Path) -> None:
    assert disk_usage(tmp_path / "none") == 0
    (tmp_path / "one").write_bytes(b"x" * 5000)
    alone = disk_usage(tmp_path)
    assert alone >= 5000
    os.link(tmp_path / "one", tmp_path / "two")
    assert disk_usage(tmp_path) == alone


async def test_of_an_inventory_and_its_frame_the_sum_is_what_the_disk_says(cache: Path) -> None:
    async with lease(cache):
        await put(cache, "one")
        (cache / "other").mkdir()
        (cache / "other" / "file").write_text("x")
    frame = Frame()
    items = list(take_inventory(cache, (), frame=frame))
    assert sum(item.size_bytes for item in items) + frame.size_bytes == disk_usage(cache)
    assert sum(item.inodes for item in items) + len(frame.paths) == 1 + sum(1 for _ in cache.rglob("*"))


async def test_a_wheel_that_was_laid_down_in_another_way_has_its_name_and_goes_when_pruned(cache: Path) -> None:
    async with lease(cache):
        digest = await put(cache, "Some_Thing")
    manifest = cache / "wheels" / "sha256" / digest.hex[:2] / digest.hex / FILE_NAME
    manifest.chmod(0o644)
    manifest.write_bytes(b"\x92\x02\x80")
    (item,) = (item for item in take_inventory(cache, ()) if item.kind is CacheKind.WHEEL)
    assert (item.title, item.is_usable) == ("some-thing 1.0", False)
    prune(cache, keeps_only_built=False, now=0.0)
    assert not manifest.parent.exists()
