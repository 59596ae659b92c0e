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
async def open_script(command: Command, context: Context, name: str) -> AsyncIterator[OpenScript]:
    """Open a script by its name on the command line.

    Raises:
        RequestError: it is not there.
    """
    path = absolute(Path(name), context.caller.cwd)
    if not path.is_file():
        raise RequestError(f"failed to read from file `{name}`: No such file or directory (os error 2)")
    read = read_script(path, context.evidence) or parse_script_content(b"# /// script\n# ///\n", path)
    assert read is not None  # the empty block is one
    async with open_session(command, context, start=path.parent, script=read.layer) as session:
        yield OpenScript(script=read.script, session=session, lockfile=path.with_name(path.name + ".lock"))
