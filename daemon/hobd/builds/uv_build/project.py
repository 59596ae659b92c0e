"""What `pyproject.toml` tells the built-in backend, read as uv's own reads it (PEP 621, PEP 639, PEP 794)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from hobd.builds.uv_build.faults import InvalidMetadataFormat, shown
from hobd.builds.uv_build.settings import BackendSettings, backend_settings
from hobd.core.formats.requirement import parse_requirement
from hobd.core.formats.shapes import Misfit, Place, Reader, any_value, checked, fields, list_of, map_of, parsed, required, string
from hobd.core.formats.toml_text import InvalidToml, misfit_error, parse_toml
from hobd.core.formats.version_text import parse_specifiers, parse_version
from hobd.core.vocab.names import Name, normalize, parse_name

Rows = tuple[tuple[str, str], ...]


class Readme(Struct, frozen=True, kw_only=True):
    """`readme`: a file or a text."""

    file: str | None = None
    text: str | None = None
    content_type: str | None = None
    """None: what the file's name says."""
    charset: str | None = None


class License(Struct, frozen=True, kw_only=True):
    """`license`: one of the three."""

    expression: str | None = None
    """SPDX."""
    text: str | None = None
    file: str | None = None


class Contact(Struct, frozen=True, kw_only=True):
    """Somebody: with a name, an address, or both."""

    name: str | None = None
    email: str | None = None


class Project(Struct, frozen=True, kw_only=True):
    """A project that the built-in backend builds. Optional keys are None where they are not stated: an empty list is something else."""

    given_name: str
    version: Version
    description: str | None = None
    readme: Readme | None = None
    requires_python: SpecifierSet | None = None
    license: License | None = None
    license_files: tuple[str, ...] | None = None
    authors: tuple[Contact, ...] = ()
    maintainers: tuple[Contact, ...] = ()
    keywords: tuple[str, ...] | None = None
    classifiers: tuple[str, ...] = ()
    urls: Rows = ()
    scripts: Rows | None = None
    """Sorted, as are the next two."""
    gui_scripts: Rows | None = None
    entry_points: tuple[tuple[str, Rows], ...] | None = None
    dependencies: tuple[str, ...] = ()
    optional_dependencies: tuple[tuple[Name, tuple[str, ...]], ...] = ()
    """Sorted by name."""
    import_names: tuple[str, ...] | None = None
    import_namespaces: tuple[str, ...] | None = None
    dynamic: tuple[str, ...] = ()
    settings: BackendSettings = field(default_factory=BackendSettings)
    requires: tuple[str, ...] = ()
    """`build-system.requires`."""
    document: Mapping[str, Any] = field(default_factory=dict)
    """The whole file."""

    @property
    def name(self) -> Name:
        """Normalized."""
        return normalize(self.given_name)

    @property
    def stem(self) -> str:
        """`name-version`, as file names begin."""
        return f"{self.file_name}-{self.version}"

    @property
    def file_name(self) -> str:
        """The name as file names have it."""
        return self.name.replace("-", "_")


def parse_project(text: str, path: Path, cwd: Path) -> Project:
    """Read a `pyproject.toml`.

    Args:
        path: of the file, for errors.
        cwd: where the caller is, likewise.
    Raises:
        InvalidMetadataFormat: it is no TOML, or something in it has not the right shape.
    """
    try:
        document = parse_toml(text)
        try:
            return _project(document)
        except Misfit as misfit:
            raise misfit_error(text, misfit) from misfit
    except InvalidToml as error:
        raise InvalidMetadataFormat(f"Invalid metadata format in: {shown(path, cwd)}", causes=(error.message,)) from error


def _project(document: Mapping[str, Any]) -> Project:
    found = fields(document, (), _DOCUMENT, closed=False)
    own = dict(required(found, "project", ()))
    backend = required(found, "build-system", ())
    tables = found.get("tool", {}).get("uv", {})
    given = own.pop("name")
    return Project(
        given_name=given,
        settings=tables.get("build-backend", BackendSettings()),
        requires=required(backend, "requires", ("build-system",)),
        document=document,
        **{key.replace("-", "_"): value for key, value in own.items()},
    )


def _own_table(value: object, place: Place) -> Mapping[str, Any]:
    found = fields(value, place, _PROJECT, closed=False, wanted="struct Project")
    for key in ("name", "version"):
        required(found, key, place)
    return found


def _table(readers: Mapping[str, Reader[Any]], wanted: str) -> Reader[Mapping[str, Any]]:
    return lambda value, place: fields(value, place, readers, closed=False, wanted=wanted)


def _readme(value: object, place: Place) -> Readme:
    if isinstance(value, str):
        return Readme(file=value)
    if isinstance(value, dict):
        kind, charset = value.get("content-type"), value.get("charset")
        if isinstance(kind, str) and isinstance(charset, str | None):
            for key in ("file", "text"):
                if isinstance(value.get(key), str):
                    return Readme(**{key: value[key]}, content_type=kind, charset=charset)
    raise Misfit("data did not match any variant of untagged enum Readme", place)


def _license(value: object, place: Place) -> License:
    match value:
        case str():
            return License(expression=value)
        case {"text": str() as text}:
            return License(text=text)
        case {"file": str() as file}:
            return License(file=file)
    raise Misfit("data did not match any variant of untagged enum License", place)


def _contact(value: object, place: Place) -> Contact:
    if isinstance(value, dict) and value and set(value) <= {"name", "email"} and all(isinstance(each, str) for each in value.values()):
        return Contact(**value)
    raise Misfit("a table with 'name' and/or 'email' keys", place[:-1])  # uv points at the whole list


def _classifier(value: object, place: Place) -> str:
    text = string(value, place)
    parts = text.split(" :: ")
    if len(parts) < 2 or not all(parts):
        raise Misfit(f"`project.classifiers` contains an invalid classifier: {text}", place[:-1])
    return text


def _sorted_rows(item: Reader[Any]) -> Reader[tuple[tuple[str, Any], ...]]:
    read = map_of(str, item)
    return lambda value, place: tuple(sorted(read(value, place)))


_texts = list_of(string)
_requirements = list_of(checked(parse_requirement))
_extras = map_of(parse_name, _requirements, duplicate="duplicate normalized extra name `{}`")

_PROJECT: Mapping[str, Reader[Any]] = {
    "name": checked(parse_name),
    "version": parsed(parse_version),
    "description": string,
    "readme": _readme,
    "requires-python": parsed(parse_specifiers),
    "license": _license,
    "license-files": _texts,
    "authors": list_of(_contact),
    "maintainers": list_of(_contact),
    "keywords": _texts,
    "classifiers": list_of(_classifier),
    "urls": map_of(str, string),
    "scripts": _sorted_rows(string),
    "gui-scripts": _sorted_rows(string),
    "entry-points": _sorted_rows(_sorted_rows(string)),
    "dependencies": _requirements,
    "optional-dependencies": lambda value, place: tuple(sorted(_extras(value, place))),
    "import-names": _texts,
    "import-namespaces": _texts,
    "dynamic": _texts,
}
_BUILD_SYSTEM: Mapping[str, Reader[Any]] = {"requires": _requirements, "build-backend": any_value, "backend-path": _texts}
_DOCUMENT: Mapping[str, Reader[Any]] = {
    "project": _own_table,
    "tool": _table({"uv": _table({"build-backend": backend_settings}, "struct ToolUv")}, "struct Tool"),
    "build-system": _table(_BUILD_SYSTEM, "struct BuildSystem"),
}
