"""How a project's environment changes where it has generations (`[tool.hob] generations`).

lock ─→ what is to be done ─→ fetch, build ─→ next generation: a clone of the present one, or new ─→ apply ─→ switch ─→ drop the oldest
                                              └──────────── a failure or a kill here leaves the present one ──┘
"""

import errno
import re
import shutil
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import anyio
from anyio import to_thread
from msgspec import Struct
from msgspec.structs import replace

from hobd.cli.report import render_creating
from hobd.core.plan.file_changes import compose
from hobd.core.plan.model import Installed
from hobd.core.vocab.project import Workspace
from hobd.environments.clone import clone_environment
from hobd.environments.create import Shape, create_environment, is_environment
from hobd.environments.environment import Environment, read_environment
from hobd.environments.generation_note import GenerationNote
from hobd.environments.generations import Generations
from hobd.environments.interpreter import Interpreter
from hobd.environments.processes import can_tell, read_processes, running_in_generation
from hobd.environments.register import DAY_SECONDS, Register
from hobd.environments.relocating import make_relocatable
from hobd.errors import WorldError
from hobd.projects.project_lock import hold_file_lock
from hobd.service.context import Context
from hobd.service.generations.ignored import warn_of_ignored
from hobd.service.session import Session
from hobd.service.syncs.changing import changing_in_place
from hobd.service.syncs.project_python import ProjectPython, Wish, find_project_python
from hobd.store.lease import is_run_in

_LONGEST_COMMAND = 200
"""Letters of a command line that a generation remembers."""
_LOGIN = re.compile(r"://[^/\s]*@")


class CannotChange(WorldError):
    """The next generation cannot be made; the present one is as it was."""


class Succession(Struct, frozen=True, kw_only=True):
    """Makes the next generation of a project's environment."""

    generations: Generations
    kept: int
    """How many, the present one among them."""
    python: ProjectPython
    """As it was found when the command began."""
    wish: Wish
    workspace: Workspace
    prompt: str | None
    session: Session

    @property
    def is_ready(self) -> bool:
        """Whether nothing but a generation is at the environment's place."""
        place = self.generations.place
        return self.generations.current() is not None or not place.is_dir() or not any(place.iterdir())

    @property
    def is_first(self) -> bool:
        """Whether there is no environment that fits, and the next generation begins empty."""
        return not self.python.is_environment

    async def enter(self, *, is_synced: bool) -> Interpreter | None:
        """The Python of the present generation: a plain environment becomes one. None where there can be none; that is told.

        Args:
            is_synced: whether a sync follows: it makes the first generation, and until then its Python is the one that it will be
                made from.
        """
        if self.generations.current() is None:
            warn_of_ignored(self.python.place, self.session)
        if not self.is_ready and not await self._is_adopted():
            return None
        present = self.generations.current()
        if present is not None and not self.is_first:
            return self.python.interpreter.at(self.generations.root(present))
        self.session.context.voice.note(render_creating(self.session.shown(self.python.place)))
        if is_synced:
            return self.python.interpreter
        async with self.changing() as changing:
            await changing.begin()
            await changing.finish()
        return changing.environment.interpreter

    async def _is_adopted(self) -> bool:
        """Make what is there a generation; False where that cannot be."""
        own = None if self.is_first else self.python.interpreter
        try:
            async with self._locked():
                await to_thread.run_sync(self._adopt, own)
        except OSError as error:
            reason = error.strerror
        else:
            return True
        shown = self.session.shown(self.generations.place)
        self.session.context.voice.warn(f"Generations of `{shown}` cannot be kept, so it is changed in place: {reason}")
        return False

    @asynccontextmanager
    async def changing(self) -> AsyncIterator["Changing"]:
        """Keep others from the generations for the length of the block; what is not finished in it is removed.

        Raises:
            CannotChange: the folder of generations cannot be written.
        """
        async with self._locked():
            generations, session = self.generations, self.session
            found = await find_project_python(generations.place, self.wish, session, is_said=False)
            if not found.is_environment:
                base = read_environment(found.interpreter, session.context.evidence)
                async with _removing(Changing(succession=self, environment=base, is_new=True)) as changing:
                    yield changing
                return
            present = generations.current()
            present = await to_thread.run_sync(self._adopt, found.interpreter) if present is None else present
            environment = read_environment(found.interpreter.at(generations.root(present)), session.context.evidence)
            next_one = Changing(succession=self, environment=environment, is_new=False)
            async with changing_in_place(environment, session.settings.cache.lock_timeout_seconds), _removing(next_one) as changing:
                yield changing

    @asynccontextmanager
    async def _locked(self) -> AsyncIterator[None]:
        generations, seconds = self.generations, self.session.settings.cache.lock_timeout_seconds
        try:
            await to_thread.run_sync(generations.make_folder)
        except OSError as error:
            raise CannotChange(f"Generations of `{generations.place}` cannot be made", causes=(str(error),)) from error
        async with hold_file_lock(generations.lock, str(generations.place), seconds):
            await to_thread.run_sync(generations.mend)
            await to_thread.run_sync(generations.sweep)
            yield

    def _adopt(self, own: Interpreter | None) -> int:
        """Make what is there a generation, whose programs find it by their own place. `own`: its Python, where that works."""
        generations = self.generations
        number = generations.current()
        if number is None:
            if not is_environment(generations.place):
                raise OSError(errno.EINVAL, "it is no virtual environment")
            number = generations.adopt(GenerationNote(made=time.time(), command=""))
            self.session.context.voice.debug(f"The environment at {generations.place} is now generation {number}")
        if own is not None:
            self.relocate(own.at(generations.root(number)))
        return number

    def relocate(self, own: Interpreter, *names: Path) -> None:
        """Have the programs of a generation find it by their own place.

        Args:
            own: the Python of the generation.
            names: other paths by which its programs may know it.
        """
        place = self.python.place
        make_relocatable(own.prefix, place, (self.generations.place, *names), own.scheme.site_packages)

    def drop_oldest(self) -> None:
        """Remove generations beyond the number, unless somebody may run in them."""
        generations, now, cache = self.generations, time.time(), self.session.cache
        outdated = generations.outdated(self.kept, now)
        processes = read_processes() if outdated else ()
        for one in outdated:
            is_young = not can_tell() and now - one.switched < DAY_SECONDS
            if is_young or is_run_in(cache, one.root) or running_in_generation(processes, one.root, generations.place):
                continue
            generations.remove(one.number)
            Register(cache).forget(one.root)


