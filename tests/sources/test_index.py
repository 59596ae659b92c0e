"""Which index is asked, in which order, and what its refusal means (features.md, section 4)."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hobd.core.formats.simple_api import InvalidPage
from hobd.core.resolver.knowledge import NoPage, Page
from hobd.core.vocab.distribution import File
from hobd.core.vocab.index import Index, NetworkSettings, Refresh
from hobd.core.vocab.names import Name
from hobd.core.vocab.source import Registry
from hobd.sources.failures import FetchFailed, SourceError
from tests.sources.conftest import Lab, Request, fill
from tests.support.index_server import UPLOADED, IndexServer
from tests.support.wheels import make_wheel, sha256

APPLE = Name("apple")
PEAR = Name("pear")


@pytest.fixture
async def second(tmp_path: Path) -> AsyncIterator[IndexServer]:
    """Another index, with `apple` 3.0 and `quince` 1.0."""
    fill(tmp_path / "second", {"apple": ["3.0"], "quince": ["1.0"]})
    async with IndexServer(tmp_path / "second") as running:
        yield running


async def page(request: Request, name: str = "apple", index: Registry | None = None) -> Page:
    found = await request.indexes.page(Name(name), index)
    assert isinstance(found, Page)
    return found


async def absence(request: Request, name: str = "apple", index: Registry | None = None) -> NoPage:
    found = await request.indexes.page(Name(name), index)
    assert isinstance(found, NoPage)
    return found


def versions(found: Page) -> list[str]:
    return [str(release.version) for release in found.releases]


def only_file(found: Page) -> File:
    (release,) = found.releases
    (indexed,) = release.files
    return indexed.file


@pytest.mark.parametrize("serves_json", [True, False])
async def test_a_page_has_its_versions_in_order(lab: Lab, server: IndexServer, serves_json: bool) -> None:
    server.serves_json = serves_json
    make_wheel(server.folder, "apple", "1.10")
    make_wheel(server.folder, "apple", "1.9")
    assert versions(await page(lab.request(server.url))) == ["1.0", "1.9", "1.10", "2.0"]


async def test_a_file_has_all_that_the_page_says(lab: Lab, server: IndexServer) -> None:
    wheel = server.folder / "pear-1.0-py3-none-any.whl"
    server.yanked[wheel.name] = "bad pear"
    server.requires_python[wheel.name] = ">=3.9"
    file = only_file(await page(lab.request(server.url), "pear"))
    assert (file.filename, file.location, file.size) == (wheel.name, f"{server.origin}/files/{wheel.name}", wheel.stat().st_size)
    assert [str(digest) for digest in file.digests] == [f"sha256:{sha256(wheel)}"]
    assert (file.yanked, file.requires_python, file.upload_time) == ("bad pear", ">=3.9", UPLOADED)
    assert file.metadata


async def test_a_redirected_pages_links_start_where_it_ended(lab: Lab, server: IndexServer) -> None:
    file = only_file(await page(lab.request(f"{server.origin}/moved/simple"), "pear"))
    assert file.location == f"{server.origin}/files/pear-1.0-py3-none-any.whl"


async def test_the_first_index_that_knows_the_name_wins(lab: Lab, server: IndexServer, second: IndexServer) -> None:
    request = lab.request(second.url, Index(url=server.url, is_default=True))
    assert versions(await page(request)) == ["3.0"]
    assert server.seen == []
    assert versions(await page(request, "pear")) == ["1.0"]


async def test_best_match_sees_the_versions_of_all_as_one_list(lab: Lab, server: IndexServer, second: IndexServer) -> None:
    found = await page(lab.request(server.url, second.url, strategy="unsafe-best-match"))
    assert found.later is not None
    assert (found.is_one_list, versions(found), versions(found.later)) == (True, ["1.0", "2.0"], ["3.0"])


async def test_in_a_tie_the_files_of_the_earlier_index_come_first(lab: Lab, server: IndexServer, second: IndexServer) -> None:
    make_wheel(second.folder, "pear", "1.0", ["other"])
    found = await page(lab.request(second.url, server.url, strategy="unsafe-best-match"), "pear")
    assert found.later is not None
    assert [indexed.index.url for each in (found, found.later) for indexed in each.releases[0].files] == [second.url, server.url]


async def test_first_match_keeps_indexes_apart(lab: Lab, server: IndexServer, second: IndexServer) -> None:
    found = await page(lab.request(server.url, second.url, strategy="unsafe-first-match"))
    assert found.later is not None
    assert (versions(found), versions(found.later), found.later.later) == (["1.0", "2.0"], ["3.0"], None)


async def test_an_explicit_index_is_asked_only_for_what_names_it(lab: Lab, server: IndexServer, second: IndexServer) -> None:
    explicit = Index(url=second.url, name="second", is_explicit=True)
    request = lab.request(explicit, server.url)
    assert versions(await page(request)) == ["1.0", "2.0"]
    assert versions(await page(request, index=Registry(url=second.url))) == ["3.0"]


async def test_a_pinned_index_is_the_only_one(lab: Lab, server: IndexServer, second: IndexServer) -> None:
    request = lab.request(server.url, second.url)
    assert (await absence(request, "pear", Registry(url=second.url))).reason == "not-found"
    assert server.seen == []


async def test_a_registry_that_is_configured_no_more_can_still_be_asked(lab: Lab, server: IndexServer) -> None:
    assert versions(await page(lab.request(), index=Registry(url=server.url))) == ["1.0", "2.0"]


async def test_a_refusal_ends_the_search_and_gives_a_hint(lab: Lab, server: IndexServer, second: IndexServer) -> None:
    request = lab.request(server.url, second.url)
    server.fail("/simple/", "401")
    found = await absence(request)
    assert found.reason == "unauthorized"
    assert found.hint == (
        f"An index URL ({server.url}) could not be queried due to a lack of valid authentication credentials (401 Unauthorized)"
    )
    server.faults.clear()
    server.fail("/simple/", "403")
    assert (await absence(request)).hint == (
        f"An index ({server.url}) returned a 403 Forbidden error. Check that the index URL is correct and the credentials are valid."
    )
    assert second.seen == []


async def test_ignored_statuses_count_as_not_found(lab: Lab, server: IndexServer, second: IndexServer) -> None:
    server.fail("/simple/", "403")
    request = lab.request(Index(url=server.url, ignore_error_codes=(403,)), second.url)
    assert versions(await page(request)) == ["3.0"]


async def test_unsafe_strategies_pass_over_refusals(lab: Lab, server: IndexServer, second: IndexServer) -> None:
    server.fail("/simple/", "401")
    assert versions(await page(lab.request(server.url, second.url, strategy="unsafe-best-match"))) == ["3.0"]


@pytest.mark.parametrize("strategy", ["first-index", "unsafe-best-match"])
async def test_other_failures_end_the_resolution(lab: Lab, server: IndexServer, second: IndexServer, strategy: str) -> None:
    server.fail("/simple/", "410")
    with pytest.raises(FetchFailed):
        await page(lab.request(server.url, second.url, strategy=strategy))


async def test_a_page_that_is_none_is_told_in_uvs_words(lab: Lab, server: IndexServer) -> None:
    server.fail("/simple/apple/", "garbage")
    with pytest.raises(InvalidPage) as caught:
        await page(lab.request(server.url))
    assert caught.value.message == f"Received some unexpected JSON from `{server.url}/apple/`"
    assert caught.value.code == 1


async def test_offline_what_was_seen_is_there_and_the_rest_is_told(lab: Lab, server: IndexServer) -> None:
    await page(lab.request(server.url))
    offline = lab.request(server.url, network=NetworkSettings(offline=True))
    assert versions(await page(offline)) == ["1.0", "2.0"]
    found = await absence(offline, "pear")
    assert found.reason == "offline"
    assert found.hint is not None
    assert found.hint.startswith("Packages were unavailable because the network was disabled.")


async def test_without_indexes_only_links_are_looked_at(lab: Lab, server: IndexServer, files: Path) -> None:
    links = Index(url=str(files), is_flat=True)
    assert versions(await page(lab.request(server.url, no_index=True, find_links=(links,)))) == ["1.0", "2.0"]
    found = await absence(lab.request(server.url, no_index=True))
    assert (found.reason, server.seen) == ("no-index", [])
    assert found.hint is not None
    assert "`--find-links <uri>`" in found.hint
    assert (await absence(lab.request(server.url, no_index=True, find_links=(links,)), "quince")).hint is None


async def test_links_are_merged_into_the_index_versions(lab: Lab, server: IndexServer, tmp_path: Path) -> None:
    fill(tmp_path / "links", {"apple": ["1.5"], "loner": ["1.0"]})
    request = lab.request(server.url, find_links=(Index(url=str(tmp_path / "links"), is_flat=True),))
    assert versions(await page(request)) == ["1.0", "1.5", "2.0"]
    assert versions(await page(request, "loner")) == ["1.0"]


async def test_a_flat_folder_tells_paths_and_rests_on_what_lies_there(lab: Lab, files: Path) -> None:
    (files / "notes.txt").write_text("no distribution")
    folder = Index(url=files.as_uri(), is_flat=True, relative_to="files")
    (release,) = (await page(lab.request(folder), "plum")).releases
    (indexed,) = release.files
    assert indexed.index == Registry(url="files", is_path=True)
    assert indexed.file == File(filename="plum-1.0.tar.gz", location="plum-1.0.tar.gz", is_path=True)
    assert lab.notes.paths == [files]
    assert lab.notes.spoiled == []


async def test_a_flat_index_may_be_a_file_of_links(lab: Lab, files: Path, tmp_path: Path) -> None:
    page_of_links = tmp_path / "links.html"
    page_of_links.write_text(f'<a href="{files.name}/plum-1.0.tar.gz">here</a> <a href="https://files.example/pear-9.tar.gz">there</a>')
    links = Index(url=page_of_links.as_uri(), is_flat=True)
    (release,) = (await page(lab.request(links), "plum")).releases
    assert (release.files[0].file.location, release.files[0].file.is_path) == (str(files / "plum-1.0.tar.gz"), True)
    assert versions(await page(lab.request(links), "pear")) == ["9"]
    page_of_links.write_bytes(b"\xff")
    with pytest.raises(SourceError, match="Failed to read `--find-links` file"):
        await page(lab.request(links), "plum")


async def test_a_flat_folder_that_is_not_there_is_an_error(lab: Lab, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="Failed to read `--find-links` directory"):
        await page(lab.request(Index(url=str(tmp_path / "nowhere"), is_flat=True)))


@pytest.mark.parametrize("serves_json", [True, False])
async def test_a_flat_page_is_read_once_for_all_names(lab: Lab, server: IndexServer, serves_json: bool) -> None:
    server.serves_json = serves_json
    request = lab.request(Index(url=f"{server.origin}/flat/", is_flat=True))
    assert versions(await page(request)) == ["1.0", "2.0"]
    assert versions(await page(request, "plum")) == ["1.0"]
    assert (await absence(request, "quince")).reason == "not-found"
    assert server.paths() == ["/flat/"]


async def test_the_page_of_a_project_may_be_a_flat_page_too(lab: Lab, server: IndexServer) -> None:
    own_page = Index(url=f"{server.url}/apple/", is_flat=True)
    assert versions(await page(lab.request(server.url))) == ["1.0", "2.0"]
    assert versions(await page(lab.request(server.url, no_index=True, find_links=(own_page,)))) == ["1.0", "2.0"]
    assert versions(await page(lab.request(server.url, find_links=(own_page,)))) == ["1.0", "2.0"]


async def test_a_folder_laid_out_like_an_index_is_one(lab: Lab, tmp_path: Path) -> None:
    pear = tmp_path / "index" / "pear"
    wheel = make_wheel(tmp_path / "index" / "wheels", "pear", "1.0")
    pear.mkdir()
    (pear / "index.html").write_text(
        f'<a href="../wheels/{wheel.name}#sha256={sha256(wheel)}">w</a><a href="https://files.example/pear-2.0.tar.gz">s</a>'
    )
    request = lab.request(Index(url=str(tmp_path / "index"), relative_to="index"))
    found = await page(request, "pear")
    first, second = (release.files[0].file for release in found.releases)
    assert (first.location, first.is_path, len(first.digests)) == (f"wheels/{wheel.name}", True, 1)
    assert (second.location, second.is_path) == ("https://files.example/pear-2.0.tar.gz", False)
    assert request.indexes.folder(Registry(url="index", is_path=True)) == tmp_path / "index"
    assert (await absence(request, "apple")).reason == "not-found"
    assert lab.notes.paths == [pear / "index.html", tmp_path / "index" / "apple" / "index.html"]


async def test_refresh_of_one_package_asks_again_only_for_it(lab: Lab, server: IndexServer) -> None:
    server.max_age = 600
    await page(lab.request(server.url))
    await page(lab.request(server.url), "pear")
    again = lab.request(server.url, refresh=Refresh(packages=frozenset({APPLE})))
    await page(again)
    await page(again, "pear")
    assert server.paths() == ["/simple/apple/", "/simple/pear/", "/simple/apple/"]


async def test_names_that_are_no_distributions_of_the_project_are_left_out(lab: Lab, server: IndexServer) -> None:
    for odd in ("apple-3.0-bad-py3-none-any.whl", "apple-4.0-py3-none.whl", "apple-5.0.exe", "apple-x.tar.gz", "apple-6.0-py3--any.whl"):
        (server.folder / odd).write_bytes((server.folder / "apple-1.0-py3-none-any.whl").read_bytes())
    found = await page(lab.request(server.url))
    assert [indexed.file.filename for release in found.releases for indexed in release.files] == [
        "apple-1.0-py3-none-any.whl",
        "apple-2.0-py3-none-any.whl",
    ]
