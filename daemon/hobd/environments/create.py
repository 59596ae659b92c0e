"""Make a virtual environment: the files that uv makes, nothing run (VEN-1, VEN-4, VEN-6)."""

import errno
import os
import shutil
from pathlib import Path

from msgspec import Struct

from hobd.core.formats.pyvenv_cfg import parse_pyvenv_cfg, render_pyvenv_cfg
from hobd.core.vocab.disk import os_reason, ways_out
from hobd.core.vocab.uv_version import UV_VERSION
from hobd.environments.activation_scripts import activation_scripts
from hobd.environments.interpreter import Interpreter
from hobd.environments.managed import follows_patches
from hobd.errors import WorldError
from hobd.faults import crash_point

"""uv knows its own environments by this key, and so spares hob's the treatment of foreign ones."""

_CACHEDIR_TAG = "Signature: 8a477f597d28d172789f06886806bc55"
_INCOMPLETE = "hob-incomplete"
"""A key that stands in `pyvenv.cfg` while an environment is being made: what is found with it may be made again."""


class CannotCreate(WorldError):
    """The environment cannot be made at that place."""


class Shape(Struct, frozen=True, kw_only=True):
    """What kind of environment is wanted."""

    prompt: str | None = None
    """What shells show; None: the name of the folder, which need not be written."""
    has_system_packages: bool = False
    is_relocatable: bool = False
    is_seeded: bool = False
    """That packages to install packages with will be put into it."""
    clears: bool = False
    """What is there is removed first: an environment, or with `is_forced` any folder."""
    is_forced: bool = False
    keeps: bool = False
    """What is there stays, and is written over."""
    entered_at: Path | None = None
    """The path by which shells enter it, where that is a link to it."""


def create_environment(root: Path, interpreter: Interpreter, shape: Shape, *, shown: str | None = None, base: Path | None = None) -> None:
    """Make an environment.

    Args:
        root: its folder, absolute; may be missing, empty, or what `shape` allows to replace or keep.
        interpreter: the Python it is made from, which may be an environment's own.
        shape: what is wanted.
        shown: the folder's name in errors.
        base: the program to link to, where it is not the interpreter's own.
    Raises:
        CannotCreate: something is there already, or the file system refuses.
    """
    shown = shown or str(root)
    try:
        _make_room(root, shape, shown)
        _write_environment(root, interpreter, shape, base or interpreter.base_executable)
    except OSError as error:
        raise CannotCreate("Failed to create virtual environment", causes=(_reason(error, root, shown),), hints=ways_out(error)) from error


def is_environment(root: Path) -> bool:
    """Whether a folder says that it is a virtual environment."""
    return (root / "pyvenv.cfg").is_file()


def is_incomplete(root: Path) -> bool:
    """Whether its maker did not come to the end: not even to the end of the first file, which says where Python is (PEP 405)."""
    try:
        configuration = parse_pyvenv_cfg((root / "pyvenv.cfg").read_text("utf-8"))
        return _INCOMPLETE in configuration or "home" not in configuration
    except (OSError, UnicodeDecodeError):
        return False


def remove_environment(root: Path) -> None:
    """Remove an environment and its folder; of a link, what it leads to is emptied. Until the last moment it is recognised as one."""
    if root.is_dir():  # else it is a link to nowhere, which is not an environment
        _empty_folder(root)
    if not root.is_symlink():
        root.rmdir()


def _make_room(root: Path, shape: Shape, shown: str) -> None:
    if not os.path.lexists(root):
        root.mkdir(parents=True)
        return
    if root.is_symlink() and not root.exists():
        raise OSError(errno.EEXIST, os.strerror(errno.EEXIST), str(root))
    if not root.is_dir():
        raise CannotCreate("Failed to create virtual environment", causes=(f"File exists at `{shown}`",))
    has_environment = is_environment(root)
    if shape.clears:
        if not (has_environment or shape.is_forced or not any(root.iterdir())):
            raise CannotCreate(
                "Failed to create virtual environment",
                causes=("hob will not clear a directory that is not a virtual environment",),
                hint="Use the `--force` flag to remove the existing directory anyway",
            )
        _empty_folder(root)
    elif not shape.keeps and any(root.iterdir()):
        if is_incomplete(root):
            _empty_folder(root)
            return
        kind = "virtual environment" if has_environment else "directory"
        raise CannotCreate(
            "Failed to create virtual environment",
            causes=(f"A {kind} already exists at: {shown}",),
            hint=f"Use the `--clear` flag or set `UV_VENV_CLEAR=1` to replace the existing {kind}",
        )


