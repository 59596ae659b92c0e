"""Writing a wheel, or an editable one, of a `uv_build` project."""

import os
from collections.abc import Callable
from pathlib import Path

from hobd.builds.uv_build.contents import Contents, Nowhere
from hobd.builds.uv_build.entry_points import render_entry_points
from hobd.builds.uv_build.faults import CannotBuild, LayoutError
from hobd.builds.uv_build.globs import Globs, exclusions, parse_glob
from hobd.builds.uv_build.layout import Layout, find_layout
from hobd.builds.uv_build.metadata import render_metadata
from hobd.builds.uv_build.output import written
from hobd.builds.uv_build.project import Project
from hobd.builds.uv_build.sdist import data_root
from hobd.builds.uv_build.selection import walk
from hobd.builds.uv_build.zip import ZipWriter
from hobd.core.vocab.disk import os_reason
from hobd.core.vocab.uv_version import UV_VERSION


def build_wheel(source: Path, project: Project, target: Path, *, is_editable: bool = False, cwd: Path, warn: Callable[[str], None]) -> Path:
    """Write the project's wheel into the folder `target` and return its path.

    Args:
        source: the source tree.
        is_editable: hold a `.pth` file that points to the sources in place of the sources (PEP 660).
        cwd: where the caller is: errors show paths below it without it.
        warn: told what will not be good one day.
    Raises:
        CannotBuild: the project or the tree is not as it should be.
    """
    path = target / wheel_name(project)
    with written(path) as stream:
        archive = ZipWriter(stream, packs=not is_editable)
        contents = Contents(archive)
        _Assembly(source, project, cwd, warn, contents).run(is_editable=is_editable)
        contents.add_record(f"{project.stem}.dist-info/RECORD")
        archive.finish()
    return path


def list_wheel(source: Path, project: Project, *, cwd: Path, warn: Callable[[str], None]) -> list[tuple[str, Path | None]]:
    """The files that a wheel would hold but for RECORD, each with where it is from; None for what is generated.

    Raises:
        CannotBuild: as `build_wheel`.
    """
    contents = Contents(Nowhere())
    _Assembly(source, project, cwd, warn, contents).run(is_editable=False)
    return contents.listed


def wheel_name(project: Project) -> str:
    """The wheel's file name."""
    return f"{project.stem}-py3-none-any.whl"


class _Assembly:
    """All members of one wheel but RECORD."""

    def __init__(self, source: Path, project: Project, cwd: Path, warn: Callable[[str], None], contents: Contents) -> None:
        self._source, self._project, self._cwd, self._warn, self._contents = source, project, cwd, warn, contents
        self._left_out = exclusions(project.settings.excluded_from_wheel)

    def run(self, *, is_editable: bool) -> None:
        """Add them, in uv's order."""
        project = self._project
        layout = find_layout(self._source, project.name, project.settings, self._cwd, self._warn)
        if is_editable:
            self._contents.add(f"{project.file_name}.pth", os.fsencode(layout.joined_root))
            self._add_data()
            self._add_dist_info(self._metadata())
            return
        self._add_modules(layout)
        metadata = self._metadata()
        self._add_licenses()
        self._add_data()
        self._add_dist_info(metadata)

    def _metadata(self) -> str:
        return render_metadata(self._project, self._source, self._cwd, self._warn)

    def _add_modules(self, layout: Layout) -> None:
        closed = self._left_out.at_any_depth()  # uv goes into folders that only an anchored pattern means, and takes what is in them
        for module in layout.modules:
            folder = layout.root / module
            for path in walk(folder, self._cwd, self._keeps(folder, closed), self._source):
                if not self._left_out.match(path.relative_to(self._source).as_posix()):
                    self._contents.add_file("", path.relative_to(layout.root).as_posix(), path)

    def _add_licenses(self) -> None:
        patterns = self._project.license_files
        if not patterns:
            return
        globs = Globs(tuple(parse_glob(text, text, "standard") for text in patterns))
        for path in walk(self._source, self._cwd, globs.take):
            relative = path.relative_to(self._source).as_posix()
            if globs.match(relative):
                self._contents.add_file(f"{self._project.stem}.dist-info/licenses", relative, path)

    def _add_data(self) -> None:
        top = self._source.resolve()
        for scheme, folder in self._project.settings.data:
            inside = data_root(scheme, folder)
            root = self._source / inside
            try:
                is_inside = root.resolve(strict=True).is_relative_to(top)
            except OSError as error:
                raise CannotBuild(os_reason(error)) from error
            if not is_inside:
                raise LayoutError(f"The path for the data directory {scheme} must be inside the project: {inside}")
            for path in walk(root, self._cwd, self._keeps(root, self._left_out)):
                self._contents.add_file(f"{self._project.stem}.data/{scheme}", path.relative_to(root).as_posix(), path)

    def _keeps(self, folder: Path, left_out: Globs) -> Callable[[str], bool]:
        """Whether a path below a folder is not left out: patterns begin at the top of the tree."""
        prefix = os.path.relpath(folder, self._source)
        return lambda path: not left_out.match(os.path.normpath(f"{prefix}/{path}"))

    def _add_dist_info(self, metadata: str) -> None:
        project, contents = self._project, self._contents
        info = f"{project.stem}.dist-info"
        contents.folder(info)
        about = f"Wheel-Version: 1.0\nGenerator: uv {UV_VERSION}\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        contents.add(f"{info}/WHEEL", about.encode())
        entry_points = render_entry_points(project)
        if entry_points is not None:
            contents.add(f"{info}/entry_points.txt", entry_points.encode())
        contents.add(f"{info}/METADATA", metadata.encode())
