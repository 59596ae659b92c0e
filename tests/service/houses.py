"""A house: a project, a cache, a folder of wheels for an index, and everything tied together as for one request."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from packaging.version import Version

from hobd.cli.options.globals import GlobalOptions
from hobd.core.lockfile.model import LockedPackage
from hobd.core.plan.model import Pin
from hobd.core.vocab.index import Index, IndexSettings
from hobd.core.vocab.names import Name
from hobd.core.vocab.progress import NoProgress
from hobd.core.vocab.request import Caller, Terminal
from hobd.core.vocab.settings import BuildSettings, CacheSettings, Settings
from hobd.core.vocab.source import Directory, Source
from hobd.core.vocab.spawn import Finished
from hobd.engine.memory import Memory
from hobd.engine.spawning import LocalSpawner
from hobd.environments.interpreter import Interpreter
from hobd.errors import HobError
from hobd.projects.discover import discover_workspace
from hobd.service.builds.building import Builder
from hobd.service.context import Context
from hobd.service.locks.subject import WorkspaceSubject
from hobd.service.network import Network
from hobd.service.session import Session
from hobd.service.voice import Voice
from tests.support.evidence import Notes
from tests.support.variables import Variables


@dataclass(slots=True)
class Said:
    """What a story said, on both streams together."""

    text: str = ""

    def out(self, text: str) -> None:
        self.text += text

    def err(self, text: str) -> None:
        self.text += text

    def phase(self, text: str) -> None:
        """Nobody looks."""

    def milestone(self, text: str) -> None:
        """Nobody looks."""


@dataclass(slots=True)
class CountingSpawner:
    """Starts processes here, and remembers their command lines."""

    started: list[Sequence[str]] = field(default_factory=list)

    async def run(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: Path | None = None,
        timeout_seconds: float | None = None,
        listen: Callable[[bytes], None] | None = None,
    ) -> Finished:
        self.started.append(argv)
        return await LocalSpawner().run(argv, env=env, cwd=cwd, timeout_seconds=timeout_seconds, listen=listen)

    def hooks(self) -> list[str]:
        """The hooks that were called, in order."""
        return [json.loads(argv[-1])["hook"] for argv in self.started if "-c" in argv]


@dataclass(slots=True)
class House:
    """A folder with a project, a cache and an index."""

    root: Path
    interpreter: Interpreter
    build: BuildSettings = field(default_factory=BuildSettings)
    said: Said = field(default_factory=Said)
    notes: Notes = field(default_factory=Notes)
    spawner: CountingSpawner = field(default_factory=CountingSpawner)
    memory: Memory = field(default_factory=Memory)
    variables: Variables = field(default_factory=Variables)

    @property
    def project(self) -> Path:
        """The folder of the lock."""
        return self.root / "project"

    @property
    def links(self) -> Path:
        """The folder of the index: wheels and sdists lie in it."""
        return self.root / "links"

    @property
    def cache(self) -> Path:
        return self.root / "cache"

    def settings(self) -> Settings:
        index = Index(url=str(self.links), is_flat=True)
        indexes = IndexSettings(indexes=(), no_index=True, find_links=(index,))
        return Settings(index=indexes, build=self.build, cache=CacheSettings(folder=self.cache))

    def session(self) -> Session:
        context = Context(
            caller=Caller(cwd=self.project, terminal=Terminal(), umask=0o022, program="/usr/bin/hob"),
            environ=self.variables,
            evidence=self.notes,
            voice=Voice(self.said, GlobalOptions(), colours_out=False, colours_err=False),
            progress=NoProgress(),
            spawner=self.spawner,
            memory=self.memory,
            argv=(b"hob",),
        )
        found = HobError("none is needed")
        return Session(context=context, cwd=self.project, start=self.project, settings=self.settings(), found=found)

    def builder(self) -> Builder:
        """A builder as a new command has it."""
        session = self.session()
        workspace = discover_workspace(self.project, session.discovery())
        network = Network(session=session, root=self.project)
        return Builder(session=session, network=network, interpreter=self.interpreter, subject=WorkspaceSubject(workspace))


def pin(name: str, source: Source | None = None, version: str | None = None) -> Pin:
    """A pin of a folder beside the project, named like it; or of another source."""
    parsed = None if version is None else Version(version)
    return Pin(package=LockedPackage(name=Name(name), version=parsed, source=source or Directory(f"../{name}")), index=0)