def _empty_folder(root: Path) -> None:
    """Remove what is in a folder, `pyvenv.cfg` last: whoever is interrupted leaves what still looks like an environment."""
    entries = sorted(os.scandir(root), key=lambda entry: entry.name == "pyvenv.cfg")
    for entry in entries:
        crash_point("create.empty")
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path)
        else:
            os.unlink(entry.path)


def _write_environment(root: Path, interpreter: Interpreter, shape: Shape, base: Path) -> None:
    configuration = _configuration(interpreter, shape, base)
    with open(root / "pyvenv.cfg", "w", encoding="utf-8") as file:  # in place: a folder with another file alone is nobody's environment
        crash_point("create.opened")
        file.write(render_pyvenv_cfg({**configuration, _INCOMPLETE: "true"}))
    crash_point("create.begun")
    mark_folder(root)
    programs = root / "bin"
    programs.mkdir(exist_ok=True)
    for folder in dict.fromkeys((interpreter.environment_purelib, interpreter.environment_platlib)):
        (root / folder).mkdir(parents=True, exist_ok=True)
    _link_library(root, interpreter)
    _link_programs(programs, interpreter, base)
    crash_point("create.linked")
    site_packages = tuple(dict.fromkeys(f"../{path}" for path in (interpreter.environment_purelib, interpreter.environment_platlib)))
    entered, is_movable = shape.entered_at, shape.is_relocatable and shape.entered_at is None
    for name, text in activation_scripts(entered or root, shape.prompt, site_packages, is_relocatable=is_movable):
        replace_file(programs / name, text)
    crash_point("create.scripts")
    replace_file(root / "pyvenv.cfg", render_pyvenv_cfg(configuration))


def _configuration(interpreter: Interpreter, shape: Shape, base: Path) -> dict[str, str]:
    values = {
        "home": str(base.parent),
        "implementation": interpreter.name,
        "uv": UV_VERSION,
        "version_info": interpreter.minor if follows_patches(base) else interpreter.markers["python_full_version"].rstrip("+"),
        "include-system-site-packages": "true" if shape.has_system_packages else "false",
    }
    values |= {"relocatable": "true"} if shape.is_relocatable else {}
    values |= {"seed": "true"} if shape.is_seeded else {}
    return values if shape.prompt is None else {**values, "prompt": shape.prompt}


def _link_library(root: Path, interpreter: Interpreter) -> None:
    """64-bit Linux systems look for machine code in `lib64`."""
    if interpreter.markers["sys_platform"] == "linux" and interpreter.machine.endswith(("64", "64le", "s390x")):
        _link("lib", root / "lib64")


def _link_programs(programs: Path, interpreter: Interpreter, base: Path) -> None:
    _link(str(base), programs / "python")
    minor = interpreter.minor + ("t" if interpreter.facts.is_free_threaded else "")
    names = ["python3", f"python{minor}"]
    if interpreter.implementation in ("pypy", "graalpy"):
        names += [interpreter.implementation, f"{interpreter.implementation}{interpreter.minor}"]
    for name in names:
        _link("python", programs / name)


def _link(target: str, path: Path) -> None:
    """Put a link at a path, whatever was there."""
    try:
        os.symlink(target, path)
    except FileExistsError:
        if path.is_dir() and not path.is_symlink():
            return  # a real `lib64` of an environment that is kept
        new = path.with_name(f".tmp-{os.getpid()}-{path.name}")
        os.symlink(target, new)
        os.replace(new, path)


def mark_folder(folder: Path) -> None:
    """Tell version control and back-ups to leave a folder alone. The tag comes last: where it is, all is."""
    replace_file(folder / ".gitignore", "*")
    replace_file(folder / "CACHEDIR.TAG", _CACHEDIR_TAG)


def replace_file(path: Path, text: str) -> None:
    """Write a file whole, or not at all; its mode is what the umask gives."""
    new = path.with_name(f".tmp-{os.getpid()}-{path.name}")
    with open(new, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
    os.replace(new, path)


def _reason(error: OSError, root: Path, shown: str) -> str:
    reason = os_reason(error)
    if error.errno == errno.EEXIST and os.path.lexists(root) and not root.exists():
        return f"failed to create directory `{shown}`: {reason}"
    return f"failed to write `{error.filename or shown}`: {reason}"
