"""The network as one command may use it: settings, memory and rooms tied together."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
from msgspec import Struct, field

from hobd.core.vocab.source import Git
from hobd.service.cache_folders import ANSWERS, ARCHIVES, GIT
from hobd.service.failures import told_singly
from hobd.service.session import Session

if TYPE_CHECKING:  # who finds everything in order asks nobody: the network's libraries take longer to import than all else
    from hobd.sources.archives import Archives
    from hobd.sources.git import Repositories
    from hobd.sources.http import HttpClient
    from hobd.sources.http_cache import HttpCache
    from hobd.sources.index import Indexes
    from hobd.sources.knowledge import NetworkKnowledge
    from hobd.sources.local_files import LocalFiles
    from hobd.sources.remote_metadata import BuildMetadata, RemoteMetadata


class Network(Struct, frozen=True, dict=True):
    """Everything that a command may ask the network, made when it is first asked.

    Args:
        root: the folder of the lock: relative paths start there.
        logins: who we are to repositories, where that is stated: see `core.formats.git_logins`.
        verifies: whether files have to be what the addresses promise that requirements name.
    """

    session: Session
    root: Path
    logins: Mapping[str, str] = field(default_factory=dict)
    verifies: bool = True

    @cached_property
    def client(self) -> "HttpClient":
        """Requests."""
        from hobd.sources.credentials import CredentialBook
        from hobd.sources.http import HttpClient
        from hobd.sources.keyring import Keyring

        context, settings = self.session.context, self.session.settings
        keyring = Keyring(context.spawner, context.environ.whole()) if settings.index.keyring_provider == "subprocess" else None
        book = CredentialBook(settings.index, settings.network, keyring)
        return HttpClient(context.memory.pools, settings.network, book, context.evidence)

    @cached_property
    def cache(self) -> "HttpCache":
        """Answers that are kept."""
        from hobd.sources.http_cache import HttpCache

        context = self.session.context
        return HttpCache(self.session.cache / ANSWERS, self.client, context.memory.sources, context.evidence)

    @cached_property
    def archives(self) -> "Archives":
        """Whole archives that are kept."""
        from hobd.sources.archives import Archives

        return Archives(self.session.cache / ARCHIVES, self.cache, self.client, self.session.context.progress)

    @cached_property
    def files(self) -> "LocalFiles":
        """Distributions on this machine."""
        from hobd.sources.local_files import LocalFiles

        return LocalFiles(self.session.context.memory.sources)

    @cached_property
    def indexes(self) -> "Indexes":
        """The configured indexes."""
        from hobd.sources.index import Indexes

        settings = self.session.settings
        return Indexes(settings.index, self.cache, settings.cache.refresh, self.session.context.evidence, self.root, self.files)

    @cached_property
    def repositories(self) -> "Repositories":
        """Git repositories."""
        from hobd.sources.git import Repositories

        session = self.session
        for url, login in self.logins.items():
            session.logins.setdefault(url, login)
        return Repositories(
            session.cache / GIT,
            session.context.spawner,
            session.context.environ.whole(),
            session.context.evidence,
            is_offline=session.settings.network.offline,
            logins=session.logins,
            resolved=session.commits,
            announce=lambda verb, what: session.context.voice.note(f"{verb:>11} {what}\n"),
        )

    def remote(self, build: "BuildMetadata") -> "RemoteMetadata":
        """Metadata of what indexes offer."""
        from hobd.sources.remote_metadata import RemoteMetadata

        session = self.session
        return RemoteMetadata(
            client=self.client,
            cache=self.cache,
            archives=self.archives,
            files=self.files,
            indexes=self.indexes,
            build=build,
            refresh=session.settings.cache.refresh,
            evidence=session.context.evidence,
        )

    @asynccontextmanager
    async def knowledge(self, build: "BuildMetadata", pins: tuple[Git, ...] = ()) -> "AsyncIterator[NetworkKnowledge]":
        """The solver's port for one resolution.

        Args:
            pins: repositories with the commits that their references stand for, until they are upgraded.
        """
        from hobd.sources.direct import DirectSources
        from hobd.sources.knowledge import open_knowledge

        remote = self.remote(build)
        self.repositories.keep(pins)
        direct = DirectSources(
            root=self.root,
            archives=self.archives,
            remote=remote,
            repositories=self.repositories,
            build=build,
            refresh=self.session.settings.cache.refresh,
            evidence=self.session.context.evidence,
            verifies=self.verifies,
        )
        with told_singly():
            async with anyio.create_task_group() as tasks:
                with self.cache.writing_behind(tasks):
                    async with open_knowledge(self.indexes, remote, direct, tasks) as knowledge:
                        yield knowledge
