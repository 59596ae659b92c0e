"""Opening a script with inline metadata: its settings, its Python, its lock (SCR-1 to SCR-7)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from hobd.core.vocab.project import Script
from hobd.environments.interpreter import Interpreter
from hobd.errors import RequestError
from hobd.projects.files import absolute, read_bytes
from hobd.projects.scripts import ReadScript, decode_script, parse_script_content, read_script, script_workspace
from hobd.service.context import Context
from hobd.service.locks.subject import ScriptSubject
from hobd.service.opening import Command, open_session
from hobd.service.scripts.python import ScriptPython, script_place
from hobd.service.session import Session


class OpenScript(Struct, frozen=True, kw_only=True):
    """A script, and the session that its settings make."""

    script: Script
    path: Path
    session: Session
    lockfile: Path
    has_metadata: bool = True

    @property
    def python(self) -> ScriptPython:
        """Finds its Python."""
        return ScriptPython(session=self.session, script=self.script)

    def subject(self) -> ScriptSubject:
        """What is locked of it."""
        workspace = script_workspace(self.script, self.session.start, self.session.context.evidence)
        return ScriptSubject(self.script, workspace, self.lockfile, self.has_metadata)

    def within(self, session: Session) -> "OpenScript":
        """The same script in a session with other settings."""
        return replace(self, session=session)

    async def find_python(self) -> Interpreter:
        """The Python for the script: that of its environment where there is one, else one that is found."""
        own = await self.python.find_own(script_place(self.path, self.session))
        return own or await self.python.find()


@asynccontextmanager
async def open_script(command: Command, context: Context, name: str, *, needs_metadata: bool = False) -> AsyncIterator[OpenScript]:
    """Open a script by its name on the command line.

    Args:
        needs_metadata: whether it is of no use without; else it counts as one that requires nothing.
    Raises:
        RequestError: it is not there, or lacks metadata that it needs.
    """
    path = absolute(Path(name), context.caller.cwd)
    _check_place(path, name, needs_metadata=needs_metadata)
    read = read_script(path, context.evidence)
    if read is None and needs_metadata:
        advice = f"run `hob init --script {name}` to initialize the script"
        raise RequestError(f"`{name}` does not contain a PEP 723 metadata tag; {advice}")
    found = read or _without_metadata(path, context)
    lockfile = path.with_name(path.name + ".lock")
    async with open_session(command, context, start=path.parent, script=found.layer) as session:
        yield OpenScript(script=found.script, path=path, session=session, lockfile=lockfile, has_metadata=read is not None)


def _check_place(path: Path, name: str, *, needs_metadata: bool) -> None:
    if path.is_dir():
        raise RequestError(f"failed to read from file `{name}`: Is a directory (os error 21)")
    if path.is_file():
        return
    if needs_metadata:
        raise RequestError(f"Failed to read `{name}` (not found); run `hob init --script {name}` to create a PEP 723 script")
    raise RequestError(f"failed to read from file `{name}`: No such file or directory (os error 2)")


def _without_metadata(path: Path, context: Context) -> ReadScript:
    """A script that requires nothing. It has to be text: else it is no script."""
    decode_script(read_bytes(path, context.evidence) or b"")
    read = parse_script_content(b"# /// script\n# ///\n", path)
    assert read is not None  # the empty block is one
    return read
