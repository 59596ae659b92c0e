"""The solver asks in its thread; what was prefetched is there, and everything is asked for once."""

import threading
from pathlib import Path
from typing import Any

import anyio
import pytest
from packaging.version import Version

from hobd.core.resolver.knowledge import Guess, Knowledge, NoPage, Page, Unusable
from hobd.core.vocab.index import NetworkSettings
from hobd.core.vocab.metadata import Metadata
from hobd.core.vocab.names import Name
from hobd.core.vocab.source import Directory, Editable, Git, Url
from hobd.core.vocab.source import Path as PathSource
from hobd.errors import HobError
from hobd.sources.failures import FetchFailed, OfflineMiss
from hobd.sources.knowledge import NetworkKnowledge
from tests.sources.conftest import Lab
from tests.sources.test_git import Remote
from tests.support.index_server import IndexServer
from tests.support.wheels import make_sdist, make_wheel, sha256

APPLE = Name("apple")
PEAR = Name("pear")


def test_network_knowledge_is_knowledge() -> None:
    def wants(knowledge: Knowledge) -> None: ...

    def gives(knowledge: NetworkKnowledge) -> None:
        wants(knowledge)

    assert callable(gives)


async def test_a_resolution_learns_page_by_page(lab: Lab, server: IndexServer) -> None:
    def solve(knowledge: Knowledge) -> list[str]:
        pins = []
        wanted = [APPLE]
        while wanted:
            name = wanted.pop()
            page = knowledge.page(name, None)
            assert isinstance(page, Page)
            release = page.releases[-1]
            found = knowledge.metadata(name, release, release.files[0])
            assert isinstance(found, Metadata)
            pins.append(f"{found.name}=={found.version}")
            wanted += [requirement.name for requirement in found.requires_dist]
        return pins

    assert await lab.solve(lab.request(server.url), solve) == ["apple==2.0", "pear==1.0"]


async def test_what_was_prefetched_is_asked_for_once(lab: Lab, server: IndexServer) -> None:
    def solve(knowledge: Knowledge) -> None:
        knowledge.prefetch_pages([(APPLE, None), (PEAR, None)])
        for _ in range(3):
            knowledge.prefetch_pages([(APPLE, None)])
            page = knowledge.page(APPLE, None)
            assert isinstance(page, Page)
            knowledge.prefetch_metadata(APPLE, page.releases[-1], page.releases[-1].files[0])
            knowledge.metadata(APPLE, page.releases[-1], page.releases[-1].files[0])
        assert isinstance(knowledge.page(PEAR, None), Page)

    await lab.solve(lab.request(server.url), solve)
    assert sorted(server.paths()) == ["/files/apple-2.0-py3-none-any.whl.metadata", "/simple/apple/", "/simple/pear/"]


class Guesses:
    """Foresight that knows the one thing that follows from each page, and from each metadata."""

    def __init__(self) -> None:
        self.guessed = threading.Event()

    def after_page(self, name: Name, page: Page) -> Guess:
        release = page.releases[-1]
        return Guess(metadata=((name, release, release.files[0]),))

    def after_metadata(self, name: Name, metadata: Metadata) -> Guess:
        if name == PEAR:
            self.guessed.set()
        return Guess(pages=tuple(requirement.name for requirement in metadata.requires_dist))


async def test_what_is_foreseen_is_there_before_it_is_asked_for(lab: Lab, server: IndexServer) -> None:
    foresight = Guesses()

    def solve(knowledge: Knowledge) -> None:
        knowledge.foresee(foresight)
        knowledge.prefetch_pages([(APPLE, None)])
        assert foresight.guessed.wait(20)
        page = knowledge.page(PEAR, None)
        assert isinstance(page, Page)
        assert isinstance(knowledge.metadata(PEAR, page.releases[-1], page.releases[-1].files[0]), Metadata)

    await lab.solve(lab.request(server.url), solve)
    assert server.paths() == [
        "/simple/apple/",
        "/files/apple-2.0-py3-none-any.whl.metadata",
        "/simple/pear/",
        "/files/pear-1.0-py3-none-any.whl.metadata",
    ]


async def test_what_memory_has_is_neither_asked_for_nor_looked_through(lab: Lab, server: IndexServer) -> None:
    server.max_age = 600
    await test_what_is_foreseen_is_there_before_it_is_asked_for(lab, server)
    server.seen.clear()

    def solve(knowledge: Knowledge) -> None:
        knowledge.foresee(Guesses())
        knowledge.prefetch_pages([(APPLE, None), (PEAR, None)])
        assert isinstance(knowledge.page(APPLE, None), Page)

    await lab.solve(lab.request(server.url), solve)
    assert server.paths() == []


