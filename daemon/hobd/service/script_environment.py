"""The environment of a script with inline metadata: kept in the cache, one for each script (SCR-2, SCR-4, SCR-7)."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from anyio import to_thread

from hobd.cli.run import Run
from hobd.core.formats.path_digest import path_digest
from hobd.core.markers import RequiresPython
from hobd.core.plan.model import Selection
from hobd.core.resolver.project_pythons import python_warnings
from hobd.environments.create import Shape, create_environment, remove_environment
from hobd.environments.discovery import find_python
from hobd.environments.interpreter import Interpreter
from hobd.environments.interpreters import UnusableInterpreter
from hobd.environments.requests import request_range
from hobd.errors import RequestError
from hobd.projects.project_lock import hold_file_lock
from hobd.projects.scripts import ReadScript, script_workspace
from hobd.service.building import Builder
from hobd.service.environment import Manner, Syncer
from hobd.service.lock import missing_lock, stale_lock
from hobd.service.lock_subject import LockSubject, ScriptSubject
from hobd.service.locking import Locked, Locker, read_frozen
from hobd.service.narrow import is_installed, make_subject, posing_here, resolve_here, select_here
from hobd.service.network import Network
from hobd.service.project_python import Wish, make_wish
from hobd.service.run_target import Kind, Target
from hobd.service.session import Session

ENVIRONMENTS = "environments-v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """An environment that is ready."""

    interpreter: Interpreter
    locked: Locked | None
    is_same: bool
    """Whether it was ready before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptEnvironment:
    """Prepares the environment of one script."""

    command: Run
    session: Session
    read: ReadScript
    target: Target

    async def prepare(self) -> Prepared:
        """Make it hold what the script requires, and perhaps more.

        Raises:
            HobError: there is no Python for it, no solution, or a lock is missing or stale where it must not be.
        """
        lockfile = self._lockfile()
        place = self._place()
        interpreter, is_new = await self._python(place)
        if lockfile is not None:
            return await self._sync_locked(lockfile, interpreter, is_new=is_new)
        subject = make_subject(self.read.script, self.session.start, interpreter, self.session)
        if not self.command.exact and is_installed(subject, posing_here(subject, self.session), interpreter, self.session):
            return Prepared(interpreter=interpreter, locked=None, is_same=not is_new)
        locked = await resolve_here(subject, self.session, "script")
        return await self._sync(locked, select_here(locked, interpreter, self.session), subject, interpreter, is_new=is_new)

    def _lockfile(self) -> Path | None:
        """The script's lock; None where it has none, and needs none."""
        path, voice = self.read.lockfile, self.session.context.voice
        if path is not None:
            self.session.context.evidence.saw(path)
            if path.is_file():
                return path
        given = self.command.locked or self.command.frozen
        if not given:
            return None
        asked = given.spelling if self.command.locked else "--frozen"
        if given.variable is None:
            raise RequestError(
                f"Unable to find lockfile for Python script, but `{asked}` was provided. To create a lockfile, run `hob lock --script`."
            )
        voice.warn(f"No lockfile found for Python script (ignoring `{asked}`); run `hob lock --script` to generate a lockfile")
        return None

    def _place(self) -> Path:
        """Where the environment is: named by the script, and told from others by where the script is, or by what it says."""
        active = self.session.context.environ.get("VIRTUAL_ENV") if self.command.active else None
        if active:
            return self.session.cwd / active
        match self.target.kind:
            case Kind.STDIN:
                name = hashlib.sha256(self.read.block.toml.encode()).hexdigest()[:16]
            case Kind.WEB:
                name = f"{script_stem(self.target.word)}-{hashlib.sha256(self.target.word.encode()).hexdigest()[:16]}"
            case _:
                assert self.target.path is not None  # scripts have one
                name = f"{_plain(self.target.path.stem)}-{path_digest(self.target.path)}"
        return self.session.cache / ENVIRONMENTS / name

    def _required(self) -> RequiresPython | None:
        said = self.read.script.requires_python
        return None if said is None else RequiresPython.parse(said)

    async def _python(self, place: Path) -> tuple[Interpreter, bool]:
        """The environment's Python where that fits; else the environment is made anew."""
        wish = make_wish(None, self._required(), self.session)
        own = await self._own(place)
        if own is not None and await self._fits(own, wish):
            return own, False
        found = await self._find(wish)
        return await make_cached_environment(place, found, self.session), True

    async def _find(self, wish: Wish) -> Interpreter:
        """What is asked for; a version file counts only as far as the script goes along with it."""
        search, prober = self.session.python_search(environments="any"), self.session.prober()
        interpreter = (await find_python(wish.request, search, prober)).interpreter
        required = wish.requires_python
        if required is None or required.contains(interpreter.version):
            return interpreter
        if wish.asker == "file":
            return (await find_python(request_range(required.text()), search, prober)).interpreter
        self.session.context.voice.warn(
            f"The requested interpreter resolved to Python {interpreter.version}, which is incompatible with "
            f"the script's Python requirement: `{required.text()}`"
        )
        return interpreter

    async def _own(self, place: Path) -> Interpreter | None:
        try:
            return await self.session.prober().probe(place / "bin" / "python")
        except UnusableInterpreter:
            return None

    async def _fits(self, own: Interpreter, wish: Wish) -> bool:
        if wish.request.is_explicit:
            asked = await find_python(wish.request, self.session.python_search(environments="any"), self.session.prober())
            return asked.interpreter.base_executable == own.base_executable
        if wish.asker == "user":
            return wish.request.accepts(own)
        is_allowed = wish.requires_python is None or wish.requires_python.contains(own.version)
        if wish.asker != "file" or wish.request.accepts(own):
            return is_allowed
        return is_allowed and own.base_executable == (await self._find(wish)).base_executable

    async def _sync_locked(self, lockfile: Path, interpreter: Interpreter, *, is_new: bool) -> Prepared:
        session, command = self.session, self.command
        workspace = script_workspace(self.read.script, session.start, session.context.evidence)
        subject = ScriptSubject(self.read.script, workspace, lockfile)
        if command.frozen:
            lock = read_frozen(lockfile, session, missing_lock(subject, session, command.frozen.spelling))
            network = Network(session=session, root=subject.root)
            locked = Locked(lock=lock, previous=lock, is_changed=False, seconds=0.0, network=network)
        else:
            for warning in python_warnings(self._required(), subject.pythons(interpreter), interpreter.minor):
                session.context.voice.warn(warning)
            locked = await Locker(session=session, subject=subject, interpreter=interpreter, writes=not command.locked).run()
            if command.locked and locked.is_changed:
                raise stale_lock(subject, session, command.locked.spelling)
        selection = select_here(locked, interpreter, session)
        return await self._sync(locked, selection, subject, interpreter, is_new=is_new or locked.is_changed)

    async def _sync(
        self, locked: Locked, selection: Selection, subject: LockSubject, interpreter: Interpreter, *, is_new: bool
    ) -> Prepared:
        builder = Builder(session=self.session, network=locked.network, interpreter=interpreter, subject=subject)
        syncer = Syncer(session=self.session, network=locked.network, builder=builder, interpreter=interpreter)
        synced = await syncer.run(selection, Manner(is_exact=self.command.exact, says_checked=False))
        return Prepared(interpreter=interpreter, locked=locked, is_same=not is_new and not synced.is_changed)


async def make_cached_environment(place: Path, interpreter: Interpreter, session: Session) -> Interpreter:
    """Make an environment of the cache, in place of what is there; returns its own Python."""

    def make() -> None:
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.exists():
            remove_environment(place)
        create_environment(place, interpreter, Shape())

    await to_thread.run_sync(lambda: place.parent.mkdir(parents=True, exist_ok=True))
    async with hold_file_lock(place.with_name(place.name + ".lock"), str(place), session.settings.cache.lock_timeout_seconds):
        await to_thread.run_sync(make)
    return await session.prober().probe(place / "bin" / "python")


def script_stem(url: str) -> str:
    """The name of a script on the web, without its ending."""
    name = url.split("?", maxsplit=1)[0].split("#", maxsplit=1)[0].rstrip("/").rpartition("/")[2]
    return _plain(name.removesuffix(".py")) if name.endswith(".py") else "script"


def _plain(name: str) -> str:
    """A name that any file system takes."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.") or "script"
