"""Core metadata as uv writes it: the fields and their order (core metadata 2.3 to 2.5)."""

from collections.abc import Callable, Iterator
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from hobd.builds.uv_build.faults import InvalidProject, read_text, shown
from hobd.builds.uv_build.import_names import read_import_names
from hobd.builds.uv_build.licenses import Licensing, read_licensing
from hobd.builds.uv_build.project import Contact, Project
from hobd.core.markers import TRUE, Marker
from hobd.core.vocab.names import Name, normalize

_CONTENT_TYPES = {".md": "text/markdown", ".rst": "text/x-rst", ".txt": "text/plain"}

Field = tuple[str, str]


def render_metadata(project: Project, source: Path, cwd: Path, warn: Callable[[str], None]) -> str:
    """The text of METADATA and PKG-INFO. Blocks: it reads the files that the project names.

    Args:
        cwd: where the caller is, for errors.
        warn: told what will not be good one day.
    Raises:
        CannotBuild: a field is dynamic or not as it should be, or a file is not there.
    """
    if project.description is not None and "\n" in project.description:
        raise InvalidProject("`project.description` must be a single line")
    description, content_type = _readme(project, source, cwd)
    if project.dynamic:
        raise InvalidProject("Dynamic metadata is not supported")
    imports = read_import_names(project)
    licensing = read_licensing(project, source, cwd, warn)
    fields = [("Metadata-Version", _format_version(project)), ("Name", project.given_name), ("Version", str(project.version))]
    fields += _about(project, licensing)
    fields += [("Requires-Dist", text) for text in _requirements(project)]
    fields += _people(project.maintainers, "Maintainer")
    if project.requires_python is not None:
        fields.append(("Requires-Python", _specifiers(project.requires_python, ", ")))
    fields += [("Project-URL", f"{label}, {url}") for label, url in project.urls]
    fields += [("Provides-Extra", extra) for extra, _ in project.optional_dependencies]
    fields += imports
    if content_type is not None:
        fields.append(("Description-Content-Type", content_type))
    head = "".join(_render(name, value) for name, value in fields)
    return head if description is None else f"{head}\n{description}"


def _format_version(project: Project) -> str:
    if project.import_names is not None or project.import_namespaces is not None:
        return "2.5"
    is_licensed = project.license_files is not None or (project.license is not None and project.license.expression is not None)
    return "2.4" if is_licensed else "2.3"


def _about(project: Project, licensing: Licensing) -> Iterator[Field]:
    if project.description is not None:
        yield "Summary", project.description
    if project.keywords is not None:
        yield "Keywords", ",".join(project.keywords)
    yield from _people(project.authors, "Author")
    if licensing.text is not None:
        yield "License", licensing.text
    if licensing.expression is not None:
        yield "License-Expression", licensing.expression
    yield from (("License-File", path) for path in licensing.files)
    yield from (("Classifier", classifier) for classifier in project.classifiers)


def _people(people: tuple[Contact, ...], label: str) -> Iterator[Field]:
    named = ", ".join(person.name for person in people if person.name is not None)
    reached = ", ".join(_address(person.name, person.email) for person in people if person.email is not None)
    if named:
        yield label, named
    if reached:
        yield f"{label}-email", reached


def _address(name: str | None, email: str) -> str:
    return email if name is None else f"{name} <{email}>"


def _requirements(project: Project) -> Iterator[str]:
    for text in project.dependencies:
        yield _requirement(text, None)
    for extra, texts in project.optional_dependencies:
        for text in texts:
            yield _requirement(text, extra)


def _requirement(text: str, extra: Name | None) -> str:
    asked = Requirement(text)
    marker = Marker.parse(str(asked.marker)) if asked.marker is not None else TRUE
    if extra is not None:
        marker = marker & Marker.parse(f"extra == '{extra}'")
    extras = f"[{','.join(_extras_as_written(text))}]" if asked.extras else ""
    where = f" @ {asked.url}" if asked.url else _specifiers(asked.specifier, ",")
    condition = marker.to_text()
    return f"{normalize(asked.name)}{extras}{where}" + (f" ; {condition}" if condition else "")


def _extras_as_written(text: str) -> list[str]:
    """The extras in the order of the text, which `packaging` does not keep."""
    inside = text.partition("[")[2].partition("]")[0]
    return [normalize(extra.strip()) for extra in inside.split(",")]


def _specifiers(specifiers: SpecifierSet, separator: str) -> str:
    found = sorted(specifiers, key=lambda specifier: (Version(specifier.version.removesuffix(".*")), specifier.operator))
    return separator.join(str(specifier) for specifier in found)


def _readme(project: Project, source: Path, cwd: Path) -> tuple[str | None, str | None]:
    """The description and its content type."""
    readme = project.readme
    if readme is None:
        return None, None
    content = readme.text if readme.file is None else read_text(source / readme.file)
    kind = readme.content_type if readme.content_type is not None else _content_type(Path(readme.file or ""), cwd)
    if kind not in _CONTENT_TYPES.values():
        raise InvalidProject(f"Unsupported content type: {kind}")
    if readme.charset not in (None, "UTF-8"):
        raise InvalidProject(
            "Charsets other than UTF-8 are not supported. Please convert your README to UTF-8 and remove `project.readme.charset`."
        )
    return content, kind


def _content_type(path: Path, cwd: Path) -> str:
    way_out = "Please use a support extension (`.md`, `.rst`, `.txt`) or set the content type manually."
    if not path.suffix:
        raise InvalidProject(f"Can't infer content type because `{shown(path, cwd)}` does not have an extension. {way_out}")
    if path.suffix not in _CONTENT_TYPES:
        raise InvalidProject(f"Unknown Readme extension `{path.suffix[1:]}`, can't determine content type. {way_out}")
    return _CONTENT_TYPES[path.suffix]


def _render(name: str, value: str) -> str:
    """A field; lines after the first are indented below it."""
    first, *others = _lines(value) or [""]
    return "".join((f"{name}: {first}\n", *(f"{' ' * (len(name) + 2)}{line}\n" for line in others)))


def _lines(text: str) -> list[str]:
    """Split at newlines alone, a return before one goes with it; a newline at the end begins no line."""
    lines = text.split("\n")
    last = lines.pop()
    return [line.removesuffix("\r") for line in lines] + ([last] if last else [])