async def test_many_threads_share_one_request(lab: Lab, server: IndexServer) -> None:
    pages: list[Any] = []

    async def ask_from_threads(knowledge: Knowledge) -> None:
        async with anyio.create_task_group() as askers:
            for _ in range(8):
                askers.start_soon(anyio.to_thread.run_sync, lambda: pages.append(knowledge.page(APPLE, None)))

    async with anyio.create_task_group() as tasks, lab.request(server.url).open_knowledge(tasks) as knowledge:
        await ask_from_threads(knowledge)
    assert len(pages) == 8
    assert all(page is pages[0] for page in pages)
    assert len(server.seen) == 1


async def test_a_failed_prefetch_hurts_only_who_asks(lab: Lab, server: IndexServer) -> None:
    server.fail("/simple/pear/", "410")

    def solve(knowledge: Knowledge) -> None:
        knowledge.prefetch_pages([(PEAR, None)])
        assert isinstance(knowledge.page(APPLE, None), Page)
        for _ in range(2):
            with pytest.raises(FetchFailed):
                knowledge.page(PEAR, None)

    await lab.solve(lab.request(server.url), solve)
    assert server.paths().count("/simple/pear/") == 1


async def test_what_nobody_waits_for_does_not_hold_up_the_end(lab: Lab, server: IndexServer) -> None:
    server.fail("/simple/pear/", "stall")
    with anyio.fail_after(3):
        await lab.solve(lab.request(server.url), lambda knowledge: knowledge.prefetch_pages([(PEAR, None)]))


async def test_cancelling_reaches_the_waiting_solver(lab: Lab, server: IndexServer) -> None:
    server.fail("/simple/apple/", "stall")
    asking, outcome = threading.Event(), []

    def solve(knowledge: Knowledge) -> None:
        asking.set()
        try:
            knowledge.page(APPLE, None)
        except BaseException as error:
            outcome.append(error)
            raise

    with anyio.fail_after(5):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(lab.solve, lab.request(server.url), solve)
            await anyio.to_thread.run_sync(asking.wait)
            while not lab.notes.spoiled:
                await anyio.lowlevel.checkpoint()
            tasks.cancel_scope.cancel()
    assert [type(error).__name__ for error in outcome] == ["CancelledError"]


async def test_an_unknown_name_is_no_error(lab: Lab, server: IndexServer) -> None:
    found = await lab.solve(lab.request(server.url), lambda knowledge: knowledge.page(Name("quince"), None))
    assert found == NoPage(name=Name("quince"), reason="not-found")


def learn(source: Any, name: str = "apple") -> Any:
    def work(knowledge: Knowledge) -> tuple[Any, ...]:
        metadata = knowledge.source_metadata(Name(name), source)
        return metadata, knowledge.pinned(source), knowledge.source_files(source)

    return work


async def test_a_wheel_by_url_is_read_once_and_digested(lab: Lab, server: IndexServer, files: Path) -> None:
    source = Url(url=f"{server.origin}/files/apple-2.0-py3-none-any.whl")
    metadata, pinned, (file,) = await lab.solve(lab.request(), learn(source))
    assert metadata.version == Version("2.0")
    assert (pinned, file.location) == (source, source.url)
    assert [digest.hex for digest in file.digests] == [sha256(files / "apple-2.0-py3-none-any.whl")]
    assert len(server.seen) == 1


async def test_an_archive_by_url_is_confirmed_by_later_requests(lab: Lab, server: IndexServer) -> None:
    source = Url(url=f"{server.origin}/files/plum-1.0.tar.gz")
    await lab.solve(lab.request(), learn(source, "plum"))
    metadata, _, (file,) = await lab.solve(lab.request(), learn(source, "plum"))
    assert metadata.version == Version("1.0")
    assert file.digests
    assert [seen.status for seen in server.seen] == [200, 304]


async def test_an_archive_by_path_is_read_where_it_lies(lab: Lab, files: Path) -> None:
    metadata, _, (file,) = await lab.solve(lab.request(), learn(PathSource(path="files/plum-1.0.tar.gz"), "plum"))
    assert metadata.name == "plum"
    assert (file.filename, file.is_path) == ("plum-1.0.tar.gz", True)
    assert [digest.hex for digest in file.digests] == [sha256(files / "plum-1.0.tar.gz")]
    assert (lab.notes.paths, lab.notes.spoiled) == ([files / "plum-1.0.tar.gz"], [])


async def test_a_part_of_an_archive_is_built(lab: Lab, server: IndexServer) -> None:
    source = Url(url=f"{server.origin}/files/plum-1.0.tar.gz", subdirectory="inner")
    metadata, _, _ = await lab.solve(lab.request(), learn(source, "plum"))
    assert metadata == Unusable(reason="was built")


