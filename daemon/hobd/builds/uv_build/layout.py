"""Where the modules of a project are (BIS-5)."""

import os
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from msgspec import Struct

from hobd.builds.uv_build.faults import LayoutError, shown
from hobd.builds.uv_build.settings import BackendSettings
from hobd.core.vocab.names import Name


class Layout(Struct, frozen=True):
    """The folder that modules are imported from, and the modules in it."""

    root: Path
    joined_root: str
    """As an editable has it: with a slash at its end where it is the source tree."""
    modules: tuple[PurePosixPath, ...]
    """Relative to the root."""


def find_layout(source: Path, name: Name, settings: BackendSettings, cwd: Path, warn: Callable[[str], None]) -> Layout:
    """Find the modules, and check that they are what they should be.

    Args:
        source: the source tree.
        name: the project's.
        cwd: where the caller is: errors show paths below it without it.
        warn: told what is said twice.
    Raises:
        LayoutError: a module is not where it should be, or a namespace package has an `__init__.py`.
    """
    relative = os.path.normpath(settings.module_root) if settings.module_root else ""
    relative = "" if relative == "." else relative
    root, joined = Path(os.path.normpath(source / relative)), os.path.join(source, relative)
    if not root.is_relative_to(os.path.normpath(source)):
        raise LayoutError(f"Module root must be inside the project: {relative}")
    named = settings.module_names
    names = _without_repetitions(named, warn) if isinstance(named, tuple) else None if named is None else (named,)
    if settings.is_namespace:
        return Layout(root, joined, tuple(map(_path_of, names or (name.replace("-", "_"),))))
    if names is None:
        return Layout(root, joined, (_own_module(root, name, cwd),))
    return Layout(root, joined, tuple(_module(root, each, cwd) for each in names))


def _without_repetitions(names: tuple[str, ...], warn: Callable[[str], None]) -> tuple[str, ...]:
    """Modules that lie in another one of them come along with it."""
    kept: list[str] = []
    for name in sorted(names):
        if not kept or (name != kept[-1] and not name.startswith(f"{kept[-1]}.")):
            kept.append(name)
    ignored = list(names)
    for name in kept:
        ignored.remove(name)
    if ignored:
        plural = "" if len(ignored) == 1 else "s"
        told = "`, `".join(ignored)
        warn(f"Ignoring redundant module name{plural} in `tool.uv.build-backend.module-name`: `{told}`")
    return tuple(kept)


def _own_module(root: Path, name: Name, cwd: Path) -> PurePosixPath:
    """The module that is named after the project; a project of stubs has one of stubs."""
    stem = name.removesuffix("-stubs")
    module = stem.replace("-", "_") + ("-stubs" if stem != name else "")
    _expect(root / module / ("__init__.py" if stem == name else "__init__.pyi"), cwd)
    return PurePosixPath(module)


def _module(root: Path, name: str, cwd: Path) -> PurePosixPath:
    first, *others = name.split(".")
    stem = first.removesuffix("-stubs")
    for part in (stem, *others):
        fault = identifier_fault(part)
        if fault is not None:
            raise LayoutError(f"Invalid module name: {name}", causes=(fault,))
    path = _path_of(name)
    _expect(root / path / ("__init__.py" if stem == first else "__init__.pyi"), cwd)
    for parent in path.parents:
        if any((root / parent / init).exists() for init in ("__init__.py", "__init__.pyi")):
            raise LayoutError(f"For namespace packages, `__init__.py[i]` is not allowed in parent directory: {shown(root / parent, cwd)}")
    return path


def _expect(init: Path, cwd: Path) -> None:
    if not init.is_file():
        raise LayoutError(f"Expected a Python module at: {shown(init, cwd)}")


def identifier_fault(text: str) -> str | None:
    """Why a text cannot name a module; None where it can."""
    if not text:
        return "An identifier must not be empty"
    if not (text[0] == "_" or text[0].isalpha()):
        return f"Invalid first character `{text[0]}` for identifier `{text}`, expected an underscore or an alphabetic character"
    for place, letter in enumerate(text):
        if not (letter == "_" or letter.isalnum()):
            where = f"Invalid character `{letter}` at position {place + 1} for identifier `{text}`"
            return f"{where}, expected an underscore or an alphanumeric character"
    return None


def _path_of(name: str) -> PurePosixPath:
    return PurePosixPath(*name.split("."))
