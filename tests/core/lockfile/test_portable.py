"""Portable locks say the same as others, but for where files come from."""

import re
from collections import Counter
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from hobd.core.lockfile.consistency import check_consistency, edges_of
from hobd.core.lockfile.model import Lock, LockedFile
from hobd.core.lockfile.parse import parse
from hobd.core.lockfile.portable import Indistinct, Portability, files_of, is_portable, is_wheelhouse, unnamed
from hobd.core.lockfile.portable_files import OtherFile, carry_over
from hobd.core.lockfile.render import render
from hobd.core.vocab.digest import Digest
from hobd.core.vocab.names import Name
from hobd.core.vocab.settings import Upgrade
from hobd.core.vocab.source import Registry
from tests.core.lockfile.goldens import NAMES, golden

NOTHING = Portability()
INDEX = Registry("https://index.example/simple")
CORP = Registry("https://corp.example/simple")
NAMED = Portability({"corp": CORP}, {CORP: "corp"})

PINNED = f"""\
version = 1
revision = 5
requires-python = ">=3.11"

[[package]]
name = "app"
version = "1"
source = {{ virtual = "." }}
dependencies = [
    {{ name = "one" }},
    {{ name = "two" }},
]

[package.metadata]
requires-dist = [
    {{ name = "one", index = "https://corp.example/simple" }},
    {{ name = "two" }},
]

[[package]]
name = "one"
version = "1.0"
source = {{ registry = "https://corp.example/simple" }}
wheels = [
    {{ url = "https://corp.example/one-1.0%2Bcpu-py3-none-any.whl", hash = "sha256:{"1" * 64}", size = 1 }},
]

[[package]]
name = "two"
version = "2.0"
source = {{ registry = "https://corp.example/simple" }}
sdist = {{ url = "https://corp.example/two-2.0.tar.gz", hash = "sha256:{"2" * 64}", size = 2 }}
"""

CLOSED = (
    PINNED.replace('registry = "https://corp.example/simple"', 'registry = "wheelhouse/corp"', 1)
    .replace('registry = "https://corp.example/simple"', 'registry = "wheelhouse"', 1)
    .replace('index = "https://corp.example/simple"', 'index = "wheelhouse:corp"')
    .replace('url = "https://corp.example/one-1.0%2Bcpu-', 'path = "one-1.0+cpu-')
    .replace('url = "https://corp.example/', 'path = "')
)


def facts(lock: Lock) -> Counter[object]:
    """What a lock says of names, versions, files and edges."""
    found: Counter[object] = Counter()
    for package in lock.packages:
        found[package.name, package.version, package.resolution_markers] += 1
        found.update((package.name, file.name, file.digest, file.size, file.upload_time) for file in files_of(package))
        found.update((package.name, edge.name, edge.version, edge.extras, edge.marker) for edge in edges_of(package))
        if package.metadata is not None:
            found.update((package.name, each.name, each.specifier, each.marker) for each in package.metadata.requires_dist)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_portable_lock_says_the_same_but_for_addresses(name: str) -> None:
    lock = parse(golden(name))

    closed = NOTHING.close(lock)

    assert facts(closed) == facts(lock)
    assert replace(closed, packages=(), manifest=lock.manifest) == replace(lock, packages=())
    assert check_consistency(closed) is None
    assert parse(render(closed)) == closed
    assert NOTHING.close(closed) == closed
    assert NOTHING.open(lock) == lock


@pytest.mark.parametrize("name", NAMES)
def test_a_portable_lock_names_no_index(name: str) -> None:
    closed = NOTHING.close(parse(golden(name)))

    for package in closed.packages:
        assert is_wheelhouse(package.source) or not isinstance(package.source, Registry)
        if isinstance(package.source, Registry):
            assert all(file.url is None and file.path == file.name and "/" not in file.name for file in files_of(package))
    assert not re.search(r'(registry|index) = "[a-z]+://', render(closed))


