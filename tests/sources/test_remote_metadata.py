"""Metadata comes by the cheapest way that there is, and never from a file that is not what it should be."""

import zipfile
from pathlib import Path

import pytest
from packaging.version import Version

from hobd.core.resolver.knowledge import IndexedFile, Page, Release, Unusable
from hobd.core.vocab.index import Index, NetworkSettings
from hobd.core.vocab.metadata import Metadata
from hobd.core.vocab.names import Name
from hobd.core.vocab.source import Url
from hobd.sources.failures import FetchFailed, SourceError
from tests.sources.conftest import Lab, Request
from tests.support.index_server import IndexServer
from tests.support.wheels import core_metadata, make_sdist, make_wheel, zipped


def ask(lab: Lab, request: Request, name: str = "apple") -> "Asked":
    return Asked(lab, request, Name(name))


class Asked:
    """Asks for the metadata of the newest version."""

    def __init__(self, lab: Lab, request: Request, name: Name) -> None:
        self.lab = lab
        self.request = request
        self.name = name

    async def metadata(self) -> Metadata | Unusable:
        found = await self.request.indexes.page(self.name, None)
        assert isinstance(found, Page)
        return await self.of(found.releases[-1], found.releases[-1].files[0])

    async def of(self, release: Release, file: IndexedFile) -> Metadata | Unusable:
        answer: Metadata | Unusable = await self.lab.solve(self.request, lambda knowledge: knowledge.metadata(self.name, release, file))
        return answer


def requires(found: Metadata | Unusable) -> list[str]:
    assert isinstance(found, Metadata), found
    return [f"{requirement.name}{requirement.specifier}" for requirement in found.requires_dist]


async def test_offered_metadata_is_taken(lab: Lab, server: IndexServer) -> None:
    found = await ask(lab, lab.request(server.url)).metadata()
    assert requires(found) == ["pear>=1"]
    assert server.paths() == ["/simple/apple/", "/files/apple-2.0-py3-none-any.whl.metadata"]


async def test_else_only_the_end_of_the_wheel_is_read(lab: Lab, server: IndexServer) -> None:
    server.offers_metadata = False
    big: dict[str, str | bytes] = {"apple/__init__.py": "", "apple/noise.bin": bytes(range(256)) * 800}
    make_wheel(server.folder, "apple", "3.0", ["pear>=3"], files=big)
    assert requires(await ask(lab, lab.request(server.url)).metadata()) == ["pear>=3"]
    assert [seen.status for seen in server.seen] == [200, 206]


async def test_what_lies_before_the_end_takes_one_more_range(lab: Lab, server: IndexServer, tmp_path: Path) -> None:
    server.offers_metadata = False
    noise = {f"apple/{number}.py": f"{number}" for number in range(2000)}
    wheel = make_wheel(tmp_path, "apple", "3.0", ["pear>=3"], files=noise)
    with zipfile.ZipFile(wheel) as archive:
        members = {name: archive.read(name) for name in sorted(archive.namelist(), key=lambda name: "dist-info" not in name)}
    (server.folder / wheel.name).write_bytes(zipped(members))
    assert requires(await ask(lab, lab.request(server.url)).metadata()) == ["pear>=3"]
    assert [seen.status for seen in server.seen][1:] == [206] * (len(server.seen) - 1)
    assert 2 < len(server.seen) <= 5


async def test_else_the_whole_wheel_is_fetched(lab: Lab, server: IndexServer) -> None:
    server.offers_metadata = False
    server.supports_ranges = False
    assert requires(await ask(lab, lab.request(server.url)).metadata()) == ["pear>=1"]
    assert [seen.headers.get("Range") is not None for seen in server.seen] == [False, True, False]


async def test_what_was_read_from_a_wheel_and_the_wheel_itself_are_kept_apart(lab: Lab, server: IndexServer) -> None:
    server.offers_metadata = server.supports_ranges = False
    for _ in range(3):
        assert requires(await ask(lab, lab.request(server.url)).metadata()) == ["pear>=1"]
        lab.memory.clear()
    direct = await lab.request().direct.learn(Name("apple"), Url(url=f"{server.origin}/files/apple-2.0-py3-none-any.whl"))
    assert requires(direct.metadata) == ["pear>=1"]


@pytest.mark.parametrize("offers_metadata", [True, False])
async def test_metadata_of_a_digest_is_asked_for_once_in_a_lifetime(lab: Lab, server: IndexServer, offers_metadata: bool) -> None:
    server.offers_metadata = offers_metadata
    server.max_age = 600
    await ask(lab, lab.request(server.url)).metadata()
    asked = len(server.seen)
    await ask(lab, lab.request(server.url)).metadata()
    lab.memory.clear()
    assert requires(await ask(lab, lab.request(server.url)).metadata()) == ["pear>=1"]
    assert len(server.seen) == asked


@pytest.mark.parametrize(("max_age", "asked"), [(0, [200, 206, 304, 304]), (None, [200, 206, 304])])
async def test_without_a_digest_the_server_is_asked_whether_it_changed_unless_it_does_not_say_when(
    lab: Lab, server: IndexServer, max_age: int | None, asked: list[int]
) -> None:
    server.offers_metadata = server.offers_digests = False
    server.max_age = max_age
    await ask(lab, lab.request(server.url)).metadata()
    assert requires(await ask(lab, lab.request(server.url)).metadata()) == ["pear>=1"]
    assert [seen.status for seen in server.seen] == asked


async def test_offered_metadata_that_is_not_what_its_digest_promises_is_not_believed(lab: Lab, server: IndexServer) -> None:
    server.fail(".metadata", "corrupt")
    assert requires(await ask(lab, lab.request(server.url)).metadata()) == ["pear>=1"]
    assert server.seen[-1].status == 206


