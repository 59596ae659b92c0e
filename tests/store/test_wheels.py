"""The store: fetched once, unpacked once, never trusted blindly."""

import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import anyio
import pytest

from hobd.core.formats.wheel import InvalidWheel
from hobd.core.vocab.digest import Digest
from hobd.store.wheels import Fetched, UnexpectedContent, WheelStore
from tests.store.hostile import make
from tests.support.wheels import make_wheel, sha256

REPOSITORY = Path(__file__).parents[2]


class Source:
    """Copies a wheel as if it came over the network, and counts."""

    def __init__(self, wheel: Path) -> None:
        self.wheel = wheel
        self.digest = Digest("sha256", sha256(wheel))
        self.count = 0
        self.gate = anyio.Event()
        self.gate.set()

    async def __call__(self, folder: Path) -> Fetched:
        self.count += 1
        await self.gate.wait()
        copy = folder / self.wheel.name
        copy.write_bytes(self.wheel.read_bytes())
        return Fetched(path=copy, sha256=self.digest.hex)


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return Source(make_wheel(tmp_path / "index", "kit", "1.0", files={"kit/__init__.py": "v = 1\n", "kit/data.txt": "data"}))


@pytest.fixture
def store(tmp_path: Path) -> WheelStore:
    return WheelStore(tmp_path / "cache")


def rubbish(store_folder: Path) -> list[Path]:
    return list((store_folder / "wheels").glob(".tmp-*"))


async def test_a_wheel_is_fetched_once(store: WheelStore, source: Source, tmp_path: Path) -> None:
    first = await store.ensure(source.wheel.name, source.digest, source)
    again = await WheelStore(tmp_path / "cache").ensure(source.wheel.name, source.digest, source)
    assert (first.is_new, again.is_new, source.count) == (True, False, 1)
    assert first.manifest == again.manifest
    assert (first.tree / "kit/__init__.py").read_text() == "v = 1\n"
    assert rubbish(tmp_path / "cache") == []


async def test_entries_lie_by_their_digest_and_are_read_only(store: WheelStore, source: Source, tmp_path: Path) -> None:
    stored = await store.ensure(source.wheel.name, source.digest, source)
    digits = source.digest.hex
    assert stored.tree == tmp_path / "cache" / "wheels" / "sha256" / digits[:2] / digits / "tree"
    assert all(path.stat().st_mode & 0o222 == 0 for path in stored.tree.rglob("*") if path.is_file())


async def test_asked_twice_at_once_it_is_fetched_once(store: WheelStore, source: Source) -> None:
    source.gate = anyio.Event()
    found: list[bool] = []

    async def ask() -> None:
        found.append((await store.ensure(source.wheel.name, source.digest, source)).is_new)

    async with anyio.create_task_group() as tasks:
        for _ in range(5):
            tasks.start_soon(ask)
        await anyio.wait_all_tasks_blocked()
        source.gate.set()
    assert sorted(found) == [False] * 4 + [True]
    assert source.count == 1


async def test_when_the_one_who_fetches_is_cancelled_the_next_one_does_it(store: WheelStore, source: Source, tmp_path: Path) -> None:
    source.gate = anyio.Event()
    found: list[bool] = []

    async def ask() -> None:
        found.append((await store.ensure(source.wheel.name, source.digest, source)).is_new)

    scope = anyio.CancelScope()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(ask_within, scope, store, source)
        await anyio.wait_all_tasks_blocked()
        tasks.start_soon(ask)
        await anyio.wait_all_tasks_blocked()
        scope.cancel()
        source.gate.set()
    assert found == [True]
    assert rubbish(tmp_path / "cache") == []


async def ask_within(scope: anyio.CancelScope, store: WheelStore, source: Source) -> None:
    with scope:
        await store.ensure(source.wheel.name, source.digest, source)


@pytest.mark.parametrize("damage", ["edit", "delete", "no manifest", "manifest", "same size"])
async def test_an_entry_that_somebody_changed_is_fetched_again(store: WheelStore, source: Source, damage: str) -> None:
    stored = await store.ensure(source.wheel.name, source.digest, source)
    victim = stored.tree / "kit/__init__.py"
    victim.chmod(0o644)
    match damage:
        case "edit":
            victim.write_text("raise SystemExit(9)")
        case "same size":
            victim.write_text("v = 2\n")
        case "delete":
            victim.unlink()
        case "no manifest":
            (stored.tree.parent / "manifest.msgpack").rename(stored.tree.parent / "manifest.json")
        case _:
            (stored.tree.parent / "manifest.msgpack").write_text("[")
    again = await store.ensure(source.wheel.name, source.digest, source)
    assert source.count == 2
    assert (again.tree / "kit/__init__.py").read_text() == "v = 1\n"


