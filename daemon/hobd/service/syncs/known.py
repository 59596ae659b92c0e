"""What an environment holds goes into the register of environments: when it has changed, and once a day while it is used."""

import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from anyio import to_thread
from msgspec import Struct

from hobd.core.plan.model import Installed, Plan, Selection
from hobd.core.vocab.names import Name
from hobd.environments.environment import Environment
from hobd.environments.register import DAY_SECONDS, Register
from hobd.service.session import Session


class Noted(Struct, frozen=True):
    """An environment, whose it is, and what was found to do in it."""

    environment: Environment
    project: Path | None
    selection: Selection
    plan: Plan


async def note_use(noted: Noted, session: Session) -> None:
    """Note that an environment is used as it is. Costs one `stat`, but once a day; the answer is looked at again when it is due."""
    register, root, now = Register(session.cache), noted.environment.root, time.time()
    if _is_for_one_run(root, session):
        return
    if register.is_due(root, now) and not await to_thread.run_sync(register.touch, root, now):
        await note_change(noted, {}, session)
    session.context.evidence.expires((register.last_noted(root) or now) + DAY_SECONDS)


async def note_change(noted: Noted, came: Mapping[Name, str], session: Session) -> None:
    """Note what an environment holds now. `came`: the sha256 of the wheels that were installed."""
    if _is_for_one_run(noted.environment.root, session):
        return
    note = partial(
        Register(session.cache).note,
        noted.environment.root,
        now=time.time(),
        python=str(noted.environment.interpreter.version),
        project=noted.project,
        rests_on_store=bool(came) and session.settings.install.link_mode == "symlink",
        removed={one.name for one in noted.plan.remove},
        installed={**_kept(noted, session), **came},
    )
    await to_thread.run_sync(note)


async def note_removal(environment: Environment, removed: list[Installed], session: Session) -> None:
    """Note that some distributions are gone."""
    await note_change(Noted(environment, None, Selection(pins=()), Plan(remove=tuple(removed))), {}, session)


def _is_for_one_run(root: Path, session: Session) -> bool:
    """Whether an environment of the cache goes as soon as its program has ended."""
    return root.is_relative_to(session.cache) and root.name.startswith(".tmp")


def _kept(noted: Noted, session: Session) -> dict[Name, str]:
    """The wheels of what was there already, as far as their files are named; what was built here was noted when it came."""
    store, kept = session.context.memory.store(session.cache), {one.name for one in noted.plan.keep}
    digests = {pin.name: pin.file.digest for pin in noted.selection.pins if pin.is_wheel and pin.file is not None and pin.name in kept}
    found = {name: store.sha256_of(digest) for name, digest in digests.items() if digest is not None}
    return {name: digest for name, digest in found.items() if digest is not None}
