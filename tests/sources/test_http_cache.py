"""Answers are asked for no more often than their headers, the settings and `--refresh` want."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import anyio
import pytest

from hobd.core.vocab.digest import Digest
from hobd.core.vocab.index import Index, IndexSettings, NetworkSettings
from hobd.sources.credentials import CredentialBook
from hobd.sources.failures import FetchFailed, OfflineMiss
from hobd.sources.freshness import lifetime_under, parse_freshness
from hobd.sources.http import HttpClient
from hobd.sources.http_cache import HttpCache
from hobd.sources.memory import SourcesMemory
from tests.sources.conftest import Lab
from tests.support.index_server import IndexServer


class Shelf:
    """A cache whose clock stands still until it is moved, and which counts what was parsed."""

    def __init__(self, lab: Lab, memory: SourcesMemory | None = None) -> None:
        self.lab = lab
        self.memory = memory or SourcesMemory()
        self.seconds = 1_700_000_000.0
        self.parsed = 0

    def cache(self, *, offline: bool = False) -> HttpCache:
        network = NetworkSettings(offline=offline, retries=0)
        client = HttpClient(self.lab.pools, network, CredentialBook(IndexSettings(indexes=()), network), self.lab.notes)
        return HttpCache(self.lab.folder / "shelf", client, self.memory, self.lab.notes, lambda: self.seconds)

    def parse(self, body: bytes, content_type: str, url: str) -> list[str]:
        self.parsed += 1
        return sorted(file["filename"] for file in json.loads(body)["files"])

    async def get(self, url: str, *, offline: bool = False, **options: object) -> list[str]:
        headers = {"Accept": "application/vnd.pypi.simple.v1+json"}
        return await self.cache(offline=offline).get(url, self.parse, headers=headers, **options)  # type: ignore[arg-type]


@pytest.fixture
def shelf(lab: Lab) -> Shelf:
    return Shelf(lab)


@pytest.fixture
def apple(server: IndexServer) -> str:
    return f"{server.url}/apple/"


APPLES = ["apple-1.0-py3-none-any.whl", "apple-2.0-py3-none-any.whl"]


async def test_a_fresh_answer_costs_neither_a_request_nor_parsing(shelf: Shelf, server: IndexServer, apple: str) -> None:
    server.max_age = 600
    assert await shelf.get(apple) == APPLES
    shelf.seconds += 599
    assert await shelf.get(apple) == APPLES
    assert (len(server.seen), shelf.parsed) == (1, 1)


async def test_a_stale_answer_is_confirmed_and_fresh_again(shelf: Shelf, server: IndexServer, apple: str) -> None:
    server.max_age = 600
    await shelf.get(apple)
    shelf.seconds += 601
    assert await shelf.get(apple) == APPLES
    shelf.seconds += 599
    assert await shelf.get(apple) == APPLES
    assert ([seen.status for seen in server.seen], shelf.parsed) == ([200, 304], 1)


async def test_an_answer_whose_file_was_deleted_is_forgotten(shelf: Shelf, server: IndexServer, apple: str) -> None:
    server.max_age = 600
    await shelf.get(apple)
    shutil.rmtree(shelf.lab.folder / "shelf")
    with pytest.raises(OfflineMiss):
        await shelf.get(apple, offline=True)
    assert await shelf.get(apple) == APPLES
    assert len(server.seen) == 2


async def test_a_changed_answer_replaces_the_old_one(shelf: Shelf, server: IndexServer, apple: str) -> None:
    await shelf.get(apple)
    (server.folder / "apple-1.0-py3-none-any.whl").unlink()
    assert await shelf.get(apple) == APPLES[1:]


async def test_another_process_finds_the_answer_on_disk(lab: Lab, server: IndexServer, apple: str) -> None:
    server.max_age = 600
    await Shelf(lab).get(apple)
    assert await Shelf(lab).get(apple) == APPLES
    assert len(server.seen) == 1


async def test_a_packed_answer_stays_packed_on_disk(lab: Lab, server: IndexServer, apple: str) -> None:
    server.max_age, server.packs = 600, True
    assert await Shelf(lab).get(apple) == APPLES
    (kept,) = (lab.folder / "shelf").rglob("*.answer")
    assert b"apple-1.0" not in kept.read_bytes()
    assert await Shelf(lab).get(apple) == APPLES
    assert len(server.seen) == 1


async def test_a_packed_answer_that_is_broken_is_told_and_not_kept(lab: Lab, server: IndexServer, apple: str) -> None:
    server.encoding = "gzip"
    with pytest.raises(FetchFailed) as caught:
        await Shelf(lab).get(apple)
    assert any("error decoding response body" in cause for cause in caught.value.causes)
    assert not list((lab.folder / "shelf").rglob("*.answer"))


async def test_an_encoding_that_was_not_asked_for_is_refused(lab: Lab, server: IndexServer, apple: str) -> None:
    server.encoding = "br"
    with pytest.raises(FetchFailed) as caught:
        await Shelf(lab).get(apple)
    assert caught.value.causes == ("the answer has the encoding `br`, which was not asked for",)


async def test_what_is_written_behind_is_there_when_its_tasks_are_done(lab: Lab, server: IndexServer, apple: str) -> None:
    server.max_age = 600
    shelf = Shelf(lab)
    cache = shelf.cache()
    async with anyio.create_task_group() as tasks:
        with cache.writing_behind(tasks):
            await cache.get(apple, shelf.parse, headers={"Accept": "application/vnd.pypi.simple.v1+json"})
    assert await Shelf(lab).get(apple, offline=True) == APPLES


async def test_the_disk_remembers_a_confirmation_too(lab: Lab, server: IndexServer, apple: str) -> None:
    server.max_age = 600
    first = Shelf(lab)
    await first.get(apple)
    first.seconds += 700
    await first.get(apple)
    second = Shelf(lab)
    second.seconds += 1200
    await second.get(apple)
    assert len(server.seen) == 2


async def test_refresh_asks_again(shelf: Shelf, server: IndexServer, apple: str) -> None:
    server.max_age = 600
    await shelf.get(apple)
    await shelf.get(apple, is_refresh=True)
    assert [seen.status for seen in server.seen] == [200, 304]


async def test_a_configured_lifetime_replaces_the_answers_and_beats_refresh(shelf: Shelf, server: IndexServer, apple: str) -> None:
    await shelf.get(apple)
    shelf.seconds += 50
    await shelf.get(apple, control="max-age=60", is_refresh=True)
    assert len(server.seen) == 1
    shelf.seconds += 50
    await shelf.get(apple, control="max-age=60")
    assert len(server.seen) == 2


async def test_offline_a_stale_answer_will_do(shelf: Shelf, server: IndexServer, apple: str) -> None:
    await shelf.get(apple)
    shelf.seconds += 10_000_000
    shelf.memory.clear()
    assert await shelf.get(apple, offline=True) == APPLES
    with pytest.raises(OfflineMiss):
        await shelf.get(f"{server.url}/pear/", offline=True)
    assert len(server.seen) == 1


async def test_what_has_a_digest_is_asked_for_once(shelf: Shelf, server: IndexServer, apple: str) -> None:
    digest = Digest("sha256", "ab" * 32)
    await shelf.get(apple, digest=digest)
    shelf.seconds += 10_000_000
    await shelf.get(apple, digest=digest, is_refresh=True)
    assert len(server.seen) == 1
    await shelf.get(apple, digest=Digest("sha256", "cd" * 32))
    assert len(server.seen) == 2


def cut_short(content: bytes) -> bytes:
    return content[:-10]


def flip_a_byte(content: bytes) -> bytes:
    return content[:-5] + bytes([content[-5] ^ 1]) + content[-4:]


def empty(content: bytes) -> bytes:
    return b""


def lose_the_header(content: bytes) -> bytes:
    return content.partition(b"\n")[2]


@pytest.mark.parametrize("damage", [cut_short, flip_a_byte, empty, lose_the_header])
async def test_a_damaged_file_counts_as_not_there(lab: Lab, server: IndexServer, apple: str, damage: Callable[[bytes], bytes]) -> None:
    server.max_age = 600
    await Shelf(lab).get(apple)
    (kept,) = lab.folder.glob("shelf/*/*.answer")
    kept.write_bytes(damage(kept.read_bytes()))
    assert await Shelf(lab).get(apple) == APPLES
    assert [seen.status for seen in server.seen] == [200, 200]


async def test_what_cannot_be_parsed_is_not_kept(lab: Lab, server: IndexServer, apple: str) -> None:
    def refuse(body: bytes, content_type: str, url: str) -> None:
        raise FetchFailed(url, ("no",))

    server.max_age = 600
    with pytest.raises(FetchFailed):
        await Shelf(lab).cache().get(apple, refuse, headers={})
    assert list(lab.folder.glob("shelf/*/*")) == []


async def test_a_folder_that_cannot_be_written_costs_only_speed(lab: Lab, server: IndexServer, apple: str) -> None:
    (lab.folder / "shelf").write_text("in the way")
    assert await Shelf(lab).get(apple) == APPLES


async def test_credentials_are_no_part_of_what_is_kept(lab: Lab, server: IndexServer, apple: str) -> None:
    server.max_age = 600
    await Shelf(lab).get(apple.replace("127.0.0.1", "joe:hunter2@127.0.0.1"))
    assert await Shelf(lab).get(apple) == APPLES
    assert len(server.seen) == 1
    kept = [path.read_bytes() for path in lab.folder.glob("shelf/*/*")]
    assert not any(b"hunter2" in content or b"joe" in content for content in kept)


async def test_what_was_asked_for_is_never_replayed(shelf: Shelf, server: IndexServer, apple: str) -> None:
    server.max_age = 600
    await shelf.get(apple)
    assert "network" in shelf.lab.notes.spoiled
    shelf.lab.notes.spoiled.clear()
    shelf.seconds += 600
    await shelf.get(apple)
    assert "network" in shelf.lab.notes.spoiled


async def test_what_is_fresh_may_be_replayed_as_long_as_it_is_that(shelf: Shelf, server: IndexServer, apple: str) -> None:
    server.max_age = 600
    await shelf.get(apple)
    shelf.lab.notes.spoiled.clear()
    shelf.seconds += 100
    await shelf.get(apple)
    notes = shelf.lab.notes
    assert (notes.spoiled, notes.ends) == ([], [1_700_000_600.0])
    assert next(shelf.lab.folder.glob("shelf/*/*.answer")) in notes.paths


async def test_what_is_used_without_the_network_may_be_replayed_for_ever(shelf: Shelf, server: IndexServer, apple: str) -> None:
    await shelf.get(apple)
    shelf.lab.notes.spoiled.clear()
    shelf.seconds += 1e9
    await shelf.get(apple, offline=True)
    assert (shelf.lab.notes.spoiled, shelf.lab.notes.ends) == ([], [])


@pytest.mark.parametrize(
    ("headers", "lifetime", "may_store"),
    [
        ({}, 0, True),
        ({"Cache-Control": "max-age=600, public"}, 600, True),
        ({"Cache-Control": "public, max-age=600, immutable", "Age": "100"}, 500, True),
        ({"Cache-Control": "no-cache, max-age=600"}, 0, True),
        ({"Cache-Control": "no-store"}, 0, False),
        ({"Cache-Control": 'Max-Age="30"'}, 30, True),
        ({"Cache-Control": "max-age=soon"}, 0, True),
        ({"Date": "Tue, 02 Jan 2024 03:04:05 GMT", "Expires": "Tue, 02 Jan 2024 03:05:05 GMT"}, 60, True),
        ({"Date": "Tue, 02 Jan 2024 03:04:05 GMT", "Expires": "0"}, 0, True),
    ],
)
def test_headers_say_how_long_an_answer_holds(headers: dict[str, str], lifetime: float, may_store: bool) -> None:
    found = parse_freshness(headers)
    assert (found.lifetime_seconds, found.may_store) == (lifetime, may_store)


def test_a_configured_control_is_read_alike() -> None:
    assert lifetime_under("max-age=365000000, immutable") == 365000000
    assert lifetime_under("no-cache") == 0


def test_the_folder_is_made_only_when_needed(lab: Lab) -> None:
    Shelf(lab).cache()
    assert not Path(lab.folder / "shelf").exists()
    assert Index(url="x").cache_control_api is None
