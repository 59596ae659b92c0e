"""What goes wrong is told as uv tells it: the same servers, the same faults, the same words."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import anyio
import pytest

from hobd.core.resolver.knowledge import Knowledge, Page
from hobd.core.vocab.index import NetworkSettings
from hobd.core.vocab.names import Name
from hobd.errors import HobError
from tests.sources.conftest import Lab
from tests.support.index_server import IndexServer

PROJECT = "[project]\nname = 'demo'\nversion = '0'\nrequires-python = '>=3.11'\ndependencies = ['apple']\n"


async def words_of_uv(folder: Path, index: str) -> tuple[list[str], int]:
    (folder / "demo").mkdir()
    (folder / "demo" / "pyproject.toml").write_text(PROJECT)
    command = [str(Path(sys.executable).parent / "uv"), "lock", "--no-config", "--python", sys.executable, "--default-index", index]
    environment = {"PATH": os.defpath, "HOME": str(folder), "UV_CACHE_DIR": str(folder / "uv"), "UV_HTTP_RETRIES": "0"}
    finished = await anyio.run_process(command, cwd=folder / "demo", env=environment, check=False)
    lines = finished.stderr.decode().splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("error: "))
    return lines[start:], finished.returncode


async def words_of_hob(lab: Lab, index: str) -> tuple[list[str], int]:
    def solve(knowledge: Knowledge) -> None:
        page = knowledge.page(Name("apple"), None)
        assert isinstance(page, Page)
        knowledge.metadata(Name("apple"), page.releases[-1], page.releases[-1].files[0])

    with pytest.raises(HobError) as caught:
        await lab.solve(lab.request(index, network=NetworkSettings(retries=0)), solve)
    return [f"error: {caught.value.message}", *(f"  cause: {cause}" for cause in caught.value.causes)], caught.value.code


def page_fault(kind: str) -> Callable[[IndexServer], None]:
    return lambda server: server.fail("/simple/apple/", kind)


def metadata_fault(kind: str) -> Callable[[IndexServer], None]:
    return lambda server: server.fail(".metadata", kind)


def wheel_fault(kind: str) -> Callable[[IndexServer], None]:
    def spoil(server: IndexServer) -> None:
        server.offers_metadata = False
        server.fail("/files/", kind)

    return spoil


@pytest.mark.parametrize(
    "spoil",
    [
        *(page_fault(kind) for kind in ("400", "410", "429", "500", "503", "truncate", "close")),
        *(metadata_fault(kind) for kind in ("404", "500")),
        *(wheel_fault(kind) for kind in ("401", "404", "503")),
    ],
)
async def test_errors_are_uvs(lab: Lab, server: IndexServer, tmp_path: Path, spoil: Callable[[IndexServer], None]) -> None:
    spoil(server)
    assert await words_of_hob(lab, server.url) == await words_of_uv(tmp_path, server.url)
