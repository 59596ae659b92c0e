"""Which source a requirement that is added gets in `[tool.uv.sources]` (ADD-10)."""

import os
from pathlib import Path as Folder

from msgspec import Struct
from msgspec.structs import replace

from hobd.cli.add import Add
from hobd.cli.found import said
from hobd.core.markers import Marker
from hobd.core.vocab.names import Name, normalize
from hobd.core.vocab.project import GitEntry, IndexEntry, PathEntry, SourceEntry, UrlEntry, WorkspaceEntry
from hobd.core.vocab.requirement import Requirement
from hobd.core.vocab.source import Directory, Git, Path, Source, Url
from hobd.errors import RequestError
from hobd.service.edits.asked import Asked


def augmented(asked: Asked, command: Add) -> Asked:
    """The requirement with the extras, the marker and the git reference of the command line."""
    requirement = asked.requirement
    extras = {*requirement.extras, *map(normalize, command.extra)}
    source = _referring(requirement.source, command) if isinstance(requirement.source, Git) else requirement.source
    marker = requirement.marker if command.marker is None else requirement.marker & Marker.parse(command.marker)
    return replace(asked, requirement=replace(requirement, extras=tuple(sorted(extras)), marker=marker, source=source))


def _referring(source: Git, command: Add) -> Git:
    lfs = source.lfs or command.lfs
    for kind in ("rev", "tag", "branch"):
        reference = getattr(command, kind)
        if reference is not None:
            return replace(source, reference_kind=kind, reference=reference, commit=None, lfs=lfs)
    return replace(source, lfs=lfs)


class Sourcing(Struct, frozen=True, kw_only=True):
    """What decides about sources."""

    command: Add
    root: Folder
    """Of the project: relative paths start there."""
    members: frozenset[Name]
    sources: tuple[tuple[Name, tuple[SourceEntry, ...]], ...]
    """That the project has already."""
    index: str | None
    """The name of the one index that the command line gives."""

    def entry(self, asked: Asked) -> SourceEntry | None:
        """The entry to write; None where the requirement says it all.

        Raises:
            RequestError: an option of the command line does not fit the source.
        """
        requirement = asked.requirement
        name, source = requirement.name, requirement.source
        if not isinstance(source, Git) and (again := self._with_new_reference(requirement)) is not None:
            return again
        is_editable = self._is_editable(asked)
        if name in self.members:
            return _of_member(name, source, self._as_told(name))
        if is_editable and not isinstance(source, Directory):
            raise RequestError(
                f"`{name}` did not resolve to a local directory, but the `--editable` flag was provided. "
                "Editable installs are only supported for local directories."
            )
        return self._of_source(asked, source, is_editable)

    def _with_new_reference(self, requirement: Requirement) -> SourceEntry | None:
        """The git source that the package has, with another reference; None where none is given."""
        command = self.command
        given = {kind: value for kind in ("rev", "tag", "branch") if (value := getattr(command, kind)) is not None}
        if not given and not command.lfs:
            return None
        entries = next((entries for name, entries in self.sources if name == requirement.name), ())
        found = next((entry for entry in entries if isinstance(entry, GitEntry)), None)
        if found is not None:
            return replace(found, **({"rev": None, "tag": None, "branch": None} | given), lfs=command.lfs or None)
        if given:
            kind, value = next(iter(given.items()))
            what = f"a Git reference (`--{kind} {value}`)"
        else:
            what = "a Git extension (`--lfs`)"
        raise RequestError(f"`{requirement.name}` did not resolve to a Git repository, but {what} was provided.")

    def _is_editable(self, asked: Asked) -> bool | None:
        told = self._as_told(asked.requirement.name)
        return asked.is_editable if told is None else told

    def _as_told(self, name: Name) -> bool | None:
        """What the command line says of it: files of requirements do not count for members."""
        return False if name in map(normalize, self.command.no_editable_package) else said(self.command.editable)

    def _of_source(self, asked: Asked, source: Source | None, is_editable: bool | None) -> SourceEntry | None:
        if isinstance(source, Git):
            return _of_repository(source)
        if isinstance(source, Url):
            return UrlEntry(url=source.url, subdirectory=source.subdirectory)
        if isinstance(source, Path | Directory):
            path = source.path if asked.is_absolute else os.path.relpath(source.path, self.root)
            return PathEntry(path=path, editable=is_editable if isinstance(source, Directory) else None)
        return None if self.index is None else IndexEntry(index=self.index)


def _of_member(name: Name, source: Source | None, is_editable: bool | None) -> SourceEntry:
    for kind, what in ((Git, "a Git repository"), (Url, "a URL"), (Path, "a file")):
        if isinstance(source, kind):
            raise RequestError(f"Workspace dependency `{name}` must refer to local directory, not {what}")
    return WorkspaceEntry(workspace=True, editable=is_editable)


def _of_repository(source: Git) -> GitEntry:
    reference = {source.reference_kind: source.reference} if source.reference_kind else {}
    return GitEntry(
        git=source.url,
        subdirectory=source.subdirectory,
        path=source.path,
        rev=reference.get("rev"),
        tag=reference.get("tag"),
        branch=reference.get("branch"),
        lfs=source.lfs or None,
    )
