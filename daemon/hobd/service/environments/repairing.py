"""`hob env repair`: what was changed or lost in an environment is installed again from the store.

finish what was interrupted ─→ read every file ─→ what is not as its RECORD says ─→ its wheel, read through ─→ install it again
                                                                                        └─ not in the store: it is named
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from time import monotonic

from anyio import to_thread
from msgspec import Struct

from hobd.cli.env import EnvRepair
from hobd.cli.report import Change, render_changes, render_checked, render_summary
from hobd.cli.style import cyan
from hobd.core.plan.model import Installed
from hobd.core.vocab.digest import Digest
from hobd.core.vocab.request import Outcome
from hobd.environments.apply import apply_plan
from hobd.environments.create import is_environment
from hobd.environments.damage import Damage, find_damage
from hobd.environments.environment import Environment, read_environment
from hobd.environments.generations import Generations, settle_place
from hobd.environments.inspect import read_installed
from hobd.environments.layout import Addition
from hobd.environments.register import Register
from hobd.errors import RequestError
from hobd.projects.files import absolute
from hobd.service.context import Context
from hobd.service.opening import open_session
from hobd.service.session import Session
from hobd.service.syncs.changing import changing_in_place
from hobd.service.syncs.environment import apply_settings
from hobd.service.syncs.project_python import environment_place
from hobd.store.wheels import WheelStore


class CannotRepair(RequestError):
    """Something is damaged, and cannot be had from the store."""

    default_code = 1


class _Patient(Struct, frozen=True):
    """A distribution that is not what was installed."""

    installed: Installed
    damages: tuple[Damage, ...]


async def tell(command: EnvRepair, context: Context) -> Outcome:
    """Check everything, and make good what can be made good."""
    async with open_session(command, context) as session:
        context.evidence.spoil("every file of an environment")
        root = _find_root(command, session)
        interpreter = await session.prober().probe(root / "bin" / "python")
        environment = read_environment(interpreter, context.evidence)
        begun = monotonic()
        async with changing_in_place(environment, session.settings.cache.lock_timeout_seconds):
            installed = read_installed(environment.scheme.site_packages, context.evidence)
            patients = await to_thread.run_sync(_examine, installed)
            if not patients:
                context.voice.note(render_checked(len(installed), monotonic() - begun))
                return Outcome()
            _say_damage(patients, session)
            await _heal(patients, environment, session)
        return Outcome()


def _find_root(command: EnvRepair, session: Session) -> Path:
    """The folder of the environment: of generations, the present one.

    Raises:
        HobError: there is none.
    """
    place = environment_place(session.workspace(), session, is_active=False) if command.path is None else None
    path = place or absolute(Path(command.path or ""), session.cwd)
    generations = Generations(settle_place(path))
    present = generations.current()
    root = path if present is None else generations.root(present)
    if not is_environment(root):
        raise RequestError(f"There is no virtual environment at `{session.shown(path)}`", hint="`hob sync` makes that of a project")
    return root


def _examine(installed: Sequence[Installed]) -> list[_Patient]:
    return [_Patient(one, damages) for one in installed if (damages := find_damage(one))]


def _say_damage(patients: Sequence[_Patient], session: Session) -> None:
    for patient in patients:
        for damage in patient.damages:
            session.context.voice.note(f"{cyan(session.shown(damage.path))} {damage.reason}\n")


async def _heal(patients: Sequence[_Patient], environment: Environment, session: Session) -> None:
    """Install again what the store has.

    Raises:
        CannotRepair: it does not have everything.
    """
    begun = monotonic()
    store, known = session.context.memory.store(session.cache), Register(session.cache).find(environment.root)
    digests = {} if known is None else dict(known.wheels)
    healed: list[_Patient] = []
    additions: list[Addition] = []
    for patient in patients:
        sha256 = digests.get(patient.installed.name)
        addition = None if sha256 is None else await to_thread.run_sync(_addition, store, sha256, patient.installed)
        if addition is not None:
            healed.append(patient)
            additions.append(addition)
    if healed:
        removed = [patient.installed for patient in healed]
        await to_thread.run_sync(partial(apply_plan, environment, removed, additions, apply_settings(session)))
        session.context.voice.note(render_summary("Repaired", len(healed), monotonic() - begun))
        rows = [Change(happened="reinstalled", name=str(one.name), version=one.version_text) for one in removed]
        session.context.voice.note(render_changes(rows))
    lost = [str(patient.installed.name) for patient in patients if patient not in healed]
    if lost:
        options = " ".join(f"--reinstall-package {name}" for name in lost)
        raise CannotRepair(
            f"Not in the cache any more, so not repaired: {', '.join(f'`{name}`' for name in lost)}", hint=f"Try `hob sync {options}`"
        )


def _addition(store: WheelStore, sha256: str, installed: Installed) -> Addition | None:
    """The same wheel with the same marks of origin; None where the store does not have it as it was."""
    wheel = store.find_now(Digest("sha256", sha256), is_deep=True)
    if wheel is None:
        return None
    return Addition(
        tree=wheel.tree,
        manifest=wheel.manifest,
        title=f"{installed.name}=={installed.version}",
        origin=_text(installed.location / "direct_url.json"),
        cache_info=_text(installed.location / "uv_cache.json"),
        build_info=_text(installed.location / "uv_build.json"),
    )


def _text(path: Path) -> str | None:
    try:
        return path.read_text("utf-8")
    except OSError:
        return None
