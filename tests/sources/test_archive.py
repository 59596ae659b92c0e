"""Files arrive whole and checked, or not at all; what strangers packed stays inside its folder."""

import gzip
import io
import os
import tarfile
import zipfile
from pathlib import Path

import anyio
import pytest

from hobd.core.vocab.digest import Digest
from hobd.core.vocab.index import NetworkSettings
from hobd.core.vocab.progress import NoProgress
from hobd.sources.archive import Downloaded, HashMismatch, SizeMismatch, digest_file, download, matches
from hobd.sources.archives import file_name
from hobd.sources.unpacking import read_top_members, unpack
from hobd.sources.wheel_members import InvalidStructure, metadata_member
from hobd.sources.writing import write_beside
from tests.sources.conftest import Lab, Request
from tests.support.index_server import IndexServer
from tests.support.wheels import make_sdist, sha256, tarred, zipped

APPLE = "apple-1.0-py3-none-any.whl"


async def fetch(request: Request, server: IndexServer, target: Path, *digests: Digest, size: int | None = None) -> Downloaded:
    url = f"{server.origin}/files/{APPLE}"
    return await download(request.client, url, target / APPLE, label="apple==1.0", digests=digests, size=size, progress=NoProgress())


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_a_file_is_digested_while_it_arrives(lab: Lab, server: IndexServer, files: Path, tmp_path: Path) -> None:
    got = await fetch(lab.request(), server, tmp_path / "got")
    assert got.path.read_bytes() == (files / APPLE).read_bytes()
    assert (got.size, got.sha256) == ((files / APPLE).stat().st_size, Digest("sha256", sha256(files / APPLE)))


async def test_large_files_pass_through_in_pieces(lab: Lab, server: IndexServer, files: Path, tmp_path: Path) -> None:
    (files / APPLE).write_bytes(os.urandom(5 * 1024 * 1024 + 7))
    got = await fetch(lab.request(), server, tmp_path / "got", Digest("sha256", sha256(files / APPLE)))
    assert got.path.read_bytes() == (files / APPLE).read_bytes()


async def test_another_file_than_was_promised_is_refused_in_uvs_words(lab: Lab, server: IndexServer, files: Path, tmp_path: Path) -> None:
    with pytest.raises(HashMismatch) as caught:
        await fetch(lab.request(), server, tmp_path / "got", Digest("sha256", "0" * 64))
    assert caught.value.message == (
        f"Hash mismatch for `apple==1.0`\n\nExpected:\n  sha256:{'0' * 64}\n\nComputed:\n  sha256:{sha256(files / APPLE)}"
    )
    assert (caught.value.code, names(tmp_path / "got")) == (1, [])


async def test_a_corrupted_transfer_is_refused(lab: Lab, server: IndexServer, files: Path, tmp_path: Path) -> None:
    server.fail("/files/", "corrupt")
    with pytest.raises(HashMismatch):
        await fetch(lab.request(), server, tmp_path / "got", Digest("sha256", sha256(files / APPLE)))


@pytest.mark.parametrize("fault", ["truncate", "503", "reset"])
async def test_an_interrupted_transfer_starts_again(lab: Lab, server: IndexServer, files: Path, tmp_path: Path, fault: str) -> None:
    server.fail("/files/", fault, times=1)
    got = await fetch(lab.request(), server, tmp_path / "got", Digest("sha256", sha256(files / APPLE)))
    assert got.size == (files / APPLE).stat().st_size
    assert names(tmp_path / "got") == [APPLE]


@pytest.mark.parametrize("fault", ["stall", "halt"])
async def test_a_transfer_that_stands_still_is_given_up_and_starts_again(lab: Lab, server: IndexServer, tmp_path: Path, fault: str) -> None:
    server.fail("/files/", fault, times=1)
    patient = NetworkSettings(connect_timeout_seconds=5, read_timeout_seconds=0.2)
    got = await fetch(lab.request(network=patient), server, tmp_path / "got")
    assert (names(tmp_path / "got"), got.path.read_bytes()) == ([APPLE], (server.folder / APPLE).read_bytes())


async def test_without_a_digest_the_size_must_fit(lab: Lab, server: IndexServer, tmp_path: Path) -> None:
    with pytest.raises(SizeMismatch, match="expected 5 bytes"):
        await fetch(lab.request(), server, tmp_path / "got", size=5)