async def test_a_folder_is_left_to_who_reads_source_trees(lab: Lab, tmp_path: Path) -> None:
    (tmp_path / "tree").mkdir()
    for source in (Directory(path="tree"), Editable(path="tree")):
        metadata, pinned, found = await lab.solve(lab.request(), learn(source))
        assert (metadata, pinned, found) == (Unusable(reason="was built"), source, ())
    assert lab.builder.asked == [tmp_path / "tree"] * 2


async def test_a_repository_is_pinned_checked_out_and_read(lab: Lab, tmp_path: Path) -> None:
    remote = Remote(tmp_path / "remote")
    source = Git(url=remote.url, reference_kind="branch", reference="main")
    metadata, pinned, found = await lab.solve(lab.request(), learn(source))
    assert (metadata, pinned.commit, found) == (Unusable(reason="was built"), remote.second, ())
    assert (lab.builder.asked[0] / "content.txt").read_text() == "two"
    assert lab.announced[0] == ("Updating", f"{remote.url} (main)")


@pytest.mark.parametrize(
    ("source", "message", "code"),
    [
        (PathSource(path="nowhere/a-1.0.tar.gz"), "Distribution not found at: {root}/nowhere/a-1.0.tar.gz", 1),
        (Directory(path="nowhere"), "Distribution not found at: {root}/nowhere", 1),
    ],
)
async def test_what_is_not_there_is_an_error(lab: Lab, source: Any, message: str, code: int) -> None:
    with pytest.raises(HobError) as caught:
        await lab.solve(lab.request(), learn(source))
    assert (caught.value.message, caught.value.code) == (message.format(root=lab.folder.as_uri()), code)


async def test_a_wheel_of_another_name_is_an_error(lab: Lab, server: IndexServer) -> None:
    source = Url(url=f"{server.origin}/files/pear-1.0-py3-none-any.whl")
    with pytest.raises(HobError) as caught:
        await lab.solve(lab.request(), learn(source))
    assert caught.value.message == (f"Requested package name `apple` does not match `pear` in the distribution filename: {source.url}")


async def test_a_part_that_a_repository_does_not_have_is_an_error(lab: Lab, tmp_path: Path) -> None:
    remote = Remote(tmp_path / "remote")
    with pytest.raises(HobError) as caught:
        await lab.solve(lab.request(), learn(Git(url=remote.url, subdirectory="nope")))
    assert caught.value.message == f"Failed to download and build `apple @ git+{remote.url}#subdirectory=nope`"
    assert caught.value.causes == (f"The source distribution `git+{remote.url}#subdirectory=nope` has no subdirectory `nope`",)


async def test_a_reference_that_is_not_there_is_an_error_in_uvs_words(lab: Lab, tmp_path: Path) -> None:
    remote = Remote(tmp_path / "remote")
    with pytest.raises(HobError) as caught:
        await lab.solve(lab.request(), learn(Git(url=remote.url, reference_kind="tag", reference="nope")))
    assert caught.value.message == f"Failed to download and build `apple @ git+{remote.url}@nope`"
    assert caught.value.causes[0] == "Git operation failed"
    assert caught.value.causes[2] == "failed to fetch tag `nope`"
    assert caught.value.code == 1


async def test_offline_an_archive_that_was_not_seen_is_an_error(lab: Lab, server: IndexServer) -> None:
    source = Url(url=f"{server.origin}/files/plum-1.0.tar.gz")
    with pytest.raises(OfflineMiss) as caught:
        await lab.solve(lab.request(network=NetworkSettings(offline=True)), learn(source, "plum"))
    assert caught.value.message == f"Failed to download and build `plum @ {source.url}`"


async def test_archives_without_digest_that_changed_are_fetched_anew(lab: Lab, server: IndexServer) -> None:
    source = Url(url=f"{server.origin}/files/plum-1.0.tar.gz")
    await lab.solve(lab.request(), learn(source, "plum"))
    changed = make_sdist(server.folder, "plum", "1.0", ["pear"])
    _, _, (file,) = await lab.solve(lab.request(), learn(source, "plum"))
    assert [digest.hex for digest in file.digests] == [sha256(changed)]


async def test_pages_keep_their_order_for_the_solver(lab: Lab, server: IndexServer) -> None:
    for version in ("0.9", "10.0", "9.0"):
        make_wheel(server.folder, "apple", version)
    page = await lab.solve(lab.request(server.url), lambda knowledge: knowledge.page(APPLE, None))
    assert [str(release.version) for release in page.releases[1:4]] == ["1.0", "2.0", "9.0"]
    assert str(page.releases[-1].version) == "10.0"
