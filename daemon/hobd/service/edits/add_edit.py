"""What `add` writes into a `pyproject.toml` or a script: requirements, sources, indexes (ADD-2, ADD-6 to ADD-10).

Bounds follow once the lock is known.
"""

import os
from collections.abc import Callable, Iterable
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from hobd.cli.add import Add
from hobd.cli.style import bold
from hobd.core.formats.add_bounds import render_bounds
from hobd.core.formats.dependency_tables import DEV_GROUP, LEGACY_DEV, PRODUCTION, SCRIPT, DependencyTable, find_tables, has_table
from hobd.core.formats.index_edit import add_index
from hobd.core.formats.pyproject_edit import add_requirement, ensure_list, has_entry, set_source
from hobd.core.formats.source_text import render_reference, render_requirement_text, render_source_entry
from hobd.core.formats.urls import file_url_path
from hobd.core.vocab.evidence import Evidence
from hobd.core.vocab.index import Index
from hobd.core.vocab.names import Name, normalize
from hobd.core.vocab.project import IndexEntry, SourceEntry, Workspace
from hobd.core.vocab.requirement import Requirement
from hobd.errors import RequestError
from hobd.projects.drafts import Drafts
from hobd.projects.edit import draft_file, draft_script
from hobd.service.edits.add_sources import Sourcing
from hobd.service.edits.asked import Asked
from hobd.service.edits.editing import pyproject_of
from hobd.service.session import Session


class Edit(Struct, frozen=True, kw_only=True):
    """A requirement that is added."""

    table: DependencyTable
    requirement: Requirement
    """Without its source."""
    is_new: bool
    """Whether the list had no entry of its name and marker."""
    is_from_index: bool


class EditPlace(Struct, frozen=True, kw_only=True):
    """The document that is edited: a `pyproject.toml`, or the metadata of a script."""

    path: Path
    """Of the file; relative paths that are written start at its folder."""
    members: frozenset[Name] = frozenset()
    sources: tuple[tuple[Name, tuple[SourceEntry, ...]], ...] = ()
    """That the document has already."""
    is_script: bool = False
    initial: str | None = None
    """The document of a script that had no metadata."""

    def change(self, change: Callable[[str], str], drafts: Drafts, evidence: Evidence) -> None:
        """Change the draft of the document.

        Raises:
            HobError: it cannot be changed, or is none.
        """
        if self.is_script:
            draft_script(drafts, self.path, evidence, change, self.initial)
        else:
            draft_file(drafts, self.path, evidence, change)


def project_place(workspace: Workspace) -> EditPlace:
    """The document of the current project; at a root that is none, the root's own."""
    member = workspace.find_member(workspace.current) if workspace.current is not None else None
    return EditPlace(
        path=pyproject_of(workspace),
        members=frozenset(each.name for each in workspace.members),
        sources=(workspace.pyproject if member is None else member.pyproject).tool_uv.sources,
    )


def draft_requirements(command: Add, asked: tuple[Asked, ...], place: EditPlace, drafts: Drafts, session: Session) -> tuple[Edit, ...]:
    """Draft all requirements with their sources, and the indexes of the command line."""
    indexes, root = _given_indexes(command, session), place.path.parent
    index = indexes[0].name if len(indexes) == 1 and indexes[0].origin == "cli" else None
    sourcing = Sourcing(command=command, root=root, members=place.members, sources=place.sources, index=index)
    edits: list[Edit] = []

    def change(text: str) -> str:
        edits.clear()
        for one in asked:
            text, edit = _with_requirement(text, command, one, sourcing)
            edits.append(edit)
        if not asked and (command.group is not None or command.optional is not None):
            text = ensure_list(text, _table(command, text, normalize("")).keys)
        for index in reversed(() if command.raw else indexes):
            text = add_index(text, index, _address(index, root))
        return text

    place.change(change, drafts, session.context.evidence)
    return tuple(edits)


