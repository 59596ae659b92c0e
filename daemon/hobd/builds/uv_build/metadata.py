"""Core metadata as uv writes it: the fields and their order (core metadata 2.3 and 2.4)."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from hobd.core.markers import Marker
from hobd.core.vocab.names import normalize
from hobd.errors import RequestError

_CONTENT_TYPES = {".md": "text/markdown", ".rst": "text/x-rst", ".txt": "text/plain", "": "text/plain"}


class InvalidProject(RequestError):
    """`[project]` says something that cannot be built."""

    def __init__(self, cause: str) -> None:
        super().__init__("Invalid project metadata", causes=(cause,))


def render_metadata(project: Mapping[str, Any], source: Path) -> str:
    """The text of METADATA and PKG-INFO.

    Raises:
        InvalidProject: a field is dynamic, or not as PEP 621 wants it.
    """
    if project.get("dynamic"):
        raise InvalidProject("Dynamic metadata is not supported")
    licenses = license_files(project, source)
    version = "2.4" if isinstance(project.get("license"), str) or "license-files" in project else "2.3"
    fields = [("Metadata-Version", version), ("Name", project["name"]), ("Version", str(Version(project["version"])))]
    fields += _about(project, source, licenses)
    fields += [("Requires-Dist", text) for text in _requirements(project)]
    fields += _people(project.get("maintainers", ()), "Maintainer")
    if "requires-python" in project:
        fields.append(("Requires-Python", _specifiers(project["requires-python"])))
    fields += [("Project-URL", f"{label}, {url}") for label, url in project.get("urls", {}).items()]
    fields += [("Provides-Extra", normalize(extra)) for extra in project.get("optional-dependencies", {})]
    description, content_type = _readme(project, source)
    if content_type is not None:
        fields.append(("Description-Content-Type", content_type))
    head = "".join(f"{name}: {_folded(value)}\n" for name, value in fields)
    return head if description is None else f"{head}\n{description}"


def _about(project: Mapping[str, Any], source: Path, licenses: list[str]) -> list[tuple[str, str]]:
    fields = []
    if "description" in project:
        fields.append(("Summary", project["description"]))
    if project.get("keywords"):
        fields.append(("Keywords", ",".join(project["keywords"])))
    fields += _people(project.get("authors", ()), "Author")
    fields += _license(project.get("license"), source)
    fields += [("License-File", path) for path in licenses]
    return fields + [("Classifier", classifier) for classifier in project.get("classifiers", ())]


def _people(people: Any, label: str) -> list[tuple[str, str]]:
    named = [person["name"] for person in people if "name" in person]
    emails = [f"{person['name']} <{person['email']}>" if "name" in person else person["email"] for person in people if "email" in person]
    rows = [(label, ", ".join(named))] if named else []
    return rows + ([(f"{label}-email", ", ".join(emails))] if emails else [])


def _license(value: Any, source: Path) -> list[tuple[str, str]]:
    if value is None:
        return []
    if isinstance(value, str):
        return [("License-Expression", value)]
    if "text" in value:
        return [("License", value["text"])]
    return [("License", (source / value["file"]).read_text("utf-8").rstrip("\n"))]


def license_files(project: Mapping[str, Any], source: Path) -> list[str]:
    """The licence files that `license-files` names, relative to the source tree, sorted (PEP 639)."""
    found = {
        path.relative_to(source).as_posix()
        for pattern in project.get("license-files", ())
        for path in source.glob(pattern)
        if path.is_file()
    }
    return sorted(found)


def _requirements(project: Mapping[str, Any]) -> Iterator[str]:
    for text in project.get("dependencies", ()):
        yield _requirement(text, None)
    for extra, texts in project.get("optional-dependencies", {}).items():
        for text in texts:
            yield _requirement(text, normalize(extra))


def _requirement(text: str, extra: str | None) -> str:
    asked = Requirement(text)
    marker = Marker.parse(str(asked.marker)) if asked.marker is not None else Marker.parse("python_version >= '0'")
    if extra is not None:
        marker = marker & Marker.parse(f"extra == '{extra}'")
    extras = f"[{','.join(_extras_as_written(text))}]" if asked.extras else ""
    where = f" @ {asked.url}" if asked.url else _specifiers(str(asked.specifier), ",")
    condition = marker.to_text()
    return f"{normalize(asked.name)}{extras}{where}" + (f" ; {condition}" if condition else "")


def _extras_as_written(text: str) -> list[str]:
    """The extras in the order of the text, which `packaging` does not keep."""
    inside = text.partition("[")[2].partition("]")[0]
    return [normalize(extra.strip()) for extra in inside.split(",")]


def _specifiers(text: str, separator: str = ", ") -> str:
    found = sorted(SpecifierSet(text), key=lambda specifier: (Version(specifier.version.removesuffix(".*")), specifier.operator))
    return separator.join(str(specifier) for specifier in found)


def _readme(project: Mapping[str, Any], source: Path) -> tuple[str | None, str | None]:
    readme = project.get("readme")
    if readme is None:
        return None, None
    if isinstance(readme, str):
        kind = _CONTENT_TYPES.get(Path(readme).suffix.lower())
        return (source / readme).read_text("utf-8"), kind
    text = readme["text"] if "text" in readme else (source / readme["file"]).read_text("utf-8")
    return text, readme["content-type"]


def _folded(value: str) -> str:
    return value.replace("\n", "\n        ")
