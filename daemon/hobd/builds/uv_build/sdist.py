"""Writing a source distribution of a `uv_build` project (BLD-1, BLD-4; PEP 625, PEP 643).

It holds `pyproject.toml` laid out anew, as it was beside it, and what a wheel is made of. The same tree gives the same bytes.
"""

import gzip
import io
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hobd.builds.uv_build.metadata import license_files, render_metadata
from hobd.builds.uv_build.selection import compile_anchored, compile_patterns, matches, walk
from hobd.builds.uv_build.settings import BackendSettings, find_modules, parse_settings
from hobd.builds.uv_build.wheel import stem_of
from hobd.core.formats.toml_pretty import render_pretty_toml

_PYPROJECT = "pyproject.toml"


@dataclass(frozen=True, slots=True)
class _Generated:
    """A file that the tree does not have as it is."""

    name: str
    content: bytes
    path: Path | None = None
    """Of the file that it was made of."""


def sdist_name(pyproject: Mapping[str, Any]) -> str:
    """The archive's file name."""
    return f"{stem_of(pyproject)}.tar.gz"


def build_sdist(source: Path, pyproject: Mapping[str, Any], target: Path, *, cwd: Path | None = None) -> Path:
    """Write the project's source distribution into the folder `target` and return its path.

    Args:
        source: the source tree.
        pyproject: its parsed pyproject.toml.
        cwd: see `find_modules`.
    Raises:
        LayoutError: the module is not where it should be.
        InvalidProject: `[project]` cannot be built.
    """
    buffer = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=buffer, mode="wb", filename="", mtime=0) as stream,
        tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        _fill(archive, source, pyproject, cwd)
    path = target / sdist_name(pyproject)
    temporary = target / f".{path.name}.tmp"
    temporary.write_bytes(buffer.getvalue())
    temporary.rename(path)
    return path


def list_sdist(source: Path, pyproject: Mapping[str, Any], cwd: Path | None = None) -> list[tuple[str, Path | None]]:
    """The files that an sdist would hold, each with where it is from; None for what is generated.

    Raises:
        LayoutError, InvalidProject: as `build_sdist`.
    """
    stem = stem_of(pyproject)
    found = [(f"{stem}/{each.name}", each.path) for each in _generated(source, pyproject)]
    files = [path for path in _selected(source, pyproject, cwd) if not path.is_dir()]
    return [*found, *((f"{stem}/{path.relative_to(source).as_posix()}", path) for path in files)]


def _fill(archive: tarfile.TarFile, source: Path, pyproject: Mapping[str, Any], cwd: Path | None) -> None:
    stem = stem_of(pyproject)
    for each in _generated(source, pyproject):
        _add(archive, f"{stem}/{each.name}", each.content, 0o644)
    _add_folder(archive, f"{stem}/")
    for path in _selected(source, pyproject, cwd):
        name = f"{stem}/{path.relative_to(source).as_posix()}"
        if path.is_dir():
            _add_folder(archive, name)
        else:
            _add(archive, name, path.read_bytes(), 0o755 if path.stat().st_mode & 0o111 else 0o644)


def _generated(source: Path, pyproject: Mapping[str, Any]) -> Iterator[_Generated]:
    yield _Generated("PKG-INFO", render_metadata(pyproject["project"], source).encode())
    yield _Generated(_PYPROJECT, render_pretty_toml(pyproject).encode())
    yield _Generated(f"{_PYPROJECT}.orig", (source / _PYPROJECT).read_bytes(), source / _PYPROJECT)


def _selected(source: Path, pyproject: Mapping[str, Any], cwd: Path | None) -> list[Path]:
    """The files that go along and the folders on the way to them, folder by folder, by name."""
    project, settings = pyproject["project"], parse_settings(pyproject)
    excluded = compile_patterns(settings.excluded_from_sdist)
    roots = [*find_modules(source, settings, cwd), *(source / folder for folder in settings.data.values())]
    named = [source / name for name in (_readme(project), *license_files(project, source)) if name is not None]
    found = {path for root in roots if root.exists() for path in walk(source, root, excluded)}
    found |= {path for path in named if not matches(path, source, excluded)}
    found |= set(_included(source, settings))
    on_the_way = {parent for path in found for parent in path.parents if parent.is_relative_to(source) and parent != source}
    found.discard(source / _PYPROJECT)
    return sorted((found | on_the_way) - {source}, key=lambda path: path.relative_to(source).parts)


def _included(source: Path, settings: BackendSettings) -> Iterator[Path]:
    """What `source-include` adds."""
    if not settings.source_include:
        return
    included = compile_anchored(settings.source_include)
    for path in walk(source, source, compile_patterns(settings.excluded_from_sdist)):
        if path != source and matches(path, source, included):
            yield path


def _readme(project: Mapping[str, Any]) -> str | None:
    readme = project.get("readme")
    name = readme.get("file") if isinstance(readme, dict) else readme
    return name if isinstance(name, str) else None


def _add(archive: tarfile.TarFile, name: str, content: bytes, mode: int) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(content), mode
    archive.addfile(info, io.BytesIO(content))


class _FolderInfo(tarfile.TarInfo):
    """A folder whose name is written as it is given: `tarfile` would put a slash behind it, uv does so only at the top."""

    def get_info(self) -> Mapping[str, Any]:
        """See `tarfile.TarInfo.get_info`."""
        return {**super().get_info(), "name": self.name}


def _add_folder(archive: tarfile.TarFile, name: str) -> None:
    info = _FolderInfo(name)
    info.type, info.mode = tarfile.DIRTYPE, 0o755
    archive.addfile(info)
