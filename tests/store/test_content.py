"""What a look at an unpacked wheel shows, and what only reading it through does."""

import os
from pathlib import Path

import pytest

from hobd.core.vocab.digest import Digest
from hobd.store.content import find_wrong_digests
from hobd.store.wheels import Fetched, StoredWheel, WheelStore
from tests.store.hostile import make
from tests.support.wheels import make_wheel, sha256


class Source:
    """Hands out a wheel, and counts."""

    def __init__(self, wheel: Path) -> None:
        self.wheel = wheel
        self.digest = Digest("sha256", sha256(wheel))
        self.count = 0

    async def __call__(self, folder: Path) -> Fetched:
        self.count += 1
        return Fetched(path=self.wheel, sha256=self.digest.hex)

    async def stored(self, store: WheelStore, *, is_deep: bool = False) -> StoredWheel:
        return await store.ensure(self.wheel.name, self.digest, self, is_deep=is_deep)


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return Source(make_wheel(tmp_path / "index", "kit", "1.0", files={"kit/__init__.py": "v = 1\n", "kit/empty.py": ""}))


def flip(path: Path) -> None:
    """Change one byte in place, and put the times back: what no `stat` shows."""
    state = path.stat()
    path.chmod(0o644)
    with path.open("r+b") as file:
        file.seek(4)
        file.write(b"9")
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    path.chmod(0o444)


async def test_a_flipped_byte_under_a_hard_link_is_healed_by_reading_and_only_so(source: Source, tmp_path: Path) -> None:
    store = WheelStore(tmp_path / "cache")
    tree = (await source.stored(store)).tree
    link = tmp_path / "in-an-environment.py"
    link.hardlink_to(tree / "kit/__init__.py")
    flip(link)
    assert (await source.stored(store)).tree == tree
    assert source.count == 1
    healed = await source.stored(store, is_deep=True)
    assert ((healed.tree / "kit/__init__.py").read_text(), source.count) == ("v = 1\n", 2)
    assert link.read_text() == "v = 9\n", "what is in use is another's to change"


async def test_a_whole_wheel_is_not_fetched_again_for_being_read(source: Source, tmp_path: Path) -> None:
    store = WheelStore(tmp_path / "cache")
    await source.stored(store)
    assert not (await source.stored(store, is_deep=True)).is_new
    assert source.count == 1


async def test_files_are_held_against_the_digests_of_record(source: Source, tmp_path: Path) -> None:
    stored = await source.stored(WheelStore(tmp_path / "cache"))
    assert find_wrong_digests(stored.tree, stored.manifest) == ()
    flip(stored.tree / "kit/__init__.py")
    assert find_wrong_digests(stored.tree, stored.manifest) == ("`kit/__init__.py` has another digest than in RECORD",)


async def test_a_record_without_digests_promises_nothing(tmp_path: Path) -> None:
    stored = await Source(make(tmp_path / "index")).stored(WheelStore(tmp_path / "cache"))
    assert find_wrong_digests(stored.tree, stored.manifest)[-1] == "`one.py` has no digest in RECORD"
