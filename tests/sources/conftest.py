"""What the tests of this room share: an index with a few distributions, and a gateway to it whose time does not pass."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from packaging.version import Version

from hobd.core.resolver.knowledge import Unusable
from hobd.core.vocab.digest import Digest
from hobd.core.vocab.index import Index, IndexSettings, NetworkSettings, Refresh
from hobd.core.vocab.metadata import Metadata
from hobd.core.vocab.names import Name
from hobd.core.vocab.progress import NoProgress
from hobd.core.vocab.source import Source
from hobd.engine.spawning import LocalSpawner
from hobd.sources.gateway import Gateway, Surroundings
from hobd.sources.http import Timing
from hobd.sources.http_pools import HttpPools
from hobd.sources.memory import SourcesMemory
from tests.support.index_server import IndexServer
from tests.support.wheels import make_sdist, make_wheel


@dataclass(slots=True)
class Clock:
    """A clock that moves only when somebody sleeps."""

    seconds: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds


@dataclass(slots=True)
class Notes:
    """Evidence that remembers what it was told."""

    paths: list[Path] = field(default_factory=list)
    spoiled: list[str] = field(default_factory=list)

    def saw(self, path: Path, *, is_link: bool = False) -> None:
        self.paths.append(path)

    def spoil(self, reason: str) -> None:
        self.spoiled.append(reason)


@dataclass(slots=True)
class Variables:
    """An environment."""

    values: Mapping[str, str] = field(default_factory=lambda: {"PATH": "/usr/bin:/bin"})

    def get(self, name: str) -> str | None:
        return self.values.get(name)

    def with_prefix(self, prefix: str) -> Mapping[str, str]:
        return {name: value for name, value in self.values.items() if name.startswith(prefix)}

    def whole(self) -> Mapping[str, str]:
        return self.values


@dataclass(slots=True)
class Builder:
    """A backend that says the same of everything, and remembers whom it was asked about."""

    answer: Metadata | Unusable = field(default_factory=lambda: Unusable(reason="was built"))
    asked: list[Path] = field(default_factory=list)

    async def of_archive(
        self, archive: Path, digest: Digest, name: Name | None, version: Version | None, subdirectory: str | None
    ) -> Metadata | Unusable:
        self.asked.append(archive)
        return self.answer

    async def of_tree(self, tree: Path, source: Source, name: Name | None) -> Metadata | Unusable:
        self.asked.append(tree)
        return self.answer


class Lab:
    """Makes gateways that share pools and memory, as the requests of one daemon do."""

    def __init__(self, folder: Path, files: Path) -> None:
        self.folder = folder
        self.files = files
        self.pools = HttpPools()
        self.memory = SourcesMemory()
        self.clock = Clock()
        self.notes = Notes()
        self.builder = Builder()
        self.announced: list[tuple[str, str]] = []

    def gateway(
        self,
        *indexes: Index | str,
        network: NetworkSettings | None = None,
        refresh: Refresh | None = None,
        variables: Variables | None = None,
        **settings: Any,
    ) -> Gateway:
        configured = tuple(Index(url=index) if isinstance(index, str) else index for index in indexes)
        return Gateway(
            Surroundings(
                indexes=IndexSettings(indexes=configured, **settings),
                network=network or NetworkSettings(connect_timeout_seconds=5, read_timeout_seconds=5),
                refresh=refresh or Refresh(),
                cache_folder=self.folder / "cache",
                root=self.folder,
                environ=variables or Variables(),
                spawner=LocalSpawner(),
                evidence=self.notes,
                progress=NoProgress(),
                pools=self.pools,
                memory=self.memory,
                announce=lambda verb, what: self.announced.append((verb, what)),
                timing=Timing(now=self.clock.now, sleep=self.clock.sleep),
            )
        )

    async def solve(self, gateway: Gateway, work: Callable[..., Any]) -> Any:
        """Run `work(knowledge)` in a thread, as the solver runs."""
        return await gateway.solve(self.builder, work)


def fill(folder: Path, versions: Mapping[str, Iterable[str]]) -> None:
    """Make a wheel for each version of each name."""
    for name, each in versions.items():
        for version in each:
            make_wheel(folder, name, version)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """`apple` 1.0 and 2.0 (needing `pear`), `pear` 1.0 as a wheel, and `plum` 1.0 as a source distribution."""
    folder = tmp_path / "files"
    make_wheel(folder, "apple", "1.0")
    make_wheel(folder, "apple", "2.0", ["pear>=1"], requires_python=">=3.9")
    make_wheel(folder, "pear", "1.0")
    make_sdist(folder, "plum", "1.0", ["apple"])
    return folder


@pytest.fixture
async def server(files: Path) -> AsyncIterator[IndexServer]:
    async with IndexServer(files) as running:
        yield running


@pytest.fixture
async def lab(tmp_path: Path, files: Path) -> AsyncIterator[Lab]:
    made = Lab(tmp_path, files)
    yield made
    await made.pools.aclose()