async def test_what_has_another_digest_than_expected_is_never_stored(store: WheelStore, source: Source) -> None:
    wanted = Digest("sha256", "0" * 64)
    with pytest.raises(UnexpectedContent, match=source.digest.hex):
        await store.ensure(source.wheel.name, wanted, source)
    assert await store.find(wanted) is None
    assert await store.find(source.digest) is None


async def test_other_digests_lead_to_the_same_entry(store: WheelStore, source: Source) -> None:
    other = Digest("sha512", hashlib.sha512(source.wheel.read_bytes()).hexdigest())
    first = await store.ensure(source.wheel.name, other, source)
    again = await store.ensure(source.wheel.name, other, source)
    assert source.count == 1
    assert first.sha256 == again.sha256 == source.digest.hex
    assert (await store.ensure(source.wheel.name, source.digest, source)).is_new is False


async def test_without_a_digest_the_content_decides(store: WheelStore, source: Source) -> None:
    first = await store.ensure(source.wheel.name, None, source)
    again = await store.ensure(source.wheel.name, None, source)
    assert source.count == 2
    assert first.tree == again.tree


async def test_a_bad_wheel_leaves_nothing(store: WheelStore, tmp_path: Path) -> None:
    source = Source(make(tmp_path / "index", [("new\nline", "")]))
    with pytest.raises(InvalidWheel):
        await store.ensure(source.wheel.name, source.digest, source)
    assert await store.find(source.digest) is None
    assert rubbish(tmp_path / "cache") == []


@pytest.mark.parametrize("point", ["store.unpacked", "store.published"])
async def test_a_kill_leaves_an_entry_whole_or_not_at_all(store: WheelStore, source: Source, tmp_path: Path, point: str) -> None:
    command = [sys.executable, Path(__file__).with_name("fetch_and_die.py"), point, tmp_path / "cache", source.wheel]
    variables = {"PYTHONPATH": f"{REPOSITORY / 'daemon'}:{REPOSITORY}", "PATH": os.defpath}
    ended = await anyio.run_process([str(word) for word in command], env=variables, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert rubbish(tmp_path / "cache") != []
    assert (await store.find(source.digest) is not None) == (point == "store.published")
    assert (await store.ensure(source.wheel.name, source.digest, source)).manifest.name == "kit"


@pytest.mark.parametrize("point", ["store.discarded", "store.aliased"])
async def test_a_kill_beside_an_entry_costs_at_most_a_fetch(store: WheelStore, source: Source, tmp_path: Path, point: str) -> None:
    stored = await store.ensure(source.wheel.name, source.digest, source)
    if point == "store.discarded":
        (stored.tree / "kit/data.txt").unlink()
    command = [sys.executable, Path(__file__).with_name("fetch_and_die.py"), point, tmp_path / "cache", source.wheel]
    variables = {"PYTHONPATH": f"{REPOSITORY / 'daemon'}:{REPOSITORY}", "PATH": os.defpath}
    ended = await anyio.run_process([str(word) for word in command], env=variables, check=False)
    assert ended.returncode == -signal.SIGKILL
    for digest in (source.digest, Digest("sha512", hashlib.sha512(source.wheel.read_bytes()).hexdigest())):
        again = await store.ensure(source.wheel.name, digest, source)
        assert (again.tree / "kit/data.txt").read_text() == "data"


def test_unpacking_happens_in_other_processes_at_once(source: Source, tmp_path: Path) -> None:
    command = [sys.executable, Path(__file__).with_name("fetch_and_die.py"), "never", tmp_path / "cache", source.wheel]
    variables = {"PYTHONPATH": f"{REPOSITORY / 'daemon'}:{REPOSITORY}", "PATH": os.defpath}
    running = [subprocess.Popen([str(word) for word in command], env=variables) for _ in range(3)]
    assert [process.wait() for process in running] == [0, 0, 0]
    assert rubbish(tmp_path / "cache") == []