async def test_the_strongest_digest_counts(lab: Lab, server: IndexServer, tmp_path: Path) -> None:
    with pytest.raises(HashMismatch) as caught:
        await fetch(lab.request(), server, tmp_path / "got", Digest("md5", "0" * 32), Digest("sha512", "0" * 128))
    assert "sha512" in caught.value.message


async def test_a_cancelled_transfer_leaves_nothing(lab: Lab, server: IndexServer, tmp_path: Path) -> None:
    server.fail("/files/", "stall")
    request = lab.request(network=NetworkSettings(read_timeout_seconds=5))
    with anyio.move_on_after(0.1):
        await fetch(request, server, tmp_path / "got")
    assert not (tmp_path / "got").exists() or names(tmp_path / "got") == []


@pytest.mark.parametrize(
    ("algorithm", "digits"),
    [
        ("md5", "900150983cd24fb0d6963f7d28e17f72"),
        ("sha256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ("blake2b", "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"),
    ],
)
def test_digests_are_those_of_the_indexes(tmp_path: Path, algorithm: str, digits: str) -> None:
    assert matches(b"abc", Digest(algorithm, digits))
    (tmp_path / "abc").write_bytes(b"abc")
    assert digest_file(tmp_path / "abc", (Digest(algorithm, digits),)).size == 3
    with pytest.raises(HashMismatch):
        digest_file(tmp_path / "abc", (Digest(algorithm, "0" * len(digits)),))


def test_a_file_whose_writer_fails_keeps_its_old_content(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")

    def write_half() -> None:
        with write_beside(tmp_path / "a") as file:
            file.write(b"new")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_half()
    assert ((tmp_path / "a").read_bytes(), names(tmp_path)) == (b"old", ["a"])


def test_the_name_of_a_file_is_the_end_of_its_address() -> None:
    assert file_name("https://files.example/x/a%20b-1.0.tar.gz?token=1#sha256=2") == "a b-1.0.tar.gz"
    assert file_name("https://files.example/x%2F..%2Fy") == "x_.._y"


@pytest.mark.parametrize("extension", [".tar.gz", ".zip"])
def test_a_source_distribution_unpacks_to_its_top_folder(tmp_path: Path, extension: str) -> None:
    packed = make_sdist(tmp_path, "plum", "1.0", extension=extension)
    (tmp_path / "out").mkdir()
    top = unpack(packed, tmp_path / "out")
    assert (top.name, sorted(names(top))) == ("plum-1.0", ["PKG-INFO", "plum", "pyproject.toml", "tiny_backend.py"])


def test_without_a_single_top_folder_the_project_lies_in_the_root(tmp_path: Path) -> None:
    (tmp_path / "a.tar.gz").write_bytes(tarred({"a/x": b"", "b/y": b""}))
    (tmp_path / "out").mkdir()
    assert unpack(tmp_path / "a.tar.gz", tmp_path / "out") == tmp_path / "out"


def tar_with(path: Path, *members: tarfile.TarInfo) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for member in members:
            archive.addfile(member, io.BytesIO(b"x" * member.size))
    return path


def entry(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    info.size = 1 if kind == tarfile.REGTYPE else 0
    return info


@pytest.mark.parametrize(
    "members",
    [
        [entry("../evil")],
        [entry("a/../../evil")],
        [entry("/tmp/evil")],
        [entry("a/link", tarfile.SYMTYPE, "../../evil")],
        [entry("a/link", tarfile.SYMTYPE, "/etc")],
        [entry("a/hard", tarfile.LNKTYPE, "../evil")],
        [entry("a/b/up", tarfile.SYMTYPE, "../.."), entry("s", tarfile.SYMTYPE, "a/b/up/.."), entry("s/evil", tarfile.DIRTYPE)],
        [entry("a/b/up", tarfile.SYMTYPE, "../.."), entry("s", tarfile.SYMTYPE, "a/b/up/.."), entry("s/evil/x")],
        [entry("a/b/up", tarfile.SYMTYPE, "../.."), entry("s", tarfile.SYMTYPE, "a/b/up/.."), entry("evil", tarfile.LNKTYPE, "s")],
        [entry("a/hard", tarfile.LNKTYPE, "a/missing")],
        [entry("a/hard", tarfile.LNKTYPE, "a/hard")],
        [entry("a/x"), entry("a/x/y")],
        [entry("a/x/y"), entry("a/x")],
        [entry("a/fifo", tarfile.FIFOTYPE)],
        [entry("a/device", tarfile.CHRTYPE)],
    ],
)
def test_members_that_lead_out_end_the_work(tmp_path: Path, members: list[tarfile.TarInfo]) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(InvalidStructure):
        unpack(tar_with(tmp_path / "a.tar.gz", *members), tmp_path / "out")
    assert not (tmp_path / "evil").exists()


def test_links_that_stay_inside_are_kept(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    packed = tar_with(tmp_path / "a.tar.gz", entry("a/x"), entry("a/y", tarfile.SYMTYPE, "x"), entry("a/z", tarfile.LNKTYPE, "a/x"))
    top = unpack(packed, tmp_path / "out")
    assert [(top / name).read_bytes() for name in "xyz"] == [b"x"] * 3
    assert (top / "y").is_symlink()


def test_a_zip_that_leads_out_ends_the_work(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zipped({"a/../../evil": b"x"}))
    (tmp_path / "out").mkdir()
    with pytest.raises(InvalidStructure):
        unpack(tmp_path / "a.zip", tmp_path / "out")


@pytest.mark.parametrize("name", ["a.tar.gz", "a.zip"])
def test_what_is_no_archive_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"no archive")
    (tmp_path / "out").mkdir()
    with pytest.raises(InvalidStructure, match=f"Failed to read from `{name}`"):
        unpack(tmp_path / name, tmp_path / "out")
    with pytest.raises(InvalidStructure):
        read_top_members(tmp_path / name, ["PKG-INFO"])


def test_executables_stay_executable(tmp_path: Path) -> None:
    info = entry("a/run.sh")
    info.mode = 0o755
    (tmp_path / "out").mkdir()
    top = unpack(tar_with(tmp_path / "a.tar.gz", info, entry("a/plain")), tmp_path / "out")
    assert (os.access(top / "run.sh", os.X_OK), os.access(top / "plain", os.X_OK)) == (True, False)


def test_only_members_right_below_the_top_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.tar.gz").write_bytes(tarred({"a/x/PKG-INFO": b"inner", "a/PKG-INFO": b"outer"}))
    assert read_top_members(tmp_path / "a.tar.gz", ["PKG-INFO", "pyproject.toml"]) == {"PKG-INFO": b"outer"}


def test_a_wheel_has_one_folder_of_metadata() -> None:
    assert metadata_member(["a/x.py", "a_b-1.dist-info/METADATA"], None) == "a_b-1.dist-info/METADATA"
    for wrong in ([], ["a-1.dist-info/METADATA", "b-1.dist-info/METADATA"], ["a-1.dist-info/RECORD"]):
        with pytest.raises(InvalidStructure):
            metadata_member(wrong, None)


def test_a_made_archive_is_a_real_one(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zipped({"a/x": b"1"}))
    assert zipfile.ZipFile(tmp_path / "a.zip").testzip() is None


@pytest.mark.parametrize("damage", ["flipped", "shorter", "gone"])
async def test_an_archive_that_the_disk_spoilt_is_fetched_again(lab: Lab, server: IndexServer, damage: str) -> None:
    url = f"{server.origin}/files/plum-1.0.tar.gz"
    first = await lab.request().archives.fetch(url, label="plum")
    whole = first.path.read_bytes()
    if damage == "gone":
        first.path.unlink()
    else:
        first.path.write_bytes(whole[:-1] + (bytes([whole[-1] ^ 1]) if damage == "flipped" else b""))
    again = await lab.request().archives.fetch(url, label="plum")
    assert again.path.read_bytes() == whole
    assert server.seen[-1].status == 200


def test_members_that_would_fill_the_memory_or_the_disk_are_refused(tmp_path: Path) -> None:
    def claiming(size: int, name: str) -> Path:
        info = tarfile.TarInfo("plum-1.0/PKG-INFO")
        info.size = size
        path = tmp_path / name
        path.write_bytes(gzip.compress(info.tobuf() + bytes(2048)))
        return path

    with pytest.raises(InvalidStructure, match="more than the 67108864 that metadata may have"):
        read_top_members(claiming(100 << 20, "a.tar.gz"), ["PKG-INFO"])
    (tmp_path / "out").mkdir()
    with pytest.raises(InvalidStructure, match="unpacks to more than 1000000 members or 1073741824 bytes"):
        unpack(claiming(2 << 30, "b.tar.gz"), tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []
