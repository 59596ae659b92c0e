"""The license of a project: its expression, or text, and its files (PEP 639)."""

from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from hobd.builds.uv_build.faults import InvalidProject, read_bytes, read_text
from hobd.builds.uv_build.globs import Globs, parse_glob
from hobd.builds.uv_build.project import Project
from hobd.builds.uv_build.selection import walk
from hobd.builds.uv_build.spdx import InvalidExpression, check_license_expression


class Licensing(Struct, frozen=True, kw_only=True):
    """What METADATA says of it."""

    text: str | None = None
    expression: str | None = None
    files: tuple[str, ...] = ()
    """Relative to the source tree, sorted."""


def read_licensing(project: Project, source: Path, cwd: Path, warn: Callable[[str], None]) -> Licensing:
    """Read what the project says of its license. Blocks.

    Raises:
        CannotBuild: it contradicts itself, or a file is not there.
    """
    found = _stated(project, source, cwd)
    if found.expression is not None:
        try:
            check_license_expression(found.expression)
        except InvalidExpression as error:
            raise InvalidProject(f"`project.license` is not a valid SPDX expression: {found.expression}", str(error)) from error
    for classifier in project.classifiers:
        if classifier.startswith("License :: "):
            warn(
                f"Found license classifier `{classifier}`. License classifiers are ambiguous and deprecated per PEP 639; "
                "projects should use `project.license` and `project.license-files` instead."
            )
    return found


def _stated(project: Project, source: Path, cwd: Path) -> Licensing:
    stated = project.license
    if project.license_files is not None:
        if stated is not None and stated.expression is None:
            raise InvalidProject("When `project.license-files` is defined, `project.license` must be an SPDX expression string")
        files = _files(project.license_files, source, cwd)
        return Licensing(expression=None if stated is None else stated.expression, files=files)
    if stated is None:
        return Licensing()
    text = stated.text if stated.file is None else read_text(source / stated.file)
    return Licensing(text=text, expression=stated.expression)


def _files(patterns: tuple[str, ...], source: Path, cwd: Path) -> tuple[str, ...]:
    globs = Globs(tuple(parse_glob(text, text, "standard") for text in patterns))
    found = [path.relative_to(source).as_posix() for path in walk(source, cwd, globs.take)]
    found = [path for path in found if globs.match(path)]
    for glob in globs.globs:
        if not any(glob.matches(path) for path in found):
            raise InvalidProject(f"`project.license-files` glob `{glob.text}` did not match any files")
    for path in found:
        try:
            read_bytes(source / path).decode()
        except UnicodeDecodeError as error:
            raise InvalidProject(f"License file `{path}` must be UTF-8 encoded") from error
    return tuple(sorted(found))
