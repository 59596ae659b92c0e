"""Which Python a script with inline metadata gets, and where its environment is: in the cache, one for each script (SCR-2, SCR-7)."""

import hashlib
import re
from pathlib import Path

from anyio import to_thread
from msgspec import Struct

from hobd.core.formats.path_digest import path_digest
from hobd.core.markers import RequiresPython
from hobd.core.vocab.project import Script
from hobd.environments.create import Shape, create_environment, remove_environment
from hobd.environments.discovery import find_python
from hobd.environments.interpreter import Interpreter
from hobd.environments.interpreters import UnusableInterpreter
from hobd.environments.requests import request_range
from hobd.projects.project_lock import hold_file_lock
from hobd.service.cache_folders import ENVIRONMENTS
from hobd.service.pythons.acquire import find_or_download
from hobd.service.session import Session
from hobd.service.syncs.project_python import Wish, make_wish


def script_place(path: Path, session: Session) -> Path:
    """Where the environment of a script with a file is."""
    return cached_place(f"{_plain(path.stem)}-{path_digest(path)}", session)


def active_place(session: Session, *, is_asked: bool) -> Path | None:
    """The active environment, where it is asked for and there is one (`--active`)."""
    active = session.context.environ.get("VIRTUAL_ENV") if is_asked else None
    return session.cwd / active if active else None


def cached_place(name: str, session: Session) -> Path:
    """Where an environment of the cache is."""
    return session.cache / ENVIRONMENTS / name


def named_by_content(text: str) -> str:
    """A name for the environment of what has no place of its own."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def script_stem(url: str) -> str:
    """The name of a script on the web, without its ending."""
    name = url.split("?", maxsplit=1)[0].split("#", maxsplit=1)[0].rstrip("/").rpartition("/")[2]
    return _plain(name.removesuffix(".py")) if name.endswith(".py") else "script"


def _plain(name: str) -> str:
    """A name that any file system takes."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.") or "script"


class ScriptPython(Struct, frozen=True, kw_only=True):
    """Finds the Python of one script. It is not named: a script's environment is nobody's business."""

    session: Session
    script: Script

    def required(self) -> RequiresPython | None:
        """What the script says; None where it says nothing."""
        said = self.script.requires_python
        return None if said is None else RequiresPython.parse(said)

    async def find(self) -> Interpreter:
        """What is asked for; a version file counts only as far as the script goes along with it.

        Raises:
            HobError: there is none.
        """
        return await self._find(self._wish())

    async def find_own(self, place: Path) -> Interpreter | None:
        """The Python of the environment at `place`, where it is what would be found; None where it is to be made, or made anew.

        Raises:
            HobError: a Python is asked for that is not there.
        """
        try:
            own = await self.session.prober().probe(place / "bin" / "python")
        except UnusableInterpreter:
            return None
        return own if await self._fits(own, self._wish()) else None

    def _wish(self) -> Wish:
        return make_wish(None, self.required(), self.session)

    async def _find(self, wish: Wish) -> Interpreter:
        search = self.session.python_search(environments="any")
        interpreter = (await find_or_download(wish.request, search, self.session)).interpreter
        required = wish.requires_python
        if required is None or required.contains(interpreter.version):
            return interpreter
        if wish.asker == "file":
            return (await find_or_download(request_range(required.text()), search, self.session)).interpreter
        self.session.context.voice.warn(
            f"The requested interpreter resolved to Python {interpreter.version}, which is incompatible with "
            f"the script's Python requirement: `{required.text()}`"
        )
        return interpreter

    async def _fits(self, own: Interpreter, wish: Wish) -> bool:
        if wish.requires_python is not None and not wish.requires_python.contains(own.version):
            return False
        if wish.request.is_explicit:
            asked = await find_python(wish.request, self.session.python_search(environments="any"), self.session.prober())
            return asked.interpreter.base_executable == own.base_executable
        if wish.asker == "user":
            return wish.request.accepts(own)
        if wish.asker != "file" or wish.request.accepts(own):
            return True
        return own.base_executable == (await self._find(wish)).base_executable


async def make_cached_environment(place: Path, interpreter: Interpreter, prompt: str | None, session: Session) -> Interpreter:
    """Make an environment of the cache, in place of what is there; returns its own Python."""

    def make() -> None:
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.exists():
            remove_environment(place)
        create_environment(place, interpreter, Shape(prompt=prompt))

    await to_thread.run_sync(lambda: place.parent.mkdir(parents=True, exist_ok=True))
    async with hold_file_lock(place.with_name(place.name + ".lock"), str(place), session.settings.cache.lock_timeout_seconds):
        await to_thread.run_sync(make)
    return await session.prober().probe_new(place, interpreter)
