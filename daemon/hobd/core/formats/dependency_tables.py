"""The lists that requirements stand in, and in which of them one stands (features.md, ADD-6 to ADD-8, SCR-6).

They are those of a `pyproject.toml`, or the one of a script's metadata.
"""

from typing import Literal

from msgspec import Struct

from hobd.core.formats.pyproject_edit import has_requirement, remove_requirement, remove_source
from hobd.core.formats.toml_edit import TomlDocument
from hobd.core.vocab.names import Name, normalize

Kind = Literal["production", "optional", "group", "legacy-dev", "script"]

_OPTIONAL = ("project", "optional-dependencies")
_GROUPS = ("dependency-groups",)


class DependencyTable(Struct, frozen=True):
    """One list of requirements."""

    kind: Kind
    name: Name | None = None
    """Of the extra or the group."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Where the list is in the document; the last key may be spelled otherwise there."""
        if self.kind == "production":
            return ("project", "dependencies")
        if self.kind == "legacy-dev":
            return ("tool", "uv", "dev-dependencies")
        if self.kind == "script":
            return ("dependencies",)
        assert self.name is not None  # extras and groups have names
        return (*(_OPTIONAL if self.kind == "optional" else _GROUPS), self.name)


PRODUCTION = DependencyTable("production")
LEGACY_DEV = DependencyTable("legacy-dev")
SCRIPT = DependencyTable("script")
DEV_GROUP = DependencyTable("group", normalize("dev"))


def find_tables(text: str, name: Name) -> tuple[DependencyTable, ...]:
    """The lists that have a requirement of a name: the project's own, extras, groups, the legacy list."""
    return tuple(table for table in _tables(text) if has_requirement(text, table.keys, name))


def has_table(text: str, table: DependencyTable) -> bool:
    """Whether a list is there, be it empty."""
    return table in _tables(text)


def remove_everywhere(text: str, tables: tuple[DependencyTable, ...], name: Name) -> str | None:
    """Remove a name from some lists, and its source where no list has it any more.

    Returns:
        The new text; None where none of the lists has it.
    """
    is_found = False
    for table in tables:
        text, removed = remove_requirement(text, table.keys, name)
        is_found = is_found or bool(removed)
    if not is_found:
        return None
    return text if find_tables(text, name) else remove_source(text, name)


def _tables(text: str) -> tuple[DependencyTable, ...]:
    document = TomlDocument(text)
    optional = [DependencyTable("optional", normalize(key)) for key in _children(document, _OPTIONAL)]
    groups = [DependencyTable("group", normalize(key)) for key in _children(document, _GROUPS)]
    alone = {table: [table] if document.find(*table.keys) is not None else [] for table in (PRODUCTION, LEGACY_DEV, SCRIPT)}
    return (*alone[PRODUCTION], *optional, *groups, *alone[LEGACY_DEV], *alone[SCRIPT])


def _children(document: TomlDocument, keys: tuple[str, ...]) -> tuple[str, ...]:
    found = document.find(*keys)
    return () if found is None else tuple(found.children)
