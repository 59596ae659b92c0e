"""`[project]` and `[build-system]` of a pyproject.toml (PEP 621, PEP 518)."""

from collections.abc import Mapping
from typing import Any

from hobd.core.formats.shapes import Misfit, Place, Reader, any_value, checked, fields, list_of, map_of, parsed, required, string
from hobd.core.formats.version_text import parse_specifiers, parse_version
from hobd.core.vocab.names import parse_name
from hobd.core.vocab.project import BuildSystem, ProjectTable

_PROJECT: Mapping[str, Reader[Any]] = {
    "name": parsed(parse_name),
    "version": parsed(parse_version),
    "dynamic": list_of(string),
    "requires-python": checked(parse_specifiers),
    "dependencies": list_of(string),
    "optional-dependencies": map_of(parse_name, list_of(string), duplicate="duplicate normalized extra name `{}`"),
    "gui-scripts": any_value,
    "scripts": any_value,
}

_BUILD_SYSTEM: Mapping[str, Reader[Any]] = {
    "requires": list_of(string),
    "build-backend": string,
    "backend-path": list_of(string),
}


def project(value: object, place: Place) -> ProjectTable:
    """`[project]`; other keys in it are left to the build backend."""
    found = fields(value, place, _PROJECT, closed=False, wanted="struct ProjectWire")
    if "name" not in found:
        raise Misfit("`pyproject.toml` is using the `[project]` table, but the required `project.name` field is not set", place)
    if "version" not in found and "version" not in found.get("dynamic", ()):
        raise Misfit(
            "`pyproject.toml` is using the `[project]` table, but the required `project.version` field is neither set "
            "nor present in the `project.dynamic` list",
            place,
        )
    return ProjectTable(
        name=found["name"],
        version=found.get("version"),
        requires_python=found.get("requires-python"),
        dependencies=found.get("dependencies"),
        optional_dependencies=found.get("optional-dependencies", ()),
        dynamic=found.get("dynamic", ()),
        has_scripts="scripts" in found or "gui-scripts" in found,
    )


def build_system(value: object) -> BuildSystem:
    """`[build-system]`, for those who build: the rest of uv only asks whether it is there.

    Raises:
        Misfit: `requires` is missing, or a value has the wrong type.
    """
    found = fields(value, ("build-system",), _BUILD_SYSTEM, closed=False)
    return BuildSystem(
        requires=required(found, "requires", ("build-system",)),
        backend=found.get("build-backend"),
        backend_path=found.get("backend-path", ()),
    )
