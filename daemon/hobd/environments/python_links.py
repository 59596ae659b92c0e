"""Links to managed interpreters in the folder where people keep programs."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from msgspec import Struct

from hobd.core.vocab.disk import os_reason
from hobd.environments.managed import ManagedPython, replace_link
from hobd.errors import WorldError


class NotLinked(WorldError):
    """A program of another's is in the way, or the folder cannot be written."""


class LinkManners(Struct, frozen=True, kw_only=True):
    """How free one is with what is there."""

    is_forced: bool = False
    replaces_own: bool = False
    """Whether a link that leads to the same installation is made anew."""
    replaces_others: bool = False
    """Whether one that leads to another installation gives way, whichever is newer."""


def link_names(python: ManagedPython, *, is_default: bool) -> list[str]:
    """The names by which an installation is linked: `python3.12`, and as the default `python3` and `python`."""
    key = python.key
    stem = key.program.removesuffix(f"{key.minor}{key.suffix}")
    return [key.program, f"{stem}3{key.suffix}", f"{stem}{key.suffix}"] if is_default else [key.program]


def link_program(place: Path, python: ManagedPython, target: Path, known: Sequence[ManagedPython], manners: LinkManners) -> bool:
    """Link a program.

    Args:
        place: where the link belongs.
        python: whose program it is.
        target: what it leads to.
        known: all installations, to recognise links to them.
    Returns:
        Whether the link was made: not where one that is as good is there.
    Raises:
        NotLinked: what is there is not ours, or it cannot be written.
    """
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reasons = (
            "Failed to create directory for Python executable link",
            f"failed to create directory `{place.parent}`: {os_reason(error)}",
        )
        raise NotLinked(reasons[0], causes=reasons[1:]) from error
    if os.path.lexists(place) and not _gives_way(place, python, known, manners):
        return False
    try:
        replace_link(place, target)
    except OSError as error:
        raise NotLinked(f"Failed to create link at `{place}`", causes=(os_reason(error),)) from error
    return True


def _gives_way(place: Path, python: ManagedPython, known: Sequence[ManagedPython], manners: LinkManners) -> bool:
    owner = find_owner(place, known)
    if owner is None:
        is_broken = place.is_symlink() and not place.exists()
        if not (is_broken or manners.is_forced):
            raise NotLinked(f"Executable already exists at `{place}` but is not managed by hob; use `--force` to replace it")
        return True
    if owner.folder == python.folder:
        return manners.replaces_own or manners.is_forced
    return manners.is_forced or manners.replaces_others or _is_upgrade(python, owner)


def _is_upgrade(python: ManagedPython, other: ManagedPython) -> bool:
    return python.key.minor_key == other.key.minor_key and python.key.version > other.key.version


def find_owner(place: Path, known: Iterable[ManagedPython]) -> ManagedPython | None:
    """The installation that a link leads to; None where it is no link to one."""
    if not place.is_symlink():
        return None
    real = place.resolve()
    return next((python for python in known if real == python.program.resolve()), None)


def remove_links(folder: Path, gone: Sequence[ManagedPython]) -> dict[Path, list[str]]:
    """Remove the links to installations that are about to go.

    Returns:
        Their names, sorted, by the installation's folder.
    """
    names = {name for python in gone for name in link_names(python, is_default=True)}
    removed: dict[Path, list[str]] = {}
    for name in sorted(names):
        owner = find_owner(folder / name, gone)
        if owner is not None:
            (folder / name).unlink()
            removed.setdefault(owner.folder, []).append(name)
    return removed
