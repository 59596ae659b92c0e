"""Building one thing: what is known from before is taken, else a site is made ready and its backend asked; results are kept.

asked ─→ known from before? ─yes→ done
             │no
             ▼
forbidden? ─→ environment ─→ backend, one at a time for a source ─→ kept
"""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
from anyio import to_thread
from msgspec import Struct, field
from msgspec.structs import replace

from hobd.builds.backend import parse_backend
from hobd.cli.build_lines import render_building, render_built
from hobd.core.lockfile.model import LockedPackage
from hobd.core.plan.model import Pin
from hobd.core.resolver.lower import lower_texts
from hobd.core.tags import tags_for
from hobd.core.vocab.digest import Digest
from hobd.core.vocab.metadata import Metadata
from hobd.core.vocab.names import Name
from hobd.core.vocab.requirement import Requirement
from hobd.core.vocab.source import Git
from hobd.environments.interpreter import Interpreter
from hobd.errors import HobError
from hobd.projects.discover import PYPROJECT
from hobd.projects.files import read_text
from hobd.service.builds.buildables import Buildable
from hobd.service.builds.built import Built, BuiltIndex
from hobd.service.builds.checks import check_wheel_name, refuse_forbidden
from hobd.service.builds.rules import BuildRules, rules_of, shown_requirement
from hobd.service.builds.source_trees import Surroundings
from hobd.service.cache_folders import BUILT
from hobd.service.locks.subject import LockSubject
from hobd.service.network import Network
from hobd.service.session import Session
from hobd.sources.archive import digest_file
from hobd.store.wheels import Fetched, StoredWheel, WheelStore

if TYPE_CHECKING:
    from hobd.service.builds.environments import NestedBuilder
    from hobd.service.builds.site import Order, Site, Sites


class Shared(Struct):
    """What a builder has in common with those that it nests."""

    limiter: anyio.CapacityLimiter | None = None
    renewed: set[tuple[str, ...]] = field(default_factory=set)
    """What was built in spite of what is known, because it is to be refreshed: once is enough."""
    required: list[Pin] = field(default_factory=list)
    """What environments for builds were made of."""

    def get_limiter(self, count: int | None) -> anyio.CapacityLimiter:
        """Of backends at work; None: as many as there are processors."""
        if self.limiter is None:
            self.limiter = anyio.CapacityLimiter(count or os.cpu_count() or 1)
        return self.limiter


