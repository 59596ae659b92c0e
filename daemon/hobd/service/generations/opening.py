"""Finding the generations of a project's environment, and leaving them: what was interrupted is finished first."""

import shutil
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path

from anyio import to_thread

from hobd.cli.style import cyan
from hobd.core.vocab.project import Workspace
from hobd.environments.generations import Generations, settle_place
from hobd.environments.processes import read_processes, running_in
from hobd.projects.project_lock import hold_file_lock
from hobd.service.generations.intent import carry_out, is_intended
from hobd.service.generations.succession import Succession
from hobd.service.session import Session
from hobd.service.syncs.project_python import ProjectPython, Wish, find_project_python, prompt_of
from hobd.store.lease import is_run_in


async def open_succession(
    workspace: Workspace, place: Path, wish: Wish, session: Session, *, is_said: bool
) -> tuple[ProjectPython, Succession]:
    """The Python of a project whose environment has generations, and what makes the next one.

    Raises:
        HobError: see `find_project_python`; or what another command began cannot be finished.
    """
    generations = await find_generations(place, session)
    session.context.evidence.saw(place, is_link=True)
    python = await find_project_python(place, wish, session, is_said=is_said)
    succession = Succession(
        generations=generations,
        kept=session.settings.hob.generations or 1,
        python=python,
        wish=wish,
        workspace=workspace,
        prompt=prompt_of(workspace),
        session=session,
    )
    return python, succession


async def find_generations(place: Path, session: Session) -> Generations:
    """The generations behind a place. What a killed command left half done is done.

    Raises:
        WorldError: it cannot be done.
    """
    generations = Generations(settle_place(place))
    session.context.evidence.saw(generations.folder)
    if is_intended(generations) or generations.is_moving():
        async with holding(generations, session):
            await to_thread.run_sync(generations.mend)
            await to_thread.run_sync(carry_out, generations)
        if session.files is not None:
            session.files.settle()
    return generations


def holding(generations: Generations, session: Session) -> AbstractAsyncContextManager[None]:
    """Keep others from the generations for the length of a block."""
    return hold_file_lock(generations.lock, str(generations.place), session.settings.cache.lock_timeout_seconds)


async def release(place: Path, session: Session) -> None:
    """Make the environment a plain one again, where it has generations and nobody runs in them; else that waits."""
    generations = await find_generations(place, session)
    if generations.current() is None:
        return
    async with holding(generations, session):
        roots = [one.root for one in generations.every()]
        is_held = any(is_run_in(session.cache, root) for root in roots)
        if is_held or running_in(await to_thread.run_sync(read_processes), generations.folder):
            session.context.voice.debug(f"Programs run in {generations.folder}: generations are kept until they have ended")
            return
        await to_thread.run_sync(generations.release)
        await to_thread.run_sync(partial(shutil.rmtree, generations.folder, ignore_errors=True))
    session.context.voice.note(f"Removed earlier generations of: {cyan(session.shown(place))}\n")
