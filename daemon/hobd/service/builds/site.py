"""A source tree made ready to be built: unpacked, its backend found, an environment made for it."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from os import pathsep
from pathlib import Path

import anyio
from anyio import to_thread
from msgspec import Struct
from packaging.specifiers import SpecifierSet

from hobd.builds.backend import Backend, parse_backend
from hobd.builds.diagnosis import Subject
from hobd.builds.frontend import Frontend, HookFrontend, Product
from hobd.builds.hooks import Place
from hobd.builds.uv_build import BACKEND
from hobd.builds.uv_build.frontend import BuiltInFrontend, is_built_in
from hobd.core.vocab.disk import os_cause, ways_out
from hobd.core.vocab.names import normalize
from hobd.core.vocab.project import Pyproject
from hobd.core.vocab.spawn import Finished, Spawner
from hobd.errors import WorldError
from hobd.faults import crash_point
from hobd.projects.discover import PYPROJECT
from hobd.projects.files import read_text
from hobd.service.builds.buildables import Buildable
from hobd.service.builds.environments import BuildEnvironment, BuildEnvironments
from hobd.service.builds.rules import BuildRules
from hobd.service.builds.source_trees import SourceTree, Surroundings, read_tree
from hobd.service.session import Session
from hobd.store.temporary import TemporaryFolder

_BUILDS = "builds-v1"
_WHEELS = "wheels"
_BUILD_SYSTEM, _SETUP_PY, _EXTRA = "`build-system.requires`", "`setup.py` build", "`extra-build-dependencies`"


class LimitedSpawner(Struct, frozen=True):
    """Starts no more processes at once than a limiter allows. Implements `Spawner`."""

    spawner: Spawner
    limiter: anyio.CapacityLimiter

    async def run(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: Path | None = None,
        timeout_seconds: float | None = None,
        listen: Callable[[bytes], None] | None = None,
    ) -> Finished:
        """See `Spawner.run`."""
        async with self.limiter:
            return await self.spawner.run(argv, env=env, cwd=cwd, timeout_seconds=timeout_seconds, listen=listen)


class Site(Struct, frozen=True, kw_only=True):
    """A tree that is ready."""

    frontend: Frontend
    text: str | None
    """Its `pyproject.toml`."""
    wheels: Path
    """An empty folder for what is built."""


class Order(Struct, frozen=True):
    """What is wanted of a backend, and how."""

    product: Product
    listen: Callable[[bytes], None] | None = None
    """Hears what backends print as they work; None: errors repeat it."""
    allows_built_in: bool = True
    """Whether hob may do itself what a backend would do."""


class Sites(Struct, frozen=True, kw_only=True):
    """Makes sites for one build."""

    session: Session
    environments: BuildEnvironments
    surroundings: Surroundings
    limiter: anyio.CapacityLimiter
    """How many backends may work at once."""

    @asynccontextmanager
    async def open(self, buildable: Buildable, rules: BuildRules, order: Order | None = None) -> AsyncIterator[Site]:
        """Make a tree ready; whatever was made for it is gone after the block.

        Args:
            order: what is wanted; None: the wheel or editable that is to be installed.
        Raises:
            HobError: it is no project, or what it requires cannot be had.
        """
        try:
            room = await to_thread.run_sync(self._make_room)
        except OSError as error:
            raise WorldError("Failed to create a folder to build in", causes=(os_cause(error),), hints=ways_out(error)) from error
        scratch = room.path
        try:
            async with buildable.opened(scratch) as source:
                text = await to_thread.run_sync(read_text, source / PYPROJECT, self.surroundings.discovery.evidence)
                wanted = order or Order("editable" if buildable.is_editable else "wheel")
                frontend = await self._frontend(buildable, rules, source, text, scratch, wanted)
                yield Site(frontend=frontend, text=text, wheels=scratch / _WHEELS)
        finally:
            with anyio.CancelScope(shield=True):
                await to_thread.run_sync(room.remove)

    def _make_room(self) -> TemporaryFolder:
        """A folder that nobody sweeps away while it is held."""
        crash_point("build.scratch")
        room = TemporaryFolder(self.session.cache / _BUILDS)
        try:
            (room.path / _WHEELS).mkdir()
        except OSError:
            room.remove()
            raise
        return room

    async def _frontend(
        self, buildable: Buildable, rules: BuildRules, source: Path, text: str | None, scratch: Path, order: Order
    ) -> Frontend:
        backend = parse_backend(text, source)
        if text is not None and order.allows_built_in and is_built_in(backend, self._limits()):
            voice, cwd = self.session.context.voice, self.session.cwd
            return BuiltInFrontend(source=source, text=text, product=order.product, cwd=cwd, warn=voice.warn)
        tree = await to_thread.run_sync(self._read, buildable, source, text)
        if not rules.is_isolated:
            return self._hooks(buildable, rules, tree, backend, self.environments.shared(), scratch, order)
        root = scratch / "environment"
        required = (*tree.lower_build_requires(backend.requires), *(extra.requirement for extra in rules.extras))
        asker = (_SETUP_PY if backend.is_default else _BUILD_SYSTEM) + (f" and {_EXTRA}" if rules.extras else "")
        environment = await self.environments.make(root, required, asker)
        frontend = self._hooks(buildable, rules, tree, backend, environment, scratch, order)
        more = tree.lower_build_requires(await frontend.requires())
        if not set(more) <= set(required):
            await self.environments.make(root, (*required, *more), _BUILD_SYSTEM)
        return frontend

    def _limits(self) -> list[SpecifierSet]:
        """Which versions of the built-in backend the constraints of builds admit."""
        markers = self.environments.interpreter.markers
        constraints = (each for each in self.environments.constraints if each.name == normalize(BACKEND) and each.marker.evaluate(markers))
        return [each.specifier for each in constraints]

    def _read(self, buildable: Buildable, source: Path, text: str | None) -> SourceTree:
        """A folder with its sources and its workspace; an archive without: what it was packed with is not here."""
        if buildable.source is None:
            return SourceTree(folder=source, text=text, pyproject=Pyproject(), member=None, stating=None)
        return read_tree(source, self.surroundings, buildable.source, blame=f"Failed to parse: {self.session.shown(source / PYPROJECT)}")

    def _hooks(
        self,
        buildable: Buildable,
        rules: BuildRules,
        tree: SourceTree,
        backend: Backend,
        environment: BuildEnvironment,
        scratch: Path,
        order: Order,
    ) -> HookFrontend:
        subject = Subject(name=backend.project_name or buildable.name, version=backend.project_version or buildable.version)
        place = Place(
            python=environment.python,
            source=tree.folder,
            env=self._variables(rules, tree, environment),
            scratch=scratch,
            subject=subject,
            listen=order.listen,
        )
        return HookFrontend(
            spawner=LimitedSpawner(self.session.context.spawner, self.limiter),
            place=place,
            backend=backend,
            config=rules.config_values,
            product=order.product,
        )

    def _variables(self, rules: BuildRules, tree: SourceTree, environment: BuildEnvironment) -> dict[str, str]:
        """The caller's own, with what uv adds for backends."""
        context = self.session.context
        own, added = context.environ.whole(), dict(rules.variables)
        path = pathsep.join(filter(None, (str(environment.programs), added.get("PATH"), own.get("PATH"))))
        return {
            **own,
            **added,
            "PATH": path,
            "VIRTUAL_ENV": str(environment.root),
            "PYTHONIOENCODING": "utf-8:backslashreplace",
            "UV": context.caller.program,
            "UV_INTERNAL__BUILD_DIR": str(tree.folder),
        }
