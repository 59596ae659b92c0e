"""What belongs to an installed distribution: the paths to remove (INS-9)."""

import os
from pathlib import Path

from msgspec import Struct

from hobd.core.formats.record import InvalidRecord, parse_record
from hobd.core.plan.model import Installed
from hobd.environments.scripts import is_reserved
from hobd.errors import WorldError


class CannotUninstall(WorldError):
    """What was installed did not leave behind what it consists of."""


class Belongings(Struct, frozen=True, kw_only=True):
    """What is to be removed, relative to the environment's root."""

    files: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    """With all that is in them."""
    easy_install: tuple[str, ...] = ()
    """Lines to take out of `easy-install.pth` beside the distribution: its file, then the line."""
    warnings: tuple[str, ...] = ()


def read_belongings(installed: Installed, root: Path) -> Belongings:
    """What a distribution consists of. Paths outside of `root`, and the interpreter, are left out: a RECORD can name anything.

    Raises:
        CannotUninstall: distutils installed it.
    """
    match installed.kind:
        case "dist-info":
            return _from_record(installed, root)
        case "egg-info-folder":
            return _from_egg_info(installed, root)
        case "egg-link":
            return _from_egg_link(installed, root)
    raise CannotUninstall(
        f"Unable to uninstall `{installed.name}=={installed.version}`. distutils-installed distributions do not include the metadata "
        "required to uninstall safely."
    )


def _inside(path: Path, root: str) -> str | None:
    """Relative to the root; None outside of it."""
    text = os.path.normpath(path)
    return text[len(root) + 1 :] if text.startswith(root + os.sep) else None


def _from_record(installed: Installed, root: Path) -> Belongings:
    top = os.path.normpath(root)
    info = _inside(installed.location, top)
    folders = () if info is None else (info,)
    try:
        rows = parse_record((installed.location / "RECORD").read_text("utf-8", "surrogateescape"))
    except (OSError, InvalidRecord):
        return Belongings(folders=folders, warnings=(_incomplete(installed, "RECORD"),))
    prefix = os.path.relpath(installed.folder, root)
    prefix = "" if prefix == "." else prefix + os.sep
    files, warnings = [], []
    for row in rows:
        if ".." in row.path or row.path.startswith("/") or "//" in row.path or "./" in row.path:
            path = _inside(installed.folder / row.path, top)
            if path is None:
                warnings.append(
                    f"Invalid `RECORD` entry in `{installed.name}=={installed.version}` that escapes the Python environment, "
                    f"skipping: {row.path}"
                )
            elif is_reserved(path):
                continue
        else:
            path = prefix + row.path  # nearly always
        if path is not None:
            files.append(path)
    return Belongings(files=tuple(files), folders=folders, warnings=tuple(warnings))


def _from_egg_info(installed: Installed, root: Path) -> Belongings:
    """setuptools lists only the names at the top."""
    try:
        names = (installed.location / "top_level.txt").read_text("utf-8").split()
    except OSError:
        return _from_installed_files(installed, root)
    shared = _words(installed.location / "namespace_packages.txt")
    top = os.path.normpath(root)
    files, folders = [], [installed.location]
    for name in names:
        if name in shared or "/" in name or name.startswith("."):
            continue
        folder = installed.folder / name
        folders += [folder] if folder.is_dir() else []
        files += [path for ending in (".py", ".pyc", ".pyo") if (path := installed.folder / (name + ending)).exists()]
    return Belongings(files=_all_inside(files, top), folders=_all_inside(folders, top))


def _from_installed_files(installed: Installed, root: Path) -> Belongings:
    """An old pip lists every file, as seen from the metadata. Without its list nothing is removed."""
    try:
        lines = (installed.location / "installed-files.txt").read_text("utf-8").splitlines()
    except OSError:
        return Belongings(warnings=(_incomplete(installed, "top_level.txt"),))
    top = os.path.normpath(root)
    return Belongings(
        files=_all_inside([installed.location / line for line in lines if line.strip()], top),
        folders=_all_inside([installed.location], top),
    )


def _incomplete(installed: Installed, lacks: str) -> str:
    what = f"Failed to uninstall package at `{installed.location}` due to missing `{lacks}` file."
    return f"{what} Installation may result in an incomplete environment."


def _words(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8").split()
    except OSError:
        return []


def _all_inside(paths: list[Path], root: str) -> tuple[str, ...]:
    return tuple(inside for path in paths if (inside := _inside(path, root)) is not None)


def _from_egg_link(installed: Installed, root: Path) -> Belongings:
    """A development install: the link, and the line that puts the project on the path."""
    lines = installed.location.read_text("utf-8").splitlines()
    top = os.path.normpath(root)
    table = _all_inside([installed.folder / "easy-install.pth"], top)
    return Belongings(files=_all_inside([installed.location], top), easy_install=(*table, lines[0].strip()) if lines and table else ())
