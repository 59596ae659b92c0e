"""Lists and archives of Pythons come from the web and from this machine; a wrong archive is noticed, a broken transfer repeated."""

import json
from pathlib import Path

import pytest

from hobd.core.vocab.evidence import NoEvidence
from hobd.core.vocab.progress import NoProgress
from hobd.core.vocab.python_download import PythonDownload
from hobd.core.vocab.python_key import parse_python_key
from hobd.sources.failures import SourceError
from hobd.sources.python_builds import PythonBuilds, WrongBuild, check_build
from tests.sources.conftest import Lab
from tests.support.index_server import IndexServer
from tests.support.wheels import sha256

NAME = "apple-1.0-py3-none-any.whl"


def builds(lab: Lab) -> PythonBuilds:
    return PythonBuilds(client=lambda: lab.request().client, evidence=NoEvidence(), progress=NoProgress(), cwd=lab.folder)


def build(url: str, digest: str) -> PythonDownload:
    key = parse_python_key("cpython-3.12.1-linux-x86_64-gnu")
    assert key is not None
    return PythonDownload(key=key, url=url, sha256=digest)


async def test_an_archive_comes_from_anywhere_and_its_size_is_told_once(lab: Lab, server: IndexServer, files: Path, tmp_path: Path) -> None:
    server.fail("/files/", "truncate", times=1)
    for url in (f"{server.origin}/files/{NAME}", (files / NAME).as_uri()):
        sizes: list[int | None] = []
        wanted = build(url, sha256(files / NAME))
        got = await builds(lab).fetch(wanted, url, tmp_path / "got", sizes.append)
        check_build(wanted, got)
        assert got.path.read_bytes() == (files / NAME).read_bytes()
        assert sizes == [got.size]


async def test_a_wrong_archive_is_removed(lab: Lab, server: IndexServer, files: Path, tmp_path: Path) -> None:
    server.fail("/files/", "corrupt")
    wanted = build(f"{server.origin}/files/{NAME}", sha256(files / NAME))
    got = await builds(lab).fetch(wanted, wanted.url, tmp_path / "got", lambda _: None)
    with pytest.raises(WrongBuild, match=r"^Hash mismatch for `cpython-3\.12\.1-linux-x86_64-gnu`"):
        check_build(wanted, got)
    assert not got.path.exists()


async def test_a_list_is_read_from_a_path_and_an_address(lab: Lab, server: IndexServer, files: Path) -> None:
    (files / "list.whl").write_text(json.dumps({}))
    for place in (str(files / "list.whl"), (files / "list.whl").as_uri(), f"{server.origin}/files/list.whl"):
        assert await builds(lab).read_list(place) == ()
    with pytest.raises(SourceError, match=r"^failed to open file `/nowhere/list\.json`: No such file or directory \(os error 2\)$"):
        await builds(lab).read_list("/nowhere/list.json")
    with pytest.raises(SourceError, match=r"^Error while fetching remote python downloads json from"):
        await builds(lab).read_list(f"{server.origin}/files/missing.json")
