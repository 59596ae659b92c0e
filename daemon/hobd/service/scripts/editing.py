"""What edits of a script's metadata have in common: the files are what they were if something fails (SCR-6, ADD-13)."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial

from msgspec.structs import replace

from hobd.cli.found import Given
from hobd.environments.interpreter import Interpreter
from hobd.projects.restoring import Restorer, restoring
from hobd.projects.scripts import parse_script_content
from hobd.service.edits.editing import warn_of_foreign
from hobd.service.locks.locking import Locked, say_resolved
from hobd.service.scripts.lock import lock_of_script
from hobd.service.scripts.opening import OpenScript
from hobd.service.session import Session


def warn_of_no_ops(given: Mapping[str, object], session: Session) -> None:
    """Say of options that scripts have no use for them.

    Args:
        given: what was given for each option, by its name.
    """
    for name, value in given.items():
        if value:
            spelled = value.spelling if name == "--locked" and isinstance(value, Given) else name
            session.context.voice.warn(f"`{spelled}` is a no-op for Python scripts with inline metadata, which always run in isolation")


@asynccontextmanager
async def editing_script(opened: OpenScript) -> AsyncIterator[Restorer]:
    """Keep other edits of a script away; if the block fails, the script and its lock are what they were: see `editing`."""
    async with opened.session.alone_with(opened.path):
        with restoring([opened.path], [opened.lockfile], partial(warn_of_foreign, session=opened.session)) as restorer:
            yield restorer


def reread_script(opened: OpenScript) -> OpenScript:
    """The script as it is now, or as its draft has it.

    Raises:
        HobError: its metadata are broken.
    """
    content = opened.session.discovery().read(opened.path)
    read = None if content is None else parse_script_content(content, opened.path)
    return opened if read is None else replace(opened, script=read.script, has_metadata=True)


async def relock_script(opened: OpenScript, interpreter: Interpreter, *, locked: Given | None) -> Locked:
    """Bring the lock in line with the script; of a script without one, only see what its lock would be.

    Raises:
        HobError: there is no such lock, or with `--locked` it is another.
    """
    writes = opened.lockfile.is_file()
    found = await lock_of_script(opened.subject(), interpreter, opened.session, locked=locked, frozen=None, writes=writes)
    say_resolved(found, opened.session)
    return found
