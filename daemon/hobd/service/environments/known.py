"""What hob knows of the environments that it has filled, and what the disk and the system say of them now."""

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from hobd.environments.extent import Extent, read_extent
from hobd.environments.generations import Generations, find_place
from hobd.environments.processes import Process, running_in
from hobd.environments.register import KnownEnvironment, Register


class Entry(Struct, frozen=True, kw_only=True):
    """One environment, with its generations where it has some."""

    place: Path
    """Where it is for everybody."""
    roots: tuple[Path, ...]
    """The folders that it consists of; the present one last."""
    python: str
    """The full version."""
    project: Path | None
    """The root of the workspace, or the file of the script."""
    used: float
    """The day of the last use: seconds since the epoch."""

    @property
    def generations(self) -> int:
        """How many there are; 0 where it has none."""
        return 0 if self.roots == (self.place,) else len(self.roots)

    def extent(self) -> Extent:
        """What it takes of the disk. Blocking: walks all of it."""
        return read_extent(self.roots)

    def running(self, processes: Sequence[Process]) -> tuple[Process, ...]:
        """Those that run in it."""
        return running_in(processes, self.place, *self.roots)


def read_entries(register: Register) -> list[Entry]:
    """All environments that are there, in order of path. What is gone for good is forgotten."""
    by_place: dict[Path, list[KnownEnvironment]] = {}
    for known in register.every():
        if known.is_there:
            by_place.setdefault(find_place(known.path) or known.path, []).append(known)
        elif not known.may_come_back:
            register.forget(known.path)
    return [_entry(place, some) for place, some in sorted(by_place.items())]


def _entry(place: Path, known: Sequence[KnownEnvironment]) -> Entry:
    generations = Generations(place)
    present = generations.current()
    if present is None:
        roots: tuple[Path, ...] = (place,)
    else:
        others = [one.root for one in generations.every() if one.number != present]
        roots = (*others, generations.root(present))
    latest = next((one for one in known if one.path in (roots[-1], place)), known[-1])
    project = next((one.project for one in (latest, *known) if one.project is not None), None)
    return Entry(place=place, roots=roots, python=latest.python, project=project, used=max(one.used for one in known))
