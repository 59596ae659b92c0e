"""An environment that lies over others: nothing of its own, but programs and paths that lead to what is below (RUN-7).

overlay/bin/python ─→ the interpreter       overlay/…/site-packages/_hob_overlay.pth ─→ site-packages of each layer, top first
overlay/bin/jupyter   the layers' programs, started by the overlay's Python
"""

import os
import shutil
import stat
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from hobd.core.formats.pyvenv_cfg import parse_pyvenv_cfg, render_pyvenv_cfg
from hobd.environments.create import Shape, create_environment, replace_file
from hobd.environments.interpreter import Interpreter
from hobd.environments.processes import BELOW, Process, can_tell, read_processes, running_in
from hobd.environments.scripts import first_line

_PATHS = "_hob_overlay.pth"
_DATA = ("etc/jupyter", "share/jupyter")
"""Folders that programs look for in their own environment."""
_FOR_ONE_RUN = ".tmp"
"""How the names of environments begin that serve no second time."""
_GRACE_SECONDS = 60
"""Between an answer and the start of the program that it is for."""
_KEPT_SECONDS = 24 * 3600


class Layer(Struct, frozen=True, kw_only=True):
    """An environment below an overlay."""

    interpreter: Interpreter

    @property
    def programs(self) -> Path:
        """The folder of its programs."""
        return self.interpreter.scheme.scripts


def is_overlay(root: Path) -> bool:
    """Whether a whole overlay is there: the paths are written last."""
    return any(root.glob(f"lib/*/site-packages/{_PATHS}"))


def create_overlay(root: Path, layers: Sequence[Layer]) -> None:
    """Make an overlay, in place of what is there.

    Args:
        root: its folder, absolute.
        layers: the top one first; the last is the environment that is extended.
    Raises:
        CannotCreate: the file system refuses.
    """
    if root.exists():
        shutil.rmtree(root)
    interpreter = layers[-1].interpreter
    create_environment(root, interpreter, Shape())
    _note_what_is_below(root, layers[-1])
    for layer in layers:
        _copy_programs(layer, root)
        _link_data(layer, root)
    folders = dict.fromkeys(folder for layer in layers for folder in layer.interpreter.scheme.site_packages)
    calls = "; ".join(f'site.addsitedir(__import__("os").fsdecode({os.fsencode(folder)!r}))' for folder in folders)
    replace_file(root / interpreter.environment_purelib / _PATHS, f"import site; {calls}\n")


def sweep_overlays(folder: Path, now: float, is_free: Callable[[Path], bool] = lambda path: True) -> None:
    """Remove what no process uses any more: what is made for one run at once, what serves again after a day.

    Where processes do not show what they were started with, everything stays for a day.

    Args:
        folder: of the overlays.
        now: seconds since the epoch.
        is_free: whether nobody holds a lock for one of them.
    """
    processes: tuple[Process, ...] | None = None
    for path in _entries(folder):
        age = now - _last_use(path)
        if age < (_GRACE_SECONDS if path.name.startswith(_FOR_ONE_RUN) and can_tell() else _KEPT_SECONDS):
            continue
        processes = read_processes() if processes is None else processes
        if not running_in(processes, path) and is_free(path):
            shutil.rmtree(path, ignore_errors=True)


def mark_used(root: Path) -> None:
    """Note that an overlay serves again."""
    with suppress(OSError):
        (root / ".used").touch()


def _entries(folder: Path) -> list[Path]:
    try:
        return [Path(entry.path) for entry in os.scandir(folder) if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return []


def _last_use(root: Path) -> float:
    for path in (root / ".used", root):
        with suppress(OSError):
            return path.stat().st_mtime
    return time.time()


def _note_what_is_below(root: Path, layer: Layer) -> None:
    configuration = parse_pyvenv_cfg((root / "pyvenv.cfg").read_text("utf-8"))
    replace_file(root / "pyvenv.cfg", render_pyvenv_cfg({**configuration, BELOW: str(layer.interpreter.prefix)}))


def _copy_programs(layer: Layer, root: Path) -> None:
    """The programs that the layer's Python runs, run by the overlay's: so they see all layers."""
    if not layer.interpreter.is_environment:
        return
    own = [first_line(path, is_relocatable=each).encode() for path in _pythons(layer) for each in (False, True)]
    new = first_line(root / "bin" / "python", is_relocatable=False).encode()
    for path in _files(layer.programs):
        target = root / "bin" / path.name
        if os.path.lexists(target):
            continue
        content = path.read_bytes()
        line = next((line for line in own if content.startswith(line + b"\n")), None)
        if line is not None:
            target.write_bytes(new + content[len(line) :])
            target.chmod(stat.S_IMODE(path.stat().st_mode))


def _pythons(layer: Layer) -> Iterable[Path]:
    minor = layer.interpreter.minor
    return (layer.programs / name for name in ("python", "python3", f"python{minor}"))


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(Path(entry.path) for entry in os.scandir(folder) if entry.is_file(follow_symlinks=False))
    except OSError:
        return []


def _link_data(layer: Layer, root: Path) -> None:
    for name in _DATA:
        source, target = layer.interpreter.prefix / name, root / name
        if layer.interpreter.is_environment and source.is_dir() and not os.path.lexists(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            target.symlink_to(source)
