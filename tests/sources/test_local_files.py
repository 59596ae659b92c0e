"""Distributions on this machine are read once for as long as they are as they were."""

import os
from pathlib import Path
from time import time_ns

import pytest

from hobd.core.vocab.index import Index
from hobd.core.vocab.metadata import Metadata
from hobd.core.vocab.names import Name
from hobd.sources.local_files import LocalFiles
from hobd.sources.memory import SourcesMemory
from tests.sources.conftest import Lab
from tests.support.wheels import make_wheel, sha256

APPLE = Name("apple")


def in_an_hour() -> int:
    return time_ns() + 3_600_000_000_000


@pytest.fixture
def files() -> LocalFiles:
    """Files that were all made an hour ago."""
    return LocalFiles(SourcesMemory(), in_an_hour)


def changed(path: Path, replacement: Path) -> None:
    """Another content of the same length, written into the file, and its time put back."""
    state, content = path.stat(), replacement.read_bytes()
    assert len(content) == state.st_size
    path.write_bytes(content)
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))


def wheels(folder: Path) -> tuple[Path, Path]:
    """Two of one length that require different things."""
    found = make_wheel(folder, "apple", "1.0", ["pear"]), make_wheel(folder / "other", "apple", "1.0", ["plum"])
    for wheel in found:
        wheel.write_bytes(wheel.read_bytes().ljust(2000, b"\0"))
    return found


def requirement_of(found: object) -> str:
    assert isinstance(found, Metadata)
    return str(found.requires_dist[0].name)


def test_a_wheel_is_read_anew_once_it_has_changed_however_slightly(tmp_path: Path, files: LocalFiles) -> None:
    wheel, other = wheels(tmp_path)
    assert files.find_metadata(wheel, APPLE) is None
    said = files.read_metadata(wheel, APPLE)
    assert files.find_metadata(wheel, APPLE) is said
    assert files.find_metadata(wheel, Name("pear")) is None
    changed(wheel, other)
    assert files.find_metadata(wheel, APPLE) is None
    assert requirement_of(files.read_metadata(wheel, APPLE)) == "plum"
    wheel.unlink()
    assert files.find_metadata(wheel, APPLE) is None


async def test_digests_are_those_of_the_present_files(tmp_path: Path, files: LocalFiles) -> None:
    wheel, other = wheels(tmp_path)
    missing = tmp_path / "missing.whl"
    for _ in range(2):
        found = await files.digest_all([wheel, other, missing, wheel])
        assert {path.parent.name: str(digest) for path, digest in found.items() if path != missing} == {
            tmp_path.name: f"sha256:{sha256(wheel)}",
            "other": f"sha256:{sha256(other)}",
        }
        assert isinstance(found[missing], FileNotFoundError)
    changed(wheel, other)
    assert (await files.digest_all([wheel]))[wheel] == files.sha256(other)


def test_a_folder_is_listed_anew_once_something_came_or_went(tmp_path: Path, files: LocalFiles) -> None:
    wheel = make_wheel(tmp_path, "apple", "1.0")
    listed = files.flat_index(tmp_path)
    assert files.flat_index(tmp_path) is listed
    assert listed.listing(APPLE) is listed.listing(APPLE)
    make_wheel(tmp_path, "pear", "1.0")
    assert files.flat_index(tmp_path).listing(Name("pear")) is not None
    wheel.unlink()
    assert files.flat_index(tmp_path).listing(APPLE) is None


async def test_a_page_of_folders_that_were_read_waits_for_nobody(lab: Lab, tmp_path: Path) -> None:
    wheels(tmp_path / "links")
    request = lab.request(no_index=True, find_links=(Index(url=str(tmp_path / "links"), is_flat=True),))
    assert request.indexes.find_page(APPLE, None) is None
    asked = await request.indexes.page(APPLE, None)
    found = request.indexes.find_page(APPLE, None)
    assert found is not None
    assert found.state == asked.state  # type: ignore[union-attr] # there is a page
    assert request.indexes.find_page(Name("quince"), None) is None
