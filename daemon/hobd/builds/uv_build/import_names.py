"""What a project says that one imports (PEP 794)."""

from msgspec import Struct

from hobd.builds.uv_build.faults import InvalidProject
from hobd.builds.uv_build.layout import identifier_fault
from hobd.builds.uv_build.project import Project

_NAMES, _NAMESPACES = "project.import-names", "project.import-namespaces"


class _Entry(Struct, frozen=True):
    name: str
    is_private: bool

    @property
    def text(self) -> str:
        return f"{self.name}; private" if self.is_private else self.name


def read_import_names(project: Project) -> list[tuple[str, str]]:
    """The fields of METADATA.

    Raises:
        InvalidProject: an entry is none, or means both.
    """
    names = [_entry(text, _NAMES) for text in project.import_names or ()]
    if project.import_namespaces == ():
        raise InvalidProject(f"`{_NAMESPACES}` must not be empty")
    namespaces = [_entry(text, _NAMESPACES) for text in project.import_namespaces or ()]
    for entry in namespaces:
        if any(entry.name == other.name for other in names):
            raise InvalidProject(f"`{_NAMES}` and `{_NAMESPACES}` must not both contain `{entry.name}`")
    fields = [("Import-Name", entry.text) for entry in names]
    if project.import_names == ():
        fields.append(("Import-Name", ""))  # nothing is imported from it
    return fields + [("Import-Namespace", entry.text) for entry in namespaces]


def _entry(text: str, field: str) -> _Entry:
    name, mark, suffix = text.partition(";")
    name, suffix = (name.rstrip(), suffix.strip()) if mark else (text, "private")
    if not name:
        raise InvalidProject(f"`{field}` entry must not be empty")
    if suffix != "private":
        raise InvalidProject(f"`{field}` entry `{text}` must end with `; private` or nothing, found `{suffix}`")
    for part in name.split("."):
        fault = identifier_fault(part)
        if fault is not None:
            raise InvalidProject(f"`{field}` entry `{name}` has an invalid import name", fault)
    return _Entry(name, bool(mark))