def names_from_indexes(edits: Iterable[Edit]) -> tuple[Name, ...]:
    """The names that indexes are asked for."""
    return tuple(dict.fromkeys(edit.requirement.name for edit in edits if edit.is_from_index))


def _with_requirement(text: str, command: Add, asked: Asked, sourcing: Sourcing) -> tuple[str, Edit]:
    requirement = asked.requirement
    entry = None if command.raw else sourcing.entry(asked)
    table = _table(command, text, requirement.name)
    reference = render_reference(requirement.source) if command.raw and requirement.source is not None else None
    edit = Edit(
        table=table,
        requirement=replace(requirement, source=None),
        is_new=not has_entry(text, table.keys, requirement),
        is_from_index=reference is None and (entry is None or isinstance(entry, IndexEntry)),
    )
    text = add_requirement(text, table.keys, render_requirement_text(requirement, reference), has_source=entry is not None)
    return (text if entry is None else set_source(text, requirement.name, render_source_entry(entry))), edit


def _table(command: Add, text: str, name: Name) -> DependencyTable:
    """The list to write to. What is in one of the two lists for development stays in it."""
    if command.script is not None:
        return SCRIPT
    if command.optional is not None:
        return DependencyTable("optional", normalize(command.optional))
    group = DEV_GROUP if command.dev else DependencyTable("group", normalize(command.group)) if command.group is not None else None
    if group != DEV_GROUP:
        return group or PRODUCTION
    existing = find_tables(text, name)
    if DEV_GROUP in existing:
        return DEV_GROUP
    is_legacy = command.dev is not None and has_table(text, LEGACY_DEV) and not has_table(text, DEV_GROUP)
    return LEGACY_DEV if LEGACY_DEV in existing or is_legacy else DEV_GROUP


def _given_indexes(command: Add, session: Session) -> tuple[Index, ...]:
    """The indexes of the command line, in order of search, or the project's at the same address; empty folders are left out.

    Raises:
        RequestError: a folder is not there.
    """
    found: list[Index] = []
    for index in session.settings.index.indexes:
        if index.origin != "cli" and not (index.is_default and command.index.default_index):
            continue
        folder = file_url_path(index.url)
        if folder is not None and not Path(folder).is_dir():
            raise RequestError(f"Directory not found for index: {index.url}")
        if folder is not None and not any(Path(folder).iterdir()):
            session.context.voice.warn(f"Index directory `{index.url}` is empty, skipping")
            continue
        found.append(index)
    return tuple(found)


def _address(index: Index, root: Path) -> str:
    """How the project's file names an index: a folder by its path from there, if it was given by a relative one."""
    folder = file_url_path(index.url)
    if folder is None or index.relative_to is None or index.relative_to.startswith("/"):
        return index.url
    return os.path.relpath(folder, root)


def draft_bounds(
    chosen: Iterable[tuple[Name, Version]], command: Add, edits: tuple[Edit, ...], place: EditPlace, drafts: Drafts, session: Session
) -> bool:
    """Draft bounds for new requirements that came without any. Returns whether there were some."""
    kind = command.bounds or session.settings.add_bounds
    lowest: dict[Name, Version] = {}
    for name, version in chosen:
        lowest[name] = min(version, lowest.get(name, version))
    bounded: list[tuple[Edit, str]] = []
    for edit in edits:
        if not edit.is_new or not edit.is_from_index:
            continue
        if edit.requirement.specifier:
            if kind is not None:
                shown = render_requirement_text(edit.requirement)
                session.context.voice.note(f"{bold('note:')} Using explicit requirement `{shown}` over bounds preference `{kind}`\n")
        elif edit.requirement.name in lowest:
            bounded.append((edit, render_bounds(kind or "lower", lowest[edit.requirement.name])))
    if not bounded:
        return False

    def change(text: str) -> str:
        for edit, bounds in bounded:
            bounded_requirement = replace(edit.requirement, specifier=SpecifierSet(bounds))
            text = add_requirement(text, edit.table.keys, render_requirement_text(bounded_requirement))
        return text

    place.change(change, drafts, session.context.evidence)
    return True