def test_only_what_a_source_pins_has_a_folder_of_its_own() -> None:
    closed = NAMED.close(parse(PINNED))

    assert render(closed) == CLOSED
    assert is_portable(closed)
    assert not is_portable(parse(PINNED))


def test_an_opened_lock_has_the_address_that_the_name_has_now() -> None:
    mirror = Registry("https://mirror.example/simple")
    moved = Portability({"corp": mirror}, {mirror: "corp"})

    opened = moved.open(parse(CLOSED))

    by_name = {package.name: package for package in opened.packages}
    assert by_name[Name("one")].source == mirror
    assert is_wheelhouse(by_name[Name("two")].source)
    metadata = by_name[Name("app")].metadata
    assert metadata is not None
    assert metadata.requires_dist[0].source == mirror
    assert render(moved.close(opened)) == CLOSED


def test_an_index_without_a_name_is_told_by_what_its_address_comes_to() -> None:
    text = render(NOTHING.close(parse(PINNED)))

    assert f'index = "wheelhouse:{unnamed(CORP)}"' in text
    assert "corp.example" not in text


@pytest.mark.parametrize("place", ["wheelhouse/..", "wheelhouse/a/b", "wheelhouse/", "wheelhouse2", "../wheelhouse", "/wheelhouse"])
def test_nothing_but_the_folder_and_those_in_it_is_the_folder(place: str) -> None:
    assert not is_wheelhouse(Registry(place, is_path=True))


def test_what_uv_locks_from_such_a_folder_is_no_portable_lock() -> None:
    assert not is_portable(parse(re.sub(r", hash = [^,}]*, size = \d+", "", CLOSED)))


def test_two_indexes_that_nothing_tells_apart_are_refused() -> None:
    lock = parse(PINNED)
    two = lock.packages[-1]
    markers = tuple(each.marker for each in lock.packages[0].dependencies[:1])
    twice = replace(two, source=INDEX, resolution_markers=markers)

    with pytest.raises(Indistinct, match=r"`two==2\.0` is locked from two indexes"):
        NAMED.close(replace(lock, packages=(*lock.packages, twice)))


def with_wheel(lock: Lock, change: Callable[[LockedFile], LockedFile]) -> Lock:
    """The lock with another wheel of `one`."""
    return replace(lock, packages=tuple(replace(package, wheels=tuple(map(change, package.wheels))) for package in lock.packages))


def test_files_that_an_index_lacks_are_kept() -> None:
    before = NAMED.close(parse(PINNED))
    after = with_wheel(before, lambda wheel: replace(wheel, path="one-1.0-py3-none-any.whl"))

    wheels = next(package.wheels for package in carry_over(after, before, Upgrade()).packages if package.name == "one")

    assert [wheel.name for wheel in wheels] == ["one-1.0+cpu-py3-none-any.whl", "one-1.0-py3-none-any.whl"]


def test_what_an_index_does_not_tell_of_a_file_is_kept() -> None:
    before = NAMED.close(parse(PINNED))
    untold = with_wheel(before, lambda wheel: replace(wheel, size=None))

    assert carry_over(untold, before, Upgrade()) == before
    assert carry_over(before, untold, Upgrade()) == before


def test_another_digest_is_refused_unless_an_upgrade_is_asked_for() -> None:
    before = NAMED.close(parse(PINNED))
    after = with_wheel(before, lambda wheel: replace(wheel, digest=Digest("sha256", "9" * 64)))

    with pytest.raises(OtherFile, match=r"`one-1\.0\+cpu-py3-none-any\.whl` has the digest `sha256:9+`.*expects `sha256:1+`"):
        carry_over(after, before, Upgrade())
    assert carry_over(after, before, Upgrade(packages=frozenset({Name("one")}))) == after
    assert carry_over(after, before, Upgrade(everything=True)) == after
    assert carry_over(after, parse(PINNED), Upgrade()) == after
