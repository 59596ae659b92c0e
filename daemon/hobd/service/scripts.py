"""Opening a script with inline metadata: its settings, its Python, its lock (SCR-1 to SCR-7)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from hobd.core.markers import RequiresPython
from hobd.core.vocab.project import Script
from hobd.environments.discovery import find_python
from hobd.environments.interpreter import Interpreter
from hobd.errors import RequestError
from hobd.projects.files import absolute
from hobd.projects.scripts import parse_script_content, read_script
from hobd.service.context import Context
from hobd.service.opening import Command, open_session
from hobd.service.project_python import make_wish
from hobd.service.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenScript:
    """A script, and the session that its settings make."""

    script: Script
    session: Session
    lockfile: Path

    async def find_python(self) -> Interpreter:
        """The Python for the script. It is not named: a script's environment is nobody's business."""
        said = self.script.requires_python
        required = None if said is None else RequiresPython.parse(said)
        wish = make_wish(None, required, self.session)
        found = await find_python(wish.request, self.session.python_search(environments="only-system"), self.session.prober())
        return found.interpreter


@asynccontextmanager
async def open_script(command: Command, context: Context, name: str, *, needs_metadata: bool = False) -> AsyncIterator[OpenScript]:
    """Open a script by its name on the command line.

    Args:
        needs_metadata: whether it is of no use without; else it counts as one that requires nothing.
    Raises:
        RequestError: it is not there, or lacks metadata that it needs.
    """
    path = absolute(Path(name), context.caller.cwd)
    if not path.is_file():
        if needs_metadata:
            raise RequestError(f"Failed to read `{name}` (not found); run `hob init --script {name}` to create a PEP 723 script")
        raise RequestError(f"failed to read from file `{name}`: No such file or directory (os error 2)")
    read = read_script(path, context.evidence)
    if read is None and needs_metadata:
        advice = f"run `hob init --script {name}` to initialize the script"
        raise RequestError(f"`{name}` does not contain a PEP 723 metadata tag; {advice}")
    read = read or parse_script_content(b"# /// script\n# ///\n", path)
    assert read is not None  # the empty block is one
    async with open_session(command, context, start=path.parent, script=read.layer) as session:
        yield OpenScript(script=read.script, session=session, lockfile=path.with_name(path.name + ".lock"))
