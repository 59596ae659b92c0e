"""The environment of a script with inline metadata: kept in the cache, one for each script (SCR-2, SCR-4, SCR-7)."""

from pathlib import Path

from msgspec import Struct

from hobd.cli.run import Run
from hobd.core.plan.model import Selection
from hobd.environments.interpreter import Interpreter
from hobd.errors import RequestError
from hobd.projects.scripts import ReadScript, script_workspace
from hobd.service.builds.building import Builder
from hobd.service.locks.locking import Locked, say_resolved
from hobd.service.locks.narrow import SCRIPT_TITLE, is_installed, make_subject, posing_here, resolve_here, select_here
from hobd.service.locks.subject import LockSubject, ScriptSubject
from hobd.service.runs.target import Kind, Target
from hobd.service.scripts.lock import lock_of_script
from hobd.service.scripts.python import (
    ScriptPython,
    active_place,
    cached_place,
    make_cached_environment,
    named_by_content,
    script_place,
    script_stem,
)
from hobd.service.session import Session
from hobd.service.syncs.environment import Manner, Syncer


class Prepared(Struct, frozen=True, kw_only=True):
    """An environment that is ready."""

    interpreter: Interpreter
    locked: Locked | None
    is_same: bool
    """Whether it was ready before."""


class ScriptEnvironment(Struct, frozen=True, kw_only=True):
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
        interpreter, is_new = await self._interpreter(place)
        if lockfile is not None:
            return await self._sync_locked(lockfile, interpreter, is_new=is_new)
        subject = make_subject(self.read.script, self.session.start, interpreter, self.session)
        if not self.command.exact and is_installed(subject, posing_here(subject, self.session), interpreter, self.session):
            return Prepared(interpreter=interpreter, locked=None, is_same=not is_new)
        locked = await resolve_here(subject, self.session, title=SCRIPT_TITLE)
        self._tell(locked)
        return await self._sync(locked, select_here(locked, interpreter, self.session), subject, interpreter, is_new=is_new)

    @property
    def _is_told(self) -> bool:
        """Whether what is resolved and installed is told as `sync` tells it."""
        return bool(self.command.show_resolution)

    def _tell(self, locked: Locked) -> None:
        if self._is_told and locked.seconds:
            say_resolved(locked, self.session)

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
        active = active_place(self.session, is_asked=bool(self.command.active))
        if active is not None:
            return active
        match self.target.kind:
            case Kind.STDIN:
                return cached_place(named_by_content(self.read.block.toml), self.session)
            case Kind.WEB:
                word = self.target.word
                return cached_place(f"{script_stem(word)}-{named_by_content(word)}", self.session)
            case _:
                assert self.target.path is not None  # scripts have one
                return script_place(self.target.path, self.session)

    def _python(self) -> ScriptPython:
        return ScriptPython(session=self.session, script=self.read.script)

    async def _interpreter(self, place: Path) -> tuple[Interpreter, bool]:
        """The environment's Python where that fits; else the environment is made anew."""
        own = await self._python().find_own(place)
        if own is not None:
            return own, False
        prompt = None if self.target.path is None else self.target.path.name
        return await make_cached_environment(place, await self._python().find(), prompt, self.session), True

    async def _sync_locked(self, lockfile: Path, interpreter: Interpreter, *, is_new: bool) -> Prepared:
        session, command = self.session, self.command
        workspace = script_workspace(self.read.script, session.start, session.context.evidence)
        subject = ScriptSubject(self.read.script, workspace, lockfile)
        locked = await lock_of_script(subject, interpreter, session, locked=command.locked, frozen=command.frozen, is_said=self._is_told)
        self._tell(locked)
        selection = select_here(locked, interpreter, session)
        return await self._sync(locked, selection, subject, interpreter, is_new=is_new or locked.is_changed)

    async def _sync(
        self, locked: Locked, selection: Selection, subject: LockSubject, interpreter: Interpreter, *, is_new: bool
    ) -> Prepared:
        builder = Builder(session=self.session, network=locked.network, interpreter=interpreter, subject=subject)
        syncer = Syncer(
            session=self.session, network=locked.network, builder=builder, interpreter=interpreter, project=self.read.script.path
        )
        synced = await syncer.run(selection, Manner(is_exact=self.command.exact, says_checked=self._is_told))
        return Prepared(interpreter=interpreter, locked=locked, is_same=not is_new and not synced.is_changed)
