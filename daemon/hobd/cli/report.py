"""Lines that tell what was done: summaries and changes."""

from collections.abc import Iterable, Sequence
from typing import Literal

from msgspec import Struct

from hobd.cli.quantities import duration, plural, size
from hobd.cli.style import bold, cyan, dim, green, red, yellow

Happened = Literal["removed", "added", "reinstalled"]

_MARKS = {"removed": red("-"), "added": green("+"), "reinstalled": yellow("~")}
_ORDER = tuple(_MARKS)
_MOST_BROUGHT = 8
"""Each has a line of its own above."""


class Change(Struct, frozen=True, kw_only=True):
    """A distribution that came or went."""

    happened: Happened
    name: str
    version: str
    origin: str | None = None
    """Where it comes from, if not from an index: `file:///…`, `git+URL@commit`."""
    is_unbuilt: bool = False
    """Whether its version is not known yet: then the origin stands for it."""


def render_summary(verb: str, count: int, seconds: float | None, noun: str = "package", how: str = "") -> str:
    """`Resolved 5 packages in 12ms`; without a time for what was not done (`Would install 5 packages`). `how` stands before the time."""
    time = "" if seconds is None else f" {dim(f'in {duration(seconds)}')}"
    return dim(f"{verb} {bold(plural(count, noun))}{how}{time}") + "\n"


def render_resolved(count: int, seconds: float) -> str:
    """How many packages a resolution or lock holds; of none there is no number."""
    return _render_counted("Resolved", count, seconds)


def render_prepared(count: int, seconds: float, *, is_shared: bool = False) -> str:
    """How many distributions were fetched, built or unpacked. `is_shared`: in the environment itself, once all else was there."""
    return render_summary("Prepared", count, seconds, how=" without build isolation" if is_shared else "")


def render_uninstalled(count: int, seconds: float) -> str:
    """How many distributions were removed."""
    return render_summary("Uninstalled", count, seconds)


def render_installed(count: int, seconds: float) -> str:
    """How many distributions were installed."""
    return render_summary("Installed", count, seconds)


def render_checked(count: int, seconds: float) -> str:
    """How many distributions were found as they should be; of none there is no number."""
    return _render_counted("Checked", count, seconds)


def _render_counted(verb: str, count: int, seconds: float) -> str:
    if count == 0:
        return dim(f"{verb} {dim(f'in {duration(seconds)}')}") + "\n"
    return render_summary(verb, count, seconds)


def render_brought(asked: Sequence[str], names: Sequence[str], size_bytes: int | None) -> str:
    """`Along with fastapi came 12 packages (3.1MiB): anyio, idna, …`: what was not asked for.

    Args:
        asked: names; of several only their number is told.
        names: in order; only the first are told.
        size_bytes: of what is downloaded for them; None where an index does not say.
    """
    cause = bold(asked[0]) if len(asked) == 1 else bold(plural(len(asked), "package"))
    amount = "" if size_bytes is None else f" ({size(size_bytes)})"
    listed = ", ".join(names[:_MOST_BROUGHT]) + (", …" if len(names) > _MOST_BROUGHT else "")
    return dim(f"Along with {cause} came {bold(plural(len(names), 'other package'))}{amount}: {listed}") + "\n"


def render_compiled(count: int, seconds: float) -> str:
    """How many source files were compiled to bytecode."""
    return render_summary("Bytecode compiled", count, seconds, noun="file")


def render_changes(changes: Iterable[Change]) -> str:
    """One line a change, by name; of one name what went comes first."""
    ordered = sorted(changes, key=lambda change: (change.name, _ORDER.index(change.happened), change.version))
    return "".join(_render_change(change) for change in ordered)


def _render_change(change: Change) -> str:
    origin = f" (from {change.origin})" if change.origin else ""
    told = f" @ {change.origin}" if change.is_unbuilt and change.origin else f"=={change.version}{origin}"
    return f" {_MARKS[change.happened]} {bold(change.name)}{dim(told)}\n"


class LockChange(Struct, frozen=True, kw_only=True):
    """A package whose locked versions changed; several versions are those of several forks."""

    name: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


def render_lock_changes(changes: Iterable[LockChange], *, is_dry_run: bool = False) -> str:
    """`Updated six v1.17.0 -> v1.16.0`, `Added …`, `Removed …`, by name; a dry run says what it would do."""
    return "".join(_render_lock_change(change, is_dry_run) for change in sorted(changes, key=lambda change: change.name))


def _render_lock_change(change: LockChange, is_dry_run: bool) -> str:
    before, after = (", ".join(_told(version) for version in versions) for versions in (change.before, change.after))
    if not before:
        return f"{bold(green('Add' if is_dry_run else 'Added'))} {change.name} {after}\n"
    if not after:
        return f"{bold(red('Remove' if is_dry_run else 'Removed'))} {change.name} {before}\n"
    return f"{bold(green('Update' if is_dry_run else 'Updated'))} {change.name} {before} -> {after}\n"


def _told(version: str) -> str:
    return version if version.startswith("(") else f"v{version}"


def render_using(interpreter: str, path: str) -> str:
    """Which interpreter is taken: `CPython 3.12.1`."""
    return f"Using {interpreter} interpreter at: {cyan(path)}\n"


def render_creating(path: str, *, with_seed: bool = False) -> str:
    """Where an environment is created."""
    return f"Creating virtual environment {'with seed packages ' if with_seed else ''}at: {cyan(path)}\n"


_FATES = {"use": "Using", "replace": "Updating", "create": "Creating"}


def render_script_place(fate: str, path: str, *, is_dry_run: bool) -> str:
    """What becomes of a script's environment: `use`, `replace` or `create`."""
    return render_would(f"Would {fate} script environment at" if is_dry_run else f"{_FATES[fate]} script environment at", path)


def render_would(what: str, path: str) -> str:
    """A dry run's line on a place: `Would use project environment at: .venv`."""
    return dim(f"{what}: {cyan(path)}") + "\n"
