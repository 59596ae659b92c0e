"""Carry out a plan: link what is wanted from the store, remove what is not, all or nothing (INS-8, uv-lock.md 6.6).

    stage every new file below .hob-txn/new, in a few threads ─→ journal ─→ move into place, remove the old ─→ done
    └──────────── a failure here changes nothing ───────────┘ └───── a kill here is finished by the next one ─────┘

The caller holds the environment's lock.
"""

import os
import time
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path

from msgspec import Struct, field

from hobd.core.plan.model import Installed
from hobd.core.vocab.disk import os_cause, ways_out
from hobd.core.vocab.names import Name, normalize
from hobd.environments import journal
from hobd.environments.environment import Environment
from hobd.environments.journal import Change
from hobd.environments.layout import Addition, Places, lay_out
from hobd.environments.link import COPY_WARNING, KnownModes, Linker
from hobd.environments.stage import Stage
from hobd.environments.staging import Staged, stage_all
from hobd.environments.uninstall import Belongings, read_belongings
from hobd.errors import HobError, WorldError
from hobd.files_program import find_files_program

_HINT = "The next command that uses the environment finishes the change"
_UNCHANGED = "The environment is as it was"


class CannotApply(WorldError):
    """The environment could not be changed; it is as it was, or the next change finishes this one."""


class ApplySettings(Struct, frozen=True, kw_only=True):
    """How distributions are installed."""

    link_mode: str = "clone"
    writes_installer: bool = True
    """Whether `INSTALLER` and `REQUESTED` are written."""
    known_modes: KnownModes = field(default_factory=dict)
    """What file systems can do; outlives the call."""
    files_program: Path | None = field(default_factory=find_files_program)
    """What links many files quickly; None: it is done here."""


class Applied(Struct, frozen=True, kw_only=True):
    """What was done."""

    removed: tuple[tuple[Name, str], ...] = ()
    """Names and versions."""
    installed: tuple[tuple[Name, str], ...] = ()
    files: int = 0
    """Linked or written."""
    seconds: float = 0.0
    warnings: tuple[str, ...] = ()


def apply_plan(environment: Environment, remove: Sequence[Installed], add: Sequence[Addition], settings: ApplySettings) -> Applied:
    """Change an environment. Blocking: run it in a worker thread.

    Args:
        environment: whose lock the caller holds.
        remove: what goes; what is replaced must be among it.
        add: what comes, unpacked.
        settings: how.
    Raises:
        UninstallableWheel: a wheel wants what cannot be; nothing has changed.
        ChangedInStore: what comes is not what was unpacked; nothing has changed.
        CannotUninstall: what goes did not say what it consists of; nothing has changed.
        CannotApply: the disk refuses.
    """
    begun = time.perf_counter()
    root = environment.root
    was_whole = _is_whole(root)
    journal.repair(root)
    try:
        belongings = [read_belongings(one, root) for one in remove]
        linker = Linker(settings.link_mode, _devices(environment, add), settings.known_modes)
        staged = _stage_all(environment, add, linker, settings)
        change = _change(environment, belongings, chain.from_iterable(one.paths() for one in staged))
        journal.decide(root, change)
    except OSError as error:
        journal.abandon(root)
        if not root.exists():
            raise _removed(root) from error
        why = f"The environment at `{root}` cannot be changed"
        raise CannotApply(why, causes=(os_cause(error),), hints=(*ways_out(error), _UNCHANGED)) from error
    except HobError:
        journal.abandon(root)
        raise
    try:
        journal.carry_out(root, change)
    except OSError as error:
        why = f"The environment at `{root}` could not be changed to the end"
        raise CannotApply(why, causes=(os_cause(error),), hints=(*ways_out(error), _HINT)) from error
    if was_whole and not _is_whole(root):
        raise _removed(root)
    warnings = tuple(warning for one in belongings for warning in one.warnings)
    return Applied(
        removed=tuple((one.name, one.version) for one in remove),
        installed=tuple((normalize(one.manifest.name), one.manifest.version) for one in add),
        files=sum(one.count for one in staged),
        seconds=time.perf_counter() - begun,
        warnings=warnings + ((COPY_WARNING,) if add and linker.falls_back else ()),
    )


def _is_whole(root: Path) -> bool:
    """Whether it still says that it is an environment. Folders of packages alone never did."""
    return os.path.lexists(root / "pyvenv.cfg")


def _removed(root: Path) -> CannotApply:
    return CannotApply(f"The environment at `{root}` was removed meanwhile", hint="Delete what is left of it, and run the command again")


def _devices(environment: Environment, add: Sequence[Addition]) -> tuple[int, int]:
    """Of the store and of the environment."""
    target = os.stat(environment.root).st_dev
    return (os.stat(add[0].tree).st_dev if add else target, target)


def _stage_all(environment: Environment, add: Sequence[Addition], linker: Linker, settings: ApplySettings) -> list[Staged]:
    """Stage every addition: the smallest first, which is a trial, and then those that take longest."""
    places, stage = Places(environment), Stage(journal.begin(environment.root), linker)
    largest_first = sorted(add, key=lambda one: one.manifest.count, reverse=True)
    ordered = chain(largest_first[-1:], largest_first[:-1])
    layouts = (lay_out(one, places, writes_installer=settings.writes_installer) for one in ordered)
    return stage_all(stage, layouts, sum(one.manifest.count for one in add), settings.files_program, places.library)


def _change(environment: Environment, belongings: Sequence[Belongings], written: Iterable[str]) -> Change:
    """What goes, now that it is known what comes."""
    root = str(environment.root)
    libraries = {os.path.relpath(folder, root) for folder in (environment.scheme.purelib, environment.scheme.platlib)}
    places = tuple("" if library == "." else library for library in sorted(libraries))
    if not belongings:
        return Change(libraries=places)
    new = set(written)
    old = dict.fromkeys(path for one in belongings for path in one.files)
    staged_folders = {path.rpartition("/")[0] for path in new}
    folders = [path for one in belongings for path in one.folders if path not in staged_folders]
    kept_info = {path for one in belongings for path in one.folders if path in staged_folders}
    obsolete = [path for path in old if path not in new]
    obsolete += [path for folder in kept_info for path in _files_below(environment.root, folder) if path not in new and path not in old]
    return Change(
        obsolete=tuple(obsolete),
        replaced=tuple(path for path in old if path in new),
        folders=tuple(folders),
        easy_install=tuple((one.easy_install[0], one.easy_install[1]) for one in belongings if one.easy_install),
        libraries=places,
    )


def _files_below(root: Path, folder: str) -> list[str]:
    """What lies in the metadata of a distribution whose new version has the same folder: leftovers would speak for the new one."""
    found = []
    for place, _, names in os.walk(root / folder):
        relative = os.path.relpath(place, root)
        found += [f"{relative}/{name}" for name in names]
    return found