class Changing(Struct, kw_only=True):
    """One change: from the present generation to the next."""

    succession: Succession
    environment: Environment
    """What is changed: the present generation; once the next one is begun, that."""
    is_new: bool
    """Whether there is none yet that fits, and `environment` is the installation that the next one is made from."""
    begun: Path | None = None
    is_finished: bool = False

    async def begin(self) -> Environment:
        """Make the next generation, like the present one; from now on it is what is changed.

        Raises:
            WorldError: it cannot be made.
        """
        generations = self.succession.generations
        self.begun = await to_thread.run_sync(generations.next_root)
        try:
            await (self._create(self.begun) if self.is_new else to_thread.run_sync(self._clone, self.begun))
        except OSError as error:
            raise CannotChange(f"The next generation of `{generations.place}` cannot be made", causes=(str(error),)) from error
        return self.environment

    async def finish(self) -> None:
        """Switch to the next generation, if one was begun.

        Raises:
            WorldError: it cannot be switched to.
        """
        if self.begun is None:
            return
        try:
            await to_thread.run_sync(self._switch, self.begun)
        except OSError as error:
            raise CannotChange(f"`{self.succession.generations.place}` cannot be switched", causes=(str(error),)) from error
        self.is_finished = True
        await to_thread.run_sync(self.succession.drop_oldest)

    def moved(self, installed: Sequence[Installed], before: Environment) -> Sequence[Installed]:
        """What was found in the environment before the change began, where it is in this one."""
        root = self.environment.root
        return tuple(replace(one, location=root / one.location.relative_to(before.root)) for one in installed)

    async def _create(self, root: Path) -> None:
        succession, interpreter = self.succession, self.environment.interpreter
        session, shape = succession.session, Shape(prompt=succession.prompt, is_relocatable=True, entered_at=succession.python.place)
        await to_thread.run_sync(lambda: create_environment(root, interpreter, shape, shown=str(root)))
        own = await session.prober().probe(root / "bin" / "python")
        self.environment = read_environment(own, session.context.evidence)

    def _clone(self, root: Path) -> None:
        before = self.environment
        own = before.interpreter.at(root)
        clone_environment(before.root, root)
        self.succession.relocate(own, before.root)
        self.environment = read_environment(own, self.succession.session.context.evidence)
        register = Register(self.succession.session.cache)
        known = register.find(before.root)
        if known is not None:
            register.note(root, now=time.time(), python=known.python, project=known.project, installed=dict(known.wheels))

    def _switch(self, root: Path) -> None:
        succession, generations = self.succession, self.succession.generations
        files = succession.session.files
        changes = compose((*generations.pending(), *generations.unrecorded(files.changes()))) if files is not None else ()
        note = GenerationNote(
            parent=generations.current(),
            made=time.time(),
            command=command_text(succession.session.context),
            state=() if files is None else files.state(),
            files=changes,
        )
        generations.switch(generations.complete(root, note))
        generations.forget_pending()
        if files is not None:
            files.settle()


@asynccontextmanager
async def _removing(changing: Changing) -> AsyncIterator[Changing]:
    """Remove the next generation if the block ends without having finished it."""
    try:
        yield changing
    finally:
        if changing.begun is not None and not changing.is_finished:
            with anyio.CancelScope(shield=True):
                await to_thread.run_sync(partial(shutil.rmtree, changing.begun, ignore_errors=True))


def command_text(context: Context) -> str:
    """The command line as a generation remembers it: without secrets, and of `run` without what was run."""
    words = [word.decode("utf-8", "replace") for word in context.argv[1:]]
    if "run" in words:
        words = words[: words.index("run") + 1]
    return _LOGIN.sub("://", " ".join(["hob", *words]))[:_LONGEST_COMMAND]
