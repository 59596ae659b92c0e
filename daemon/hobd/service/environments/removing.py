"""`hob env remove`: environments go with all that belongs to them, unless programs run in them.

all are looked at first ─→ one is none, or is in use? ─ yes ─→ it is named, nothing happens
                                   └─ no ─→ one after the other: the link, the generations, the folder
"""

import shutil
from functools import partial
from pathlib import Path

from anyio import to_thread
from msgspec import Struct

from hobd.cli.env import EnvRemove
from hobd.cli.quantities import size
from hobd.cli.style import cyan, green
from hobd.core.vocab.request import Outcome
from hobd.environments.create import is_environment, remove_environment
from hobd.environments.extent import read_extent
from hobd.environments.generations import Generations, find_place, settle_place
from hobd.environments.processes import Process, read_processes, running_in
from hobd.environments.register import Register
from hobd.errors import RequestError, WorldError
from hobd.projects.files import absolute
from hobd.projects.project_lock import hold_file_lock
from hobd.service.context import Context
from hobd.service.opening import open_session
from hobd.service.session import Session

_MOST_NAMED = 3
"""Processes that an error names."""
_LONGEST_COMMAND = 60


class EnvironmentInUse(RequestError):
    """Programs run in it."""


class _Doomed(Struct, frozen=True, kw_only=True):
    """What is to be removed."""

    place: Path
    """As it was asked for."""
    generations: Generations
    is_link: bool
    """Whether it has generations."""


async def tell(command: EnvRemove, context: Context) -> Outcome:
    """Remove them, once all may be removed."""
    async with open_session(command, context, is_user_level=True, uses_cache=False) as session:
        doomed = [_find(absolute(Path(text), session.cwd), session) for text in command.path]
        if not command.force:
            processes = await to_thread.run_sync(read_processes)
            for one in doomed:
                _check_unused(one, processes, session)
        for one in doomed:
            freed = await _remove(one, session)
            context.voice.note(f"Removed environment at: {cyan(session.shown(one.place))} ({green(size(freed))})\n")
        return Outcome()


def _find(path: Path, session: Session) -> _Doomed:
    """What is at a path.

    Raises:
        RequestError: no environment, or one of the generations of one.
    """
    generations = Generations(settle_place(path))
    is_link = generations.current() is not None
    if not is_link and not is_environment(path):
        raise RequestError(f"There is no virtual environment at `{session.shown(path)}`")
    place = find_place(path)
    if place is not None:
        raise RequestError(
            f"`{session.shown(path)}` is a generation of `{session.shown(place)}`", hint="Generations go with their environment, or by age"
        )
    return _Doomed(place=path, generations=generations, is_link=is_link)


def _check_unused(one: _Doomed, processes: tuple[Process, ...], session: Session) -> None:
    names = [one.place, one.generations.place, *([one.generations.folder] if one.is_link else [])]
    running = running_in(processes, *names)
    if not running:
        return
    named = ", ".join(f"{each.pid} (`{_brief(each)}`)" for each in running[:_MOST_NAMED])
    more = "" if len(running) <= _MOST_NAMED else f" and {len(running) - _MOST_NAMED} more"
    raise EnvironmentInUse(
        f"`{session.shown(one.place)}` is in use by {named}{more}", hint="With `--force` it is removed nevertheless, and those will fail"
    )


def _brief(process: Process) -> str:
    """The command without the folder of its program, and no longer than a line bears."""
    program, _, arguments = process.command.partition(" ")
    return f"{Path(program).name} {arguments}".strip()[:_LONGEST_COMMAND]


async def _remove(one: _Doomed, session: Session) -> int:
    """Remove it; returns how many bytes that frees."""
    roots = [each.root for each in one.generations.every()] if one.is_link else [one.place]
    extent = await to_thread.run_sync(read_extent, roots)
    lock = one.generations.lock if one.is_link else one.place / ".lock"
    try:
        async with hold_file_lock(lock, str(one.place), session.settings.cache.lock_timeout_seconds):
            await to_thread.run_sync(
                partial(_remove_generations, one.generations) if one.is_link else partial(remove_environment, one.place)
            )
    except OSError as error:
        raise WorldError(f"The environment at `{session.shown(one.place)}` cannot be removed", causes=(str(error),)) from error
    register = Register(session.cache)
    for path in (one.place, *roots):
        await to_thread.run_sync(register.forget, path)
    return extent.size_bytes - extent.shared_bytes


def _remove_generations(generations: Generations) -> None:
    generations.place.unlink()
    for each in generations.every():
        generations.remove(each.number)
    shutil.rmtree(generations.folder, ignore_errors=True)
