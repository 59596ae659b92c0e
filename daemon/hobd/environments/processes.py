"""Which processes of this user run in which environment, as far as the system shows it (`/proc`; nothing elsewhere)."""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from hobd.core.formats.pyvenv_cfg import parse_pyvenv_cfg

_PROCESSES = Path("/proc")
_VARIABLE = b"VIRTUAL_ENV="
BELOW = "extends-environment"
"""The key of an overlay's `pyvenv.cfg` that names the environment below it; type checkers look for it too."""


class Process(Struct, frozen=True, kw_only=True):
    """One that may run in an environment."""

    pid: int
    command: str
    """Its words, with blanks between them."""
    places: tuple[str, ...]
    """Paths that tell where it runs: its program, the environment that it was started in, what that lies over. Links are kept."""

    def maps(self, root: Path) -> bool:
        """Whether it has mapped a file below a folder: of compiled modules that shows even where it was entered through a link."""
        with suppress(OSError):
            return f"{root}/".encode() in (_PROCESSES / str(self.pid) / "maps").read_bytes()
        return False


def can_tell() -> bool:
    """Whether the system shows what processes were started with."""
    return (_PROCESSES / "self" / "environ").exists()


def read_processes() -> tuple[Process, ...]:
    """The processes that may be read: mostly the user's own."""
    return tuple(_read_all())


def running_in(processes: Iterable[Process], *roots: Path) -> tuple[Process, ...]:
    """Those that run in an environment, by any of the paths that they may know it by."""
    return tuple(one for one in processes if any(_names(one, root) for root in roots))


def running_in_generation(processes: Iterable[Process], root: Path, place: Path) -> tuple[Process, ...]:
    """Those that run in a generation that is not the present one.

    Args:
        processes: all.
        root: the folder of the generation.
        place: the link. Who came through it runs in the present generation, or in the one whose files it has mapped.
    """
    return tuple(one for one in processes if _names(one, root) or (_names(one, place) and one.maps(root)))


def _names(process: Process, root: Path) -> bool:
    folder = f"{root}/"
    return any(place == str(root) or place.startswith(folder) for place in process.places)


def _read_all() -> Iterator[Process]:
    own = os.getpid()
    try:
        names = os.listdir(_PROCESSES)
    except OSError:
        return
    for name in names:
        if name.isdigit() and int(name) != own:
            with suppress(OSError):
                yield _read(_PROCESSES / name)


def _read(folder: Path) -> Process:
    words = (folder / "cmdline").read_bytes().split(b"\0")
    variables = (folder / "environ").read_bytes().split(b"\0")
    environments = [os.fsdecode(each[len(_VARIABLE) :]) for each in variables if each.startswith(_VARIABLE)]
    program = os.fsdecode(words[0])
    if "/" in program:
        program = os.path.normpath(os.path.join(os.readlink(folder / "cwd"), program))
    below = [found for each in environments if (found := _below(Path(each))) is not None]
    command = " ".join(os.fsdecode(word) for word in words).strip()
    return Process(pid=int(folder.name), command=command, places=(program, *environments, *below))


def _below(root: Path) -> str | None:
    with suppress(OSError, UnicodeDecodeError):
        return parse_pyvenv_cfg((root / "pyvenv.cfg").read_text("utf-8")).get(BELOW)
    return None