async def test_metadata_that_is_missing_though_offered_is_an_error(lab: Lab, server: IndexServer) -> None:
    server.fail(".metadata", "404")
    with pytest.raises(FetchFailed) as caught:
        await ask(lab, lab.request(server.url)).metadata()
    assert caught.value.code == 1
    assert caught.value.message == f"Failed to fetch: {server.origin}/files/apple-2.0-py3-none-any.whl.metadata"


async def test_a_refused_wheel_is_an_error(lab: Lab, server: IndexServer) -> None:
    server.offers_metadata = False
    server.fail("/files/", "401")
    with pytest.raises(FetchFailed) as caught:
        await ask(lab, lab.request(server.url)).metadata()
    assert (caught.value.code, caught.value.status) == (2, 401)


async def test_a_file_that_is_no_zip_makes_the_version_unusable(lab: Lab, server: IndexServer) -> None:
    server.offers_metadata = False
    (server.folder / "apple-2.0-py3-none-any.whl").write_bytes(b"not a zip at all")
    assert await ask(lab, lab.request(server.url)).metadata() == Unusable(
        reason="has an invalid package format", detail="Failed to read from zip file"
    )


async def test_a_wheel_with_another_projects_metadata_ends_the_search(lab: Lab, server: IndexServer) -> None:
    wheel = make_wheel(server.folder, "quince", "1.0")
    wheel.rename(server.folder / "apple-3.0-py3-none-any.whl")
    with pytest.raises(SourceError, match="Package metadata name `quince` does not match given name `apple`") as caught:
        await ask(lab, lab.request(server.url)).metadata()
    assert caught.value.code == 1
    server.offers_metadata = False
    found = await ask(lab, lab.request(server.url)).metadata()
    assert isinstance(found, Unusable)
    assert found.reason == "has an invalid package format"


async def test_metadata_that_cannot_be_read_makes_the_version_unusable(lab: Lab, server: IndexServer) -> None:
    make_wheel(server.folder, "apple", "3.0", ["pear >=> 1"])
    found = await ask(lab, lab.request(server.url)).metadata()
    assert isinstance(found, Unusable)
    assert found.reason == "has invalid metadata"
    assert found.detail == ('no such comparison operator ">=>", must be one of ~= == != <= >= < > ===\npear >=> 1\n     ^^^^^')


async def test_a_static_sdist_needs_no_build(lab: Lab, server: IndexServer) -> None:
    assert requires(await ask(lab, lab.request(server.url), "plum").metadata()) == ["apple"]
    assert lab.builder.asked == []


async def test_an_old_pkg_info_leaves_it_to_a_static_pyproject(lab: Lab, server: IndexServer) -> None:
    make_sdist(server.folder, "plum", "2.0", ["apple>=2"], metadata_version="2.1")
    assert requires(await ask(lab, lab.request(server.url), "plum").metadata()) == ["apple>=2"]
    assert lab.builder.asked == []


@pytest.mark.parametrize("extension", [".tar.gz", ".zip"])
async def test_a_dynamic_sdist_is_built(lab: Lab, server: IndexServer, extension: str) -> None:
    make_sdist(server.folder, "plum", "2.0", metadata_version="2.2", dynamic=["Requires-Dist"], static_pyproject=False, extension=extension)
    lab.builder.answer = Metadata(name=Name("plum"), version=Version("2.0"))
    assert await ask(lab, lab.request(server.url), "plum").metadata() == lab.builder.answer
    assert [path.name for path in lab.builder.asked] == [f"plum-2.0{extension}"]
    assert (lab.builder.asked[0].read_bytes()) == (server.folder / f"plum-2.0{extension}").read_bytes()


async def test_an_sdist_is_fetched_once_in_a_lifetime(lab: Lab, server: IndexServer) -> None:
    server.max_age = 600
    await ask(lab, lab.request(server.url), "plum").metadata()
    lab.memory.clear()
    await ask(lab, lab.request(server.url), "plum").metadata()
    assert server.paths() == ["/simple/plum/", "/files/plum-1.0.tar.gz"]


async def test_an_sdist_that_was_cleaned_away_is_fetched_again(lab: Lab, server: IndexServer) -> None:
    await ask(lab, lab.request(server.url), "plum").metadata()
    (kept,) = (lab.folder / "cache" / "archives").glob("*/plum-1.0.tar.gz")
    kept.unlink()
    lab.memory.clear()
    assert requires(await ask(lab, lab.request(server.url), "plum").metadata()) == ["apple"]


async def test_offline_what_was_not_seen_is_unusable(lab: Lab, server: IndexServer) -> None:
    await lab.request(server.url).indexes.page(Name("apple"), None)
    offline = lab.request(server.url, network=NetworkSettings(offline=True))
    found = await ask(lab, offline).metadata()
    assert isinstance(found, Unusable)
    assert found.reason == "needs to be downloaded from a registry"
    assert (found.detail or "").startswith("Packages were unavailable because the network was disabled.")


async def test_files_of_a_folder_are_read_where_they_lie(lab: Lab, files: Path) -> None:
    request = lab.request(Index(url=str(files), is_flat=True))
    assert requires(await ask(lab, request).metadata()) == ["pear>=1"]
    assert requires(await ask(lab, request, "plum").metadata()) == ["apple"]
    assert lab.notes.spoiled == []
    assert files / "apple-2.0-py3-none-any.whl" in lab.notes.paths


def test_the_made_metadata_is_what_the_tests_think_it_is() -> None:
    assert "Requires-Dist: pear>=1" in core_metadata("apple", "2.0", ["pear>=1"])
