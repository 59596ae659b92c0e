from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.front.hobd_process import Client, Hobd


@pytest.fixture
def runtime_dir() -> Iterator[Path]:
    """A short, private directory: socket paths are."""
    with TemporaryDirectory(prefix="hob-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture
def hobd(runtime_dir: Path) -> Iterator[Hobd]:
    """A running daemon with the fake engine."""
    daemon = Hobd(runtime_dir)
    line = daemon.start()
    assert line.startswith("ok "), line + (runtime_dir / "errors.txt").read_text()
    yield daemon
    daemon.stop()


@pytest.fixture
async def client(hobd: Hobd) -> AsyncIterator[Client]:
    async with hobd.client() as client:
        yield client
