"""What the tests of this room share: an index with a few distributions, and requests to it whose time does not pass."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
import pytest
from anyio.abc import TaskGroup
from packaging.version import Version

from hobd.core.resolver.knowledge import Unusable
from hobd.core.vocab.digest import Digest
from hobd.core.vocab.index import Index, IndexSettings, NetworkSettings, Refresh
from hobd.core.vocab.metadata import Metadata
from hobd.core.vocab.names import Name
from hobd.core.vocab.progress import NoProgress
from hobd.core.vocab.source import Source
from hobd.engine.spawning import LocalSpawner
from hobd.errors import HobError
from hobd.sources.archives import Archives
from hobd.sources.credentials import CredentialBook
from hobd.sources.direct import DirectSources
from hobd.sources.git import Repositories
from hobd.sources.http import HttpClient, Timing
from hobd.sources.http_cache import HttpCache
from hobd.sources.http_pools import HttpPools
from hobd.sources.index import Indexes
from hobd.sources.keyring import Keyring
from hobd.sources.knowledge import NetworkKnowledge, open_knowledge
from hobd.sources.local_files import LocalFiles
from hobd.sources.memory import SourcesMemory
from hobd.sources.remote_metadata import RemoteMetadata
from tests.support.evidence import Notes
from tests.support.index_server import IndexServer
from tests.support.variables import Variables
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


class Request:
    """The room tied together for one request, as a service ties it."""

    def __init__(self, lab: "Lab", settings: IndexSettings, network: NetworkSettings, refresh: Refresh, variables: Variables) -> None:
        cache_folder = lab.folder / "cache"
        keyring = Keyring(LocalSpawner(), variables.whole()) if settings.keyring_provider == "subprocess" else None
        timing = Timing(now=lab.clock.now, sleep=lab.clock.sleep)
        self.client = HttpClient(lab.pools, network, CredentialBook(settings, network, keyring), lab.notes, timing)
        cache = HttpCache(cache_folder / "answers", self.client, lab.memory, lab.notes)
        files = LocalFiles(lab.memory)
        self.archives = archives = Archives(cache_folder / "archives", cache, self.client, NoProgress())
        self.indexes = Indexes(settings, cache, refresh, lab.notes, lab.folder, files)
        repositories = Repositories(
            cache_folder / "git",
            LocalSpawner(),
            variables.whole(),
            lab.notes,
            is_offline=network.offline,
            announce=lambda verb, what: lab.announced.append((verb, what)),
        )
        self.remote = RemoteMetadata(
            client=self.client,
            cache=cache,
            archives=archives,
            files=files,
            indexes=self.indexes,
            build=lab.builder,
            refresh=refresh,
            evidence=lab.notes,
        )
        self.direct = DirectSources(
            root=lab.folder,
            archives=archives,
            remote=self.remote,
            repositories=repositories,
            build=lab.builder,
            refresh=refresh,
            evidence=lab.notes,
        )

    def open_knowledge(self, tasks: TaskGroup) -> AbstractAsyncContextManager[NetworkKnowledge]:
        return open_knowledge(self.indexes, self.remote, self.direct, tasks)


class Lab:
    """Makes requests that share pools and memory, as those of one daemon do."""

    def __init__(self, folder: Path, files: Path) -> None:
        self.folder = folder
        self.files = files
        self.pools = HttpPools()
        self.memory = SourcesMemory()
        self.clock = Clock()
        self.notes = Notes()
        self.builder = Builder()
        self.announced: list[tuple[str, str]] = []

    def request(
        self,
        *indexes: Index | str,
        network: NetworkSettings | None = None,
        refresh: Refresh | None = None,
        variables: Variables | None = None,
        **settings: Any,
    ) -> Request:
        configured = tuple(Index(url=index) if isinstance(index, str) else index for index in indexes)
        return Request(
            self,
            IndexSettings(indexes=configured, **settings),
            network or NetworkSettings(connect_timeout_seconds=5, read_timeout_seconds=5),
            refresh or Refresh(),
            variables or Variables(),
        )

    async def solve(self, request: Request, work: Callable[[NetworkKnowledge], Any]) -> Any:
        """Run `work(knowledge)` in a thread, as the solver runs; what it raises comes out in no group."""
        async with anyio.create_task_group() as tasks, request.open_knowledge(tasks) as knowledge:
            try:
                outcome = await anyio.to_thread.run_sync(work, knowledge)
            except HobError as error:
                outcome = error
        if isinstance(outcome, HobError):
            raise outcome
        return outcome


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
