"""Environments for build backends: what they require is resolved, fetched or built, and linked (PEP 518).

requirements ─resolve for this interpreter─→ pins ─┬─ wheels: fetched ─┬─→ an environment of its own, gone after the build
                                                   └─ else: built ─────┘
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Protocol

import anyio
from anyio import to_thread
from msgspec import Struct
from msgspec.structs import replace

from hobd.core.plan.model import Pin
from hobd.core.vocab.digest import Digest
from hobd.core.vocab.names import Name
from hobd.core.vocab.requirement import Requirement
from hobd.core.vocab.source import Virtual
from hobd.environments.apply import ApplySettings, apply_plan
from hobd.environments.create import Shape, create_environment
from hobd.environments.environment import Environment, prefix_environment
from hobd.environments.interpreter import Interpreter
from hobd.environments.layout import Addition
from hobd.errors import HobError
from hobd.service.builds.requirements import RequirementSolver
from hobd.service.failures import told_singly
from hobd.service.network import Network
from hobd.service.session import Session
from hobd.service.syncs.promises import check_promise
from hobd.service.syncs.trust import check_wheel
from hobd.service.syncs.wheels import WheelFetcher
from hobd.sources.remote_metadata import BuildMetadata
from hobd.store.wheels import StoredWheel


class NestedBuilder(BuildMetadata, Protocol):
    """Builds what builds require."""

    async def wheel_of(self, pin: Pin) -> StoredWheel:
        """The wheel of a pin that has none."""


class BuildEnvironment(Struct, frozen=True, kw_only=True):
    """Where a backend runs."""

    root: Path
    python: Path
    programs: Path


class BuildEnvironments(Struct, frozen=True, kw_only=True):
    """Makes environments for one build."""

    session: Session
    network: Network
    interpreter: Interpreter
    builder: NestedBuilder
    constraints: tuple[Requirement, ...]
    """`build-constraint-dependencies`."""
    promised: Mapping[Name, tuple[Digest, ...]]
    """The files that may be installed, where constraints say which."""
    remember: Callable[[tuple[Pin, ...]], None]
    """Hears what an environment is made of."""

    async def make(self, root: Path, requirements: Iterable[Requirement], asker: str) -> BuildEnvironment:
        """Make an environment that holds what is required; what was there is replaced.

        Args:
            asker: who requires it, as errors name it: `` `build-system.requires` ``.
        Raises:
            HobError: it cannot be resolved or installed.
        """
        wanted = tuple(dict.fromkeys(requirements))
        try:
            pins = await self._solver().solve(wanted) if wanted else ()
        except HobError as error:
            raise error.under(f"Failed to resolve requirements from {asker}") from error
        self.remember(pins)
        try:
            additions = await self._fill(pins)
        except HobError as error:
            raise error.under(f"Failed to install requirements from {asker}") from error
        shape = Shape(clears=True, is_forced=True)
        await to_thread.run_sync(partial(create_environment, root, self.interpreter, shape))
        environment = _environment(root, self.interpreter)
        await to_thread.run_sync(partial(apply_plan, environment, (), additions, self._how()))
        return BuildEnvironment(root=root, python=environment.python, programs=environment.scheme.scripts)

    def shared(self) -> BuildEnvironment:
        """The interpreter's own environment, for builds without isolation."""
        interpreter = self.interpreter
        return BuildEnvironment(root=interpreter.prefix, python=interpreter.executable, programs=interpreter.scheme.scripts)

    def _solver(self) -> RequirementSolver:
        return RequirementSolver(
            session=self.session,
            network=self.network,
            interpreter=self.interpreter,
            builder=self.builder,
            constraints=self.constraints,
            promised=self.promised,
        )

    def _how(self) -> ApplySettings:
        settings, context = self.session.settings.install, self.session.context
        return ApplySettings(link_mode=settings.link_mode, known_modes=context.memory.link_modes)

    async def _fill(self, pins: tuple[Pin, ...]) -> list[Addition]:
        found: dict[int, Addition] = {}
        with told_singly():
            async with anyio.create_task_group() as tasks:
                for number, pin in enumerate(pins):
                    if not isinstance(pin.package.source, Virtual):
                        tasks.start_soon(self._ensure, number, pin, found)
        return [found[number] for number in sorted(found)]

    async def _ensure(self, number: int, pin: Pin, found: dict[int, Addition]) -> None:
        check_promise(pin)
        fetcher = WheelFetcher(session=self.session, network=self.network)
        wheel = await (fetcher.fetch(pin) if pin.is_wheel else self.builder.wheel_of(pin))
        await check_wheel(wheel, pin, self.session)
        found[number] = Addition(tree=wheel.tree, manifest=wheel.manifest, title=str(pin))


def _environment(root: Path, interpreter: Interpreter) -> Environment:
    """The environment that was made at a place: nobody has to ask its Python."""
    laid_out = prefix_environment(root, interpreter)
    return replace(laid_out, python=root / "bin" / "python")
