"""Writing a wheel, or an editable one, of a `uv_build` project."""

import base64
import hashlib
import io
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from packaging.version import Version

from hobd.builds.uv_build.metadata import license_files, render_metadata
from hobd.builds.uv_build.selection import compile_patterns, walk
from hobd.builds.uv_build.settings import BackendSettings, find_modules, parse_settings
from hobd.core.vocab.names import normalize
from hobd.core.vocab.uv_version import UV_VERSION

_EPOCH = (1980, 1, 1, 0, 0, 0)


def build_wheel(source: Path, pyproject: Mapping[str, Any], target: Path, *, is_editable: bool = False, cwd: Path | None = None) -> Path:
    """Write the project's wheel into the folder `target` and return its path.

    Args:
        source: the source tree.
        pyproject: its parsed pyproject.toml.
        is_editable: hold a `.pth` file that points to the sources in place of the sources (PEP 660).
        cwd: see `find_modules`.
    Raises:
        LayoutError: the module is not where it should be.
        InvalidProject: `[project]` cannot be built.
    """
    writer = _assemble(source, pyproject, is_editable=is_editable, cwd=cwd)
    path = target / wheel_name(pyproject)
    temporary = target / f".{path.name}.tmp"
    temporary.write_bytes(writer.finish(f"{stem_of(pyproject)}.dist-info/RECORD"))
    temporary.rename(path)
    return path


def list_wheel(source: Path, pyproject: Mapping[str, Any], cwd: Path | None = None) -> list[tuple[str, Path | None]]:
    """The files that a wheel would hold but for RECORD, each with where it is from; None for what is generated.

    Raises:
        LayoutError, InvalidProject: as `build_wheel`.
    """
    return _assemble(source, pyproject, is_editable=False, cwd=cwd).listed


def stem_of(pyproject: Mapping[str, Any]) -> str:
    """`name-version`, as file names begin."""
    project = pyproject["project"]
    return f"{normalize(project['name']).replace('-', '_')}-{Version(project['version'])}"


def wheel_name(pyproject: Mapping[str, Any]) -> str:
    """The wheel's file name."""
    return f"{stem_of(pyproject)}-py3-none-any.whl"


def _assemble(source: Path, pyproject: Mapping[str, Any], *, is_editable: bool, cwd: Path | None) -> "_Writer":
    """All members but RECORD."""
    project, settings = pyproject["project"], parse_settings(pyproject)
    metadata = render_metadata(project, source)
    stem, writer = stem_of(pyproject), _Writer()
    modules = find_modules(source, settings, cwd)
    if is_editable:
        writer.add(f"{stem.partition('-')[0]}.pth", os.fsencode((source / settings.module_root).resolve()))
    else:
        _add_modules(writer, source, modules, settings)
        for licence in license_files(project, source):
            writer.add_file(f"{stem}.dist-info/licenses/{licence}", source / licence, with_folders=f"{stem}.dist-info/licenses/")
        _add_data(writer, source, stem, settings)
    _add_dist_info(writer, stem, project, metadata)
    return writer


def _add_modules(writer: "_Writer", source: Path, modules: list[Path], settings: BackendSettings) -> None:
    root = source / settings.module_root
    excluded = compile_patterns(settings.excluded_from_wheel)
    for module in modules:
        for parent in reversed(module.relative_to(root).parents[:-1]):
            writer.folder(f"{parent.as_posix()}/")
        for path in walk(source, module, excluded):
            inside = path.relative_to(root).as_posix()
            writer.folder(f"{inside}/") if path.is_dir() else writer.add_file(inside, path)


def _add_data(writer: "_Writer", source: Path, stem: str, settings: BackendSettings) -> None:
    excluded = compile_patterns(settings.excluded_from_wheel)
    for scheme, folder in sorted(settings.data.items()):
        root = source / folder
        for path in walk(source, root, excluded) if root.is_dir() else ():
            inside = f"{stem}.data/{scheme}/{path.relative_to(root).as_posix()}".removesuffix("/.")
            mode = 0o755 if path.stat().st_mode & 0o111 else 0o644
            writer.folder(f"{inside}/") if path.is_dir() else writer.add_file(inside, path, mode)


def _add_dist_info(writer: "_Writer", stem: str, project: Mapping[str, Any], metadata: str) -> None:
    info = f"{stem}.dist-info"
    writer.folder(f"{info}/")
    writer.add(f"{info}/WHEEL", f"Wheel-Version: 1.0\nGenerator: uv {UV_VERSION}\nRoot-Is-Purelib: true\nTag: py3-none-any\n".encode())
    if entry_points := _entry_points(project):
        writer.add(f"{info}/entry_points.txt", entry_points.encode())
    writer.add(f"{info}/METADATA", metadata.encode())


def _entry_points(project: Mapping[str, Any]) -> str:
    groups = {"console_scripts": project.get("scripts", {}), "gui_scripts": project.get("gui-scripts", {})}
    groups |= dict(sorted(project.get("entry-points", {}).items()))
    blocks = [
        f"[{group}]\n" + "".join(f"{name} = {target}\n" for name, target in rows.items()) + "\n" for group, rows in groups.items() if rows
    ]
    return "".join(blocks)


class _Writer:
    """A wheel in the making: the same input gives the same bytes."""

    def __init__(self) -> None:
        self._buffer = io.BytesIO()
        self._archive = zipfile.ZipFile(self._buffer, "w")
        self._rows: list[str] = []
        self._folders: set[str] = set()
        self.listed: list[tuple[str, Path | None]] = []
        """Files in order, and where each is from; None for what is generated."""

    def folder(self, name: str) -> None:
        """Add the entry of a folder, once."""
        if name in self._folders:
            return
        self._folders.add(name)
        info = zipfile.ZipInfo(name, _EPOCH)
        info.external_attr = (0o40755 << 16) | 0x10
        self._archive.writestr(info, b"")

    def add_file(self, name: str, path: Path, mode: int = 0o644, *, with_folders: str | None = None) -> None:
        """Add a file of the source tree."""
        if with_folders is not None:
            self.folder(with_folders)
        self.add(name, path.read_bytes(), mode, path)

    def add(self, name: str, data: bytes, mode: int = 0o644, path: Path | None = None) -> None:
        """Add a file and its RECORD row."""
        self.listed.append((name, path))
        self._write(name, data, mode)
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        shown = f'"{name}"' if "," in name or '"' in name else name
        self._rows.append(f"{shown},sha256={digest},{len(data)}\n")

    def _write(self, name: str, data: bytes, mode: int) -> None:
        info = zipfile.ZipInfo(name, _EPOCH)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = (0o100000 | mode) << 16
        self._archive.writestr(info, data)

    def finish(self, record: str) -> bytes:
        """Add RECORD, which has no digest of its own, and give the archive's bytes."""
        self._rows.append(f"{record},,\n")
        self._write(record, "".join(self._rows).encode(), 0o644)
        self._archive.close()
        return self._buffer.getvalue()
