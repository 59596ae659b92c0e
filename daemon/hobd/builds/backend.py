"""Which backend builds a project, and what it needs (PEP 518, PEP 517)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from packaging.version import Version

from hobd.builds.uv_build import BACKEND as BUILT_IN
from hobd.core.formats.project_table import build_system
from hobd.core.formats.requirement import InvalidRequirement, parse_requirement
from hobd.core.formats.shapes import Misfit, Reader, fields, parsed
from hobd.core.formats.toml_text import InvalidToml, misfit_error, parse_toml
from hobd.core.formats.version_text import parse_version
from hobd.core.vocab.names import Name, parse_name
from hobd.errors import RequestError

LEGACY_BACKEND = "setuptools.build_meta:__legacy__"
LEGACY_REQUIRES = ("setuptools>=40.8.0",)
_PROJECT: Mapping[str, Reader[Any]] = {"name": parsed(parse_name), "version": parsed(parse_version)}
_HATCHLING = "hatchling.build"
_BAD_SCHEMA = (
    "`pyproject.toml` does not match the required schema. When the `[project]` table is present, "
    "`project.name` must be present and non-empty."
)


class NotAProject(RequestError):
    """A folder that nothing can be built from."""

    default_code = 1


class ForeignBackendPath(RequestError):
    """What `backend-path` names is no folder of the source tree."""

    default_code = 1


class Backend(Struct, frozen=True, kw_only=True):
    """The build backend of a source tree."""

    requires: tuple[str, ...] = LEGACY_REQUIRES
    """PEP 508 texts."""
    name: str = LEGACY_BACKEND
    """`package.module:object`."""
    path: tuple[str, ...] = ()
    """Folders inside the source tree that hold the backend (`backend-path`), relative to it."""
    is_default: bool = False
    """Whether the project does not say what builds it."""
    prepares_truly: bool = True
    """Whether the metadata that it prepares is that of the wheel: not so with hatchling, where hooks make the requirements."""
    project_name: Name | None = None
    """As `[project]` says, for messages."""
    project_version: Version | None = None

    @property
    def shown(self) -> str:
        """The name as messages write it: with a dot in place of the colon."""
        return self.name.replace(":", ".")


def parse_backend(text: str | None, folder: Path) -> Backend:
    """The backend of a source tree.

    Args:
        text: its `pyproject.toml`; None where there is none.
        folder: the tree.
    Raises:
        NotAProject: it has neither a `pyproject.toml` nor a `setup.py`.
        ForeignBackendPath: its backend would lie elsewhere.
        InvalidToml: the file cannot be read, or `[build-system]` is not as PEP 518 wants it; below a message.
    """
    if text is None:
        if not (folder / "setup.py").is_file():
            neither = "neither `pyproject.toml` nor `setup.py` are present in the directory"
            raise NotAProject(f"`{folder}` does not appear to be a Python project, as {neither}")
        return Backend(is_default=True)
    try:
        document = parse_toml(text)
    except InvalidToml as error:
        raise error.under("Invalid `pyproject.toml`") from error
    try:
        backend = _with_project(_backend(document), document.get("project"))
    except Misfit as misfit:
        raise misfit_error(text, misfit).under(_BAD_SCHEMA) from misfit
    _check_path(backend, folder)
    return backend


def _check_path(backend: Backend, folder: Path) -> None:
    """A backend in the tree lies in the tree, links followed (PEP 517, "In-tree build backends")."""
    for entry in backend.path:
        place = folder / entry
        if not Path(entry).is_absolute() and not place.is_dir():
            raise ForeignBackendPath(f"`backend-path` entry `{entry}` does not exist or is not a directory")
        if Path(entry).is_absolute() or not place.resolve().is_relative_to(folder.resolve()):
            raise ForeignBackendPath(f"`backend-path` entry `{entry}` must be a relative path within the source tree")


def _backend(document: Mapping[str, Any]) -> Backend:
    table = document.get("build-system")
    if table is None:
        return Backend(is_default=True)
    if isinstance(table, dict) and table.get("backend-path") == ".":
        table = {**table, "backend-path": ["."]}  # as one release of a backend has it, against the standard
    found = build_system(table)
    for number, requirement in enumerate(found.requires):
        try:
            parse_requirement(requirement)
        except InvalidRequirement as error:
            raise Misfit(error.message, ("build-system", "requires", number)) from error
    return Backend(requires=found.requires, name=found.backend or LEGACY_BACKEND, path=found.backend_path)


def _with_project(backend: Backend, project: object) -> Backend:
    if not isinstance(project, dict):
        return backend
    try:
        found = fields(project, ("project",), _PROJECT, closed=False)
    except Misfit:
        if backend.name != BUILT_IN:
            raise
        found = {}  # the built-in backend has words of its own for it
    dynamic = project.get("dynamic", ())
    makes_requirements = isinstance(dynamic, list) and bool({"dependencies", "optional-dependencies"} & {str(each) for each in dynamic})
    return replace(
        backend,
        prepares_truly=not (backend.name == _HATCHLING and makes_requirements),
        project_name=found.get("name"),
        project_version=found.get("version"),
    )
