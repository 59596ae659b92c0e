"""`hob init --script`: a script with inline metadata, new or made of one that had none (INI-5)."""

from functools import partial
from pathlib import Path

from anyio import to_thread

from hobd.cli.init import Init
from hobd.cli.style import cyan, green
from hobd.core.formats.script_block import find_block
from hobd.core.templates.script import describe_script, render_script
from hobd.errors import RequestError, WorldError
from hobd.projects.files import absolute, read_bytes
from hobd.projects.lockfiles import expect, write_atomically
from hobd.projects.new_files import make_folder
from hobd.projects.scripts import decode_script
from hobd.service.beginnings.python import find_first_python
from hobd.service.session import Session

_PROGRAM = "#!/usr/bin/env -S hob run --script"


async def make_script(command: Init, session: Session) -> None:
    """Write it, and say so.

    Raises:
        RequestError: it has metadata already, or is no text.
        WorldError: it cannot be read or written.
    """
    assert command.path is not None  # the command line sees to it
    path = absolute(Path(command.path), session.cwd)
    _refuse_folder(path, command.path)
    expected = expect([path])
    old = read_bytes(path, session.context.evidence)
    if old is not None and find_block(old) is not None:
        raise RequestError(f"`{cyan(command.path)}` is already a PEP 723 script; use `{green('hob run')}` to execute it", code=2)
    python = await find_first_python(path.parent, None, session, is_pinned=False)
    if old is None:
        text = render_script(path.name, python.requires_python, is_bare=bool(command.bare))
    else:
        text = describe_script(decode_script(old), python.requires_python)
        _warn_of_program(text, command.path, session)
    make_folder(path.parent)
    await to_thread.run_sync(partial(write_atomically, path, text.encode(), expected))
    session.context.voice.note(f"Initialized script at `{cyan(command.path)}`\n")


def _refuse_folder(path: Path, shown: str) -> None:
    if path.is_dir():
        cause = f"failed to read from file `{shown}`: Is a directory (os error 21)"
        raise WorldError(f"Failed to read script at `{shown}`", causes=(cause,))


def _warn_of_program(text: str, shown: str, session: Session) -> None:
    """A first line that names a program which does not know of the metadata."""
    first = text.partition("\n")[0]
    if first.startswith("#!") and not ("uv run" in first or "hob run" in first):
        session.context.voice.warn(
            f"If you execute {shown} directly, it might ignore its inline metadata.\nConsider replacing its shebang with: {_PROGRAM}"
        )