class Workshop(Struct, frozen=True, kw_only=True):
    """Where one builder builds."""

    session: Session
    network: Network
    interpreter: Interpreter
    subject: LockSubject
    runtime: Mapping[Name, LockedPackage]
    constraints: tuple[Requirement, ...]
    promised: Mapping[Name, tuple[Digest, ...]]
    shared: Shared
    builder: "NestedBuilder"
    """Builds what this build requires."""
    is_nested: bool
    """Only what was asked for is told, not what building it needs."""

    async def metadata(self, buildable: Buildable) -> bytes | Metadata:
        """The content of METADATA; for the part of an archive that is a static project, what that says.

        Raises:
            HobError: it is not to be built, or the build failed.
        """
        from hobd.core.formats.static_project import parse_static_project

        rules, key = await self._start(buildable)
        if (known := self._known(buildable, key).metadata) is not None:
            return known
        async with self._sites().open(buildable, rules) as site:
            if buildable.subdirectory is not None and (static := parse_static_project((site.text or "").encode())) is not None:
                return static
            async with self._index().alone(buildable):
                if (known := self._known(buildable, key).metadata) is not None:
                    return known
                return await self._ask(buildable, key, site)

    async def wheel(self, buildable: Buildable) -> StoredWheel:
        """The wheel for the interpreter.

        Raises:
            HobError: it is not to be built, or the build failed.
        """
        rules, key = await self._start(buildable)
        if (stored := await self._stored(buildable, key)) is not None:
            return stored
        self._announce(render_building, buildable)
        async with self._sites().open(buildable, rules) as site, self._index().alone(buildable):
            if (stored := await self._stored(buildable, key)) is None:
                stored, _ = await self._make(buildable, key, site)
        self._announce(render_built, buildable)
        return stored

    async def prepare(self, buildable: Buildable) -> None:
        """Make a site ready, environment and all, and build nothing.

        Raises:
            HobError: it is not to be built, or what it requires cannot be had.
        """
        rules, _ = await self._start(buildable)
        async with self._sites().open(buildable, rules):
            pass

    async def make(self, buildable: Buildable, order: "Order", into: Path) -> Path:
        """Build a distribution into a folder; nothing is taken from before or kept.

        Raises:
            HobError: the build failed.
        """
        async with self._sites().open(buildable, self.rules(buildable.name), order) as site:
            return await site.frontend.build(into)

    async def find(self, buildable: Buildable) -> StoredWheel | None:
        """The wheel, if it was built before.

        Raises:
            BuildRefused: it is not to be built.
        """
        _, key = await self._start(buildable)
        return await self._stored(buildable, key)

    def rules(self, name: Name | None) -> BuildRules:
        """How a package is to be built."""
        settings = self.session.settings
        return rules_of(name, settings.build, self.subject.stating(settings), self.runtime)

    async def _ask(self, buildable: Buildable, key: str, site: "Site") -> bytes:
        """The metadata, by way of the wheel where the backend cannot say it otherwise."""
        content = await site.frontend.metadata()
        if content is None:
            self._announce(render_building, buildable)
            _, content = await self._make(buildable, key, site)
            self._announce(render_built, buildable)
            return content
        await to_thread.run_sync(self._index().add_metadata, buildable, key, content)
        self._note(buildable)
        return content

    async def _make(self, buildable: Buildable, key: str, site: "Site") -> tuple[StoredWheel, bytes]:
        """Build, and keep the wheel and its metadata."""
        self.session.context.voice.phase(f"building {buildable.label}")
        path = await site.frontend.build(site.wheels)
        check_wheel_name(path.name, buildable)
        digest = (await to_thread.run_sync(digest_file, path)).sha256

        async def bring(folder: Path) -> Fetched:
            return Fetched(path=path, sha256=digest.hex, is_built=True)

        stored = await self._store().ensure(path.name, digest, bring)
        metadata = await to_thread.run_sync((stored.tree / stored.manifest.dist_info / "METADATA").read_bytes)
        await to_thread.run_sync(self._index().add_wheel, buildable, key, path.name, digest.hex, metadata)
        self._note(buildable)
        return replace(stored, is_new=True), metadata

    async def _start(self, buildable: Buildable) -> tuple[BuildRules, str]:
        """The rules, and the name under which results are kept.

        Raises:
            BuildRefused: it is not to be built.
        """
        refuse_forbidden(buildable, self.session.settings.build.no_build)
        rules = self.rules(buildable.name)
        more = [str(buildable.is_editable), *(shown_requirement(each, self.network.root) for each in self._constraints())]
        if buildable.folder is not None:
            text = await to_thread.run_sync(read_text, buildable.folder / PYPROJECT, self.session.context.evidence)
            more += _build_system(text, buildable.folder)
        return rules, rules.digest(self.network.root, *more)

    def _known(self, buildable: Buildable, key: str) -> Built:
        """What is known from before; nothing where it is to be refreshed: a commit never becomes another."""
        settings, name = self.session.settings, buildable.name
        if isinstance(buildable.source, Git):
            return self._index().read(buildable, key)
        refresh = settings.cache.refresh
        is_refresh = refresh.everything or name in refresh.packages or (name is not None and settings.install.reinstall.has(name))
        if is_refresh and buildable.identity not in self.shared.renewed:
            return Built()
        return self._index().read(buildable, key)

    def _note(self, buildable: Buildable) -> None:
        """A backend has worked: nobody may take the answer for one that costs nothing."""
        self.shared.renewed.add(buildable.identity)
        self.session.context.evidence.spoil("a build")

    async def _stored(self, buildable: Buildable, key: str) -> StoredWheel | None:
        known = await to_thread.run_sync(self._known, buildable, key)
        digest = known.find_wheel(tags_for(self.interpreter.facts))
        is_deep = buildable.name is not None and self.session.settings.install.reinstall.has(buildable.name)
        return None if digest is None else await self._store().find(digest, is_deep=is_deep)

    def _announce(self, render: Callable[[str, str], str], buildable: Buildable) -> None:
        if not self.is_nested:
            name, place = (buildable.name, buildable.place) if buildable.name is not None else (buildable.label, "")
            self.session.context.voice.note(render(name, place))

    def _sites(self) -> "Sites":
        """What builds need is imported only now: most that ask have their answer before."""
        from hobd.service.builds.environments import BuildEnvironments
        from hobd.service.builds.site import Sites

        session = self.session
        environments = BuildEnvironments(
            session=session,
            network=self.network,
            interpreter=self.interpreter,
            builder=self.builder,
            constraints=self._constraints(),
            promised=self.promised,
            remember=self.shared.required.extend,
        )
        surroundings = Surroundings(discovery=session.discovery(), settings=session.settings, lock_root=self.network.root)
        limiter = self.shared.get_limiter(session.settings.build.concurrent_builds)
        return Sites(session=session, environments=environments, surroundings=surroundings, limiter=limiter)

    def _constraints(self) -> tuple[Requirement, ...]:
        stating = self.subject.stating(self.session.settings)
        return (*lower_texts(self.subject.tool_uv.build_constraints, stating), *self.constraints)

    def _index(self) -> BuiltIndex:
        return BuiltIndex(folder=self.session.cache / BUILT, lock_timeout_seconds=self.session.settings.cache.lock_timeout_seconds)

    def _store(self) -> WheelStore:
        return self.session.context.memory.store(self.session.cache)


def _build_system(text: str | None, folder: Path) -> list[str]:
    """What a project says of its build; the whole file where it cannot be read, which the build will complain of."""
    try:
        backend = parse_backend(text, folder)
    except HobError:
        return [text or ""]
    return [backend.name, *backend.requires]
