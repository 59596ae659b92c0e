"""What hob knows of the environments that it has filled, and what the disk and the system say of them now."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hobd.environments.extent import Extent, read_extent
from hobd.environments.generations import Generations
from hobd.environments.processes import Process, running_in, running_in_generation
from hobd.environments.register import KnownEnvironment, Register


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
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
        if not self.generations:
            return running_in(processes, self.place)
        found = [running_in_generation(processes, root, self.place, is_present=root == self.roots[-1]) for root in self.roots]
        return tuple({one.pid: one for some in found for one in some}.values())


def read_entries(register: Register) -> list[Entry]:
    """All environments that are there, in order of path. What is gone for good is forgotten."""
    by_place: dict[Path, list[KnownEnvironment]] = {}
    for known in register.every():
        if known.is_there:
            by_place.setdefault(_place_of(known.path), []).append(known)
        elif not known.may_come_back:
            register.forget(known.path)
    return [_entry(place, some) for place, some in sorted(by_place.items())]


def _place_of(path: Path) -> Path:
    """The place of an environment: of a generation, the link that leads to one of them."""
    if path.parent.suffix == ".d" and path.name.isdigit():
        place = path.parent.with_suffix("")
        if Generations(place).current() is not None:
            return place
    return path


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
