"""All that one request needs of the network, put together from its settings and the engine's memory."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import anyio
import anyio.abc

from hobd.core.vocab.digest import Digest
from hobd.core.vocab.environ import Environ
from hobd.core.vocab.evidence import Evidence
from hobd.core.vocab.index import IndexSettings, NetworkSettings, Refresh
from hobd.core.vocab.progress import ProgressSink
from hobd.core.vocab.spawn import Spawner
from hobd.sources.archive import Downloaded, download
from hobd.sources.archives import Archives
from hobd.sources.credentials import CredentialBook
from hobd.sources.direct import DirectSources
from hobd.sources.git import Announce, Repositories
from hobd.sources.http import HttpClient, Timing
from hobd.sources.http_cache import HttpCache
from hobd.sources.http_pools import HttpPools
from hobd.sources.index import Indexes
from hobd.sources.keyring import Keyring
from hobd.sources.knowledge import NetworkKnowledge, open_knowledge, solve_with
from hobd.sources.memory import SourcesMemory
from hobd.sources.remote_metadata import BuildMetadata, RemoteMetadata

Value = TypeVar("Value")


def _silent(verb: str, what: str) -> None:
    """For callers that do not tell of repositories."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a request brings, and what outlives it."""

    indexes: IndexSettings
    network: NetworkSettings
    refresh: Refresh
    cache_folder: Path
    """The store's own folder for what comes from the network; made when first written to."""
    root: Path
    """The folder of the lock, from which relative sources and registries start."""
    environ: Environ
    spawner: Spawner
    evidence: Evidence
    progress: ProgressSink
    pools: HttpPools
    """Of the engine's memory."""
    memory: SourcesMemory
    """Of the engine's memory."""
    announce: Announce = _silent
    """Hears of repositories that are being updated: (`Updating`, `URL (ref)`), then (`Updated`, `URL (commit)`)."""
    git_credentials: Mapping[str, str] = field(default_factory=dict)
    """Repositories' addresses with credentials by the same without (see `formats.direct_reference.git_credentials`)."""
    timing: Timing = field(default_factory=Timing)


class Gateway:
    """The network for one request. Making one opens nothing."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        is_asked = around.indexes.keyring_provider == "subprocess"
        keyring = Keyring(around.spawner, around.environ.whole()) if is_asked else None
        self.credentials = CredentialBook(around.indexes, around.network, keyring)
        self.client = HttpClient(around.pools, around.network, self.credentials, around.evidence, around.timing)
        self.indexes = Indexes(around.indexes, self.cache("pages-v1"), around.refresh, around.evidence, around.root)
        self.archives = Archives(around.cache_folder / "archives-v1", self.cache("archive-answers-v1"), self.client, around.progress)
        self.repositories = Repositories(
            around.cache_folder / "git-v1",
            around.spawner,
            around.environ.whole(),
            around.evidence,
            is_offline=around.network.offline,
            credentials=around.git_credentials,
            announce=around.announce,
        )

    def cache(self, name: str) -> HttpCache:
        """A cache of answers in a folder of its own."""
        around = self._around
        return HttpCache(around.cache_folder / name, self.client, around.memory, around.evidence)

    def open_knowledge(self, build: BuildMetadata, tasks: anyio.abc.TaskGroup) -> AbstractAsyncContextManager[NetworkKnowledge]:
        """Knowledge for one resolution; prefetching runs in `tasks`, and is cancelled when the block ends."""
        around = self._around
        remote = RemoteMetadata(
            client=self.client,
            cache=self.cache("metadata-v1"),
            archives=self.archives,
            indexes=self.indexes,
            build=build,
            refresh=around.refresh,
            evidence=around.evidence,
        )
        direct = DirectSources(
            root=around.root,
            archives=self.archives,
            remote=remote,
            repositories=self.repositories,
            build=build,
            refresh=around.refresh,
            evidence=around.evidence,
        )
        return open_knowledge(self.indexes, remote, direct, tasks)

    async def solve(
        self, build: BuildMetadata, solve: Callable[[NetworkKnowledge], Value], limiter: anyio.CapacityLimiter | None = None
    ) -> Value:
        """Run a solver in a thread, over knowledge that is open while it runs. What it raises comes out as it is.

        Args:
            limiter: whose threads are used; anyio's common ones where None.
        """
        return await solve_with(solve, lambda tasks: self.open_knowledge(build, tasks), limiter)

    async def download(
        self,
        url: str,
        target: Path,
        *,
        label: str,
        digests: tuple[Digest, ...] = (),
        size: int | None = None,
        progress_label: str | None = None,
    ) -> Downloaded:
        """Fetch a file to `target`, checked. See `hobd.sources.archive.download`."""
        return await download(
            self.client,
            url,
            target,
            label=label,
            digests=digests,
            size=size,
            progress=self._around.progress,
            progress_label=progress_label,
        )
