"""The packages that install packages, put into a new environment (VEN-5)."""

from pathlib import Path

from msgspec.structs import replace

from hobd.cli.report import render_changes
from hobd.core.vocab.project import Script
from hobd.environments.interpreter import Interpreter
from hobd.errors import HobError
from hobd.service.builds.building import Builder
from hobd.service.locks.narrow import make_subject, resolve_here, select_here
from hobd.service.session import Session
from hobd.service.syncs.environment import Manner, Syncer

_ALWAYS = ("pip",)
_BEFORE_312 = ("setuptools", "wheel")
"""What `venv` and `virtualenv` put in, too, as long as Python had `distutils`."""


async def seed(place: Path, session: Session) -> None:
    """Install the newest `pip` that fits, and what goes with it in old Pythons; what came is listed.

    Raises:
        HobError: they cannot be had.
    """
    interpreter = await session.prober().probe(place / "bin" / "python")
    quiet = replace(session, context=replace(session.context, voice=session.context.voice.hushed()))
    try:
        lines = await _install(interpreter, quiet)
    except HobError as error:
        raise error.under("Failed to install seed packages into virtual environment", code=2) from error
    session.context.voice.note(lines)


async def _install(interpreter: Interpreter, session: Session) -> str:
    wanted = _ALWAYS if (interpreter.version.major, interpreter.version.minor) >= (3, 12) else _ALWAYS + _BEFORE_312
    subject = make_subject(Script(path=None, dependencies=wanted), session.cwd, interpreter, session)
    locked = await resolve_here(subject, session, title=f"No solution found when resolving: {', '.join(f'`{name}`' for name in wanted)}")
    builder = Builder(session=session, network=locked.network, interpreter=interpreter, subject=subject)
    syncer = Syncer(session=session, network=locked.network, builder=builder, interpreter=interpreter)
    synced = await syncer.run(select_here(locked, interpreter, session), Manner(is_exact=False))
    return render_changes(syncer.changes(synced.plan, dict(synced.applied.installed)))
