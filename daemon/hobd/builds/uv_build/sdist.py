"""Writing a source distribution of a `uv_build` project (BLD-1, BLD-4; PEP 625, PEP 643).

It holds `pyproject.toml` laid out anew, as it was beside it, and what a wheel is made of. The same tree gives the same bytes.
"""

import gzip
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec import Struct

from hobd.builds.uv_build.faults import CannotBuild, LayoutError, read_bytes
from hobd.builds.uv_build.folders import Folders
from hobd.builds.uv_build.globs import Glob, Globs, exclusions, literal, parse_glob
from hobd.builds.uv_build.layout import find_layout
from hobd.builds.uv_build.metadata import render_metadata
from hobd.builds.uv_build.output import written
from hobd.builds.uv_build.project import Project
from hobd.builds.uv_build.selection import walk
from hobd.builds.uv_build.tar import TarWriter
from hobd.core.formats.toml_pretty import render_pretty_toml

_PYPROJECT, _ORIGINAL = "pyproject.toml", "pyproject.toml.orig"


class _Generated(Struct, frozen=True):
    """A file that the tree does not have as it is."""

    name: str
    content: bytes
    path: Path | None = None
    """Of the file that it was made of."""


def sdist_name(project: Project) -> str:
    """The archive's file name."""
    return f"{project.stem}.tar.gz"


def build_sdist(source: Path, project: Project, target: Path, *, cwd: Path, warn: Callable[[str], None]) -> Path:
    """Write the project's source distribution into the folder `target` and return its path.

    Args:
        source: the source tree.
        cwd: where the caller is: errors show paths below it without it.
        warn: told what will not be good one day.
    Raises:
        CannotBuild: the project or the tree is not as it should be.
    """
    path = target / sdist_name(project)
    with written(path) as file, gzip.GzipFile(fileobj=file, mode="wb", filename="", mtime=0, compresslevel=6) as stream:
        archive = TarWriter(stream)
        _fill(archive, source, project, cwd, warn)
        archive.finish()
    return path


def list_sdist(source: Path, project: Project, *, cwd: Path, warn: Callable[[str], None]) -> list[tuple[str, Path | None]]:
    """The files that an sdist would hold, each with where it is from; None for what is generated.

    Raises:
        CannotBuild: as `build_sdist`.
    """
    found = [(f"{project.stem}/{each.name}", each.path) for each in _generated(source, project, cwd, warn)]
    files = _selected(source, project, cwd, warn)
    return [*found, *((f"{project.stem}/{path.relative_to(source).as_posix()}", path) for path in files)]


def _fill(archive: TarWriter, source: Path, project: Project, cwd: Path, warn: Callable[[str], None]) -> None:
    stem = project.stem
    for each in _generated(source, project, cwd, warn):
        archive.add_file(f"{stem}/{each.name}", each.content)
    files = _selected(source, project, cwd, warn)
    archive.add_folder(f"{stem}/")
    folders = Folders(archive.add_folder)
    for path in files:
        relative = path.relative_to(source).as_posix()
        folders.ensure(stem, relative)
        archive.add_file(f"{stem}/{relative}", read_bytes(path), is_executable=bool(os.stat(path).st_mode & 0o111))


def _generated(source: Path, project: Project, cwd: Path, warn: Callable[[str], None]) -> Iterator[_Generated]:
    path = source / _PYPROJECT
    yield _Generated("PKG-INFO", render_metadata(project, source, cwd, warn).encode())
    yield _Generated(_PYPROJECT, render_pretty_toml(project.document).encode())
    yield _Generated(_ORIGINAL, read_bytes(path), path)


def _selected(source: Path, project: Project, cwd: Path, warn: Callable[[str], None]) -> list[Path]:
    """The files that go along, folder by folder, by name."""
    taken = Globs(tuple(_taken(source, project, cwd, warn)))
    left_out = exclusions(project.settings.excluded_from_sdist)
    if left_out.match(_PYPROJECT):
        raise CannotBuild(f"`{_PYPROJECT}` must not be excluded from source distribution build")
    found = walk(source, cwd, lambda path: taken.take(path) and not left_out.match(path))
    apart = (source / _PYPROJECT, source / _ORIGINAL)
    return [path for path in found if path not in apart and taken.match(path.relative_to(source).as_posix())]


def _taken(source: Path, project: Project, cwd: Path, warn: Callable[[str], None]) -> Iterator[Glob]:
    settings = project.settings
    layout = find_layout(source, project.name, settings, cwd, warn)
    for module in layout.modules:
        yield literal(os.path.relpath(layout.root / module, source), whole_folder=True)
    yield from (parse_glob(text, "tool.uv.build-backend.source-include", "escapes") for text in settings.source_include)
    if project.readme is not None and project.readme.file is not None:
        yield literal(os.path.normpath(project.readme.file))
    texts = (*(project.license_files or ()), *(() if project.license is None or project.license.file is None else (project.license.file,)))
    yield from (parse_glob(text, "project.license-files", "standard") for text in texts)
    for scheme, folder in settings.data:
        yield literal(data_root(scheme, folder), whole_folder=True)


def data_root(scheme: str, folder: str) -> str:
    """The folder of a data scheme, relative to the source tree.

    Raises:
        LayoutError: it is outside.
    """
    path = os.path.normpath(folder) if folder else ""
    if path == ".." or path.startswith(("/", "../")):
        raise LayoutError(f"The path for the data directory {scheme} must be inside the project: {path}")
    return path
