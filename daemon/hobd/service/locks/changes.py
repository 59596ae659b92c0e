"""Changes of a lock, as they are told."""

from collections.abc import Iterable

from hobd.cli.report import LockChange
from hobd.core.lockfile.changes import Change


def lock_rows(changes: Iterable[Change]) -> list[LockChange]:
    """One row a name; versions bare, as their `v` is put in where they are told."""
    return [LockChange(name=each.name, before=_bare(each.before), after=_bare(each.after)) for each in changes]


def _bare(versions: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(version.removeprefix("v") for version in versions)
