"""Environments on top of what is there: `--with` and `--isolated` (RUN-6, RUN-7, RUN-8).

base environment ──enough?──→ used as it is
      │ no
      ▼
resolve for its interpreter ─→ cached environment of what was chosen ─→ overlay over both, kept while it is used
"""

import hashlib
import json
import tempfile
from pathlib import Path

from anyio import to_thread

from hobd.cli.run import Run
from hobd.core.lockfile.model import Lock
from hobd.core.plan.model import Selection
from hobd.environments.create import Shape, create_environment
from hobd.environments.inspect import read_installed
from hobd.environments.interpreter import Interpreter
from hobd.environments.overlay import Layer, create_overlay, is_overlay, mark_used
from hobd.projects.project_lock import hold_file_lock
from hobd.service.builds.building import Builder
from hobd.service.cache_folders import ENVIRONMENTS, OVERLAYS
from hobd.service.caches.overlays import sweep_unused
from hobd.service.locks.locking import say_resolved
from hobd.service.locks.narrow import NarrowSubject, is_installed, make_subject, posing_here, resolve_here, select_here
from hobd.service.runs.child import Home, make_lease
from hobd.service.runs.with_requirements import wanted_with
from hobd.service.scripts.python import make_cached_environment
from hobd.service.session import Session
from hobd.service.syncs.environment import Manner, Syncer


async def lay_over(command: Run, base: Interpreter, preferred: Lock | None, session: Session) -> tuple[Home, bool]:
    """The base with what `--with` asks for on top, and whether all of it was there before.

    Args:
        command: what is asked for.
        base: Python of the environment below.
        preferred: versions of this lock are taken again where they fit.
        session: of the command.
    Raises:
        HobError: there is no solution, or something cannot be installed.
    """
    wanted = wanted_with(command, session)
    if wanted.is_empty:
        return Home.of(base, session), True
    subject = make_subject(wanted.script(), session.cwd, base, session, preferred)
    if not command.isolated and is_installed(subject, posing_here(subject, session), base, session):
        return Home.of(base, session), True
    layer, is_same = await _fill_layer(subject, session, is_told=bool(command.show_resolution))
    root = session.cache / OVERLAYS / _key([str(layer.interpreter.prefix), str(base.prefix), *_contents(base, session)])
    session.context.evidence.saw(root / "bin")
    layers = (layer, Layer(interpreter=base))
    if not await to_thread.run_sync(is_overlay, root):
        is_same = False
        await _create(root, layers, session)
    await to_thread.run_sync(mark_used, root)
    home = Home(
        python=root / "bin" / "python",
        environment=root,
        programs=(root / "bin", *(each.programs for each in layers)),
        lease=make_lease(session, root, *(each.interpreter.prefix for each in layers)),
    )
    return home, is_same


async def make_isolated(interpreter: Interpreter, session: Session) -> Interpreter:
    """An environment for one run; removed when a later run finds that its programs have ended."""
    folder = session.cache / OVERLAYS
    session.context.evidence.spoil("an environment of its own")

    def make() -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        sweep_unused(session.cache)
        root = Path(tempfile.mkdtemp(prefix=".tmp", dir=folder))
        create_environment(root, interpreter, Shape())
        return root

    root = await to_thread.run_sync(make)
    return await session.prober().probe_new(root, interpreter)


async def _fill_layer(subject: NarrowSubject, session: Session, *, is_told: bool) -> tuple[Layer, bool]:
    """The cached environment of what is asked for, and whether it was there."""
    locked = await resolve_here(subject, session, title="No solution found when resolving `--with` dependencies")
    if is_told:
        say_resolved(locked, session)
    selection = select_here(locked, subject.interpreter, session)
    python_parts = [str(subject.interpreter.base_executable), str(subject.interpreter.version)]
    place = session.cache / ENVIRONMENTS / _key([*python_parts, *_chosen(selection, subject.root)])
    python = place / "bin" / "python"
    session.context.evidence.saw(python)
    is_there = python.exists()
    interpreter = (
        await session.prober().probe(python) if is_there else await make_cached_environment(place, subject.interpreter, None, session)
    )
    builder = Builder(session=session, network=locked.network, interpreter=interpreter, subject=subject)
    syncer = Syncer(session=session, network=locked.network, builder=builder, interpreter=interpreter)
    synced = await syncer.run(selection, Manner(says_checked=is_told))
    return Layer(interpreter=interpreter), is_there and not synced.is_changed


async def _create(root: Path, layers: tuple[Layer, ...], session: Session) -> None:
    def create() -> None:
        if not is_overlay(root):
            create_overlay(root, layers)
        sweep_unused(session.cache)

    await to_thread.run_sync(lambda: root.parent.mkdir(parents=True, exist_ok=True))
    async with hold_file_lock(root.with_name(f"{root.name}.lock"), str(root), session.settings.cache.lock_timeout_seconds):
        await to_thread.run_sync(create)


def _chosen(selection: Selection, root: Path) -> list[str]:
    """What tells one choice from another; what lies in folders is told by the folder that paths start from."""
    rows = [f"{pin} {pin.package.source} {None if pin.file is None else pin.file.digest or pin.file.name}" for pin in selection.pins]
    return [*rows, str(root)] if any(pin.is_local for pin in selection.pins) else rows


def _contents(base: Interpreter, session: Session) -> list[str]:
    """The base's programs are copied: what brings them is part of what an overlay is."""
    if not base.is_environment:
        return []
    return [
        f"{one.name}=={one.version}"
        for one in read_installed(base.scheme.site_packages, session.context.evidence, session.context.memory.installed)
    ]


def _key(parts: list[str]) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]
