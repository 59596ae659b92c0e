"""The change of an environment, in place or by way of a further generation of it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

from anyio import to_thread
from msgspec import Struct

from hobd.core.plan.model import Installed
from hobd.environments.environment import Environment
from hobd.environments.journal import repair
from hobd.projects.project_lock import hold_file_lock


class Changing(Protocol):
    """One change, while nobody else changes the environment."""

    @property
    def environment(self) -> Environment:
        """What is changed. Before the change has begun: what it is compared with."""

    @property
    def is_new(self) -> bool:
        """Whether there is none yet: `environment` is the installation that it will be made from."""

    async def begin(self) -> Environment:
        """Everything needed is at hand: give the environment that is to be changed.

        Raises:
            WorldError: it cannot be made.
        """

    async def finish(self) -> None:
        """The change is made: let it take effect.

        Raises:
            WorldError: it cannot.
        """

    def moved(self, installed: Sequence[Installed], before: Environment) -> Sequence[Installed]:
        """What was found in the environment before the change began, where it is now."""


class Successive(Protocol):
    """An environment that is not changed itself: each change makes a further one, which takes its place."""

    @property
    def is_first(self) -> bool:
        """Whether none is there that fits."""

    def changing(self) -> AbstractAsyncContextManager[Changing]:
        """Keep others away, and give the change to be made. What is not finished in the block leaves nothing behind."""


class _InPlace(Struct, frozen=True):
    """A change of the environment itself: `apply_plan` sees to it that it is made whole or not at all."""

    environment: Environment
    is_new: bool = False

    async def begin(self) -> Environment:
        """It is there already."""
        return self.environment

    async def finish(self) -> None:
        """Nothing is left to do."""

    def moved(self, installed: Sequence[Installed], before: Environment) -> Sequence[Installed]:
        """It is where it was."""
        return installed


@asynccontextmanager
async def changing_in_place(environment: Environment, timeout_seconds: float) -> AsyncIterator[Changing]:
    """Keep others from an environment, once what an interrupted change left is repaired.

    Raises:
        LockTimeout: another command changes it for longer.
    """
    async with hold_file_lock(environment.root / ".lock", str(environment.root), timeout_seconds):
        await to_thread.run_sync(repair, environment.root)
        yield _InPlace(environment)
