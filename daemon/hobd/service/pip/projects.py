"""What projects and groups require, when `hob pip` is pointed at them (PIP-1, PIP-6)."""

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from anyio import to_thread
from msgspec import Struct
from msgspec.structs import replace

from hobd.core.formats.group_table import flatten
from hobd.core.formats.requirement import parse_requirement
from hobd.core.markers import TRUE, RequiresPython
from hobd.core.resolver.knowledge import Unusable
from hobd.core.resolver.lower import lower_group, lower_member, needs_build
from hobd.core.vocab.names import Name, normalize
from hobd.core.vocab.project import PathEntry
from hobd.core.vocab.requirement import Requirement
from hobd.core.vocab.source import Directory, Editable
from hobd.core.vocab.source import Path as PathSource
from hobd.errors import HobError, RequestError
from hobd.projects.discover import PYPROJECT
from hobd.projects.files import absolute, shown
from hobd.service.builds.building import Builder
from hobd.service.builds.source_trees import SourceTree, Surroundings, read_tree
from hobd.service.edits.asked import Asked
from hobd.service.pip.stated import KINDS, Origin, Stated
from hobd.service.session import Session


class _Project(NamedTuple):
    """What counts of a project here."""

    name: Name
    requires_dist: tuple[Requirement, ...]
    provides_extras: tuple[Name, ...]


class ProjectReader(Struct, frozen=True, kw_only=True):
    """Reads for one command."""

    session: Session
    builder: Builder
    extras: frozenset[Name] = frozenset()
    all_extras: bool = False

    async def requirements(self, file: Path) -> tuple[tuple[Stated, ...], frozenset[Name]]:
        """What a project requires with the extras that are asked for, and the extras that it has.

        Args:
            file: its `pyproject.toml`, `setup.py` or `setup.cfg`, absolute.
        Raises:
            HobError: it is broken, or its backend fails.
        """
        folder = file.parent
        blame = f"Failed to parse: {shown(file, self.session.cwd)}"
        tree = await to_thread.run_sync(partial(read_tree, folder, self._surroundings(), blame=blame))
        said = await self._project(folder, tree)
        active = self._active(said)
        where = shown(file, self.session.cwd)
        origin = Origin(kind=KINDS["-r"], is_project=True, place=where, text=f"{said.name} ({where})")
        givens = _givens(tree)
        found = (
            Stated(asked=Asked(requirement=each), origin=origin, given=_given(each, givens, self.builder.network.root))
            for each in _with_extras(said, active)
        )
        return tuple(found), frozenset(said.provides_extras)

    def group(self, text: str) -> tuple[Stated, ...]:
        """What a group requires.

        Args:
            text: `NAME` of the project here, or `PATH:NAME` with the path of a `pyproject.toml`.
        Raises:
            RequestError: the file or the group is not there.
        """
        path, colon, name = text.rpartition(":")
        file = absolute(Path(path), self.session.cwd) if colon else self.session.start / PYPROJECT
        self.session.context.evidence.saw(file)
        if not file.is_file():
            shown_file = path if colon else file
            head = f"Failed to read dependency groups from: {shown_file}"
            raise RequestError(head, causes=(f"No `{PYPROJECT}` found at: {shown_file}",))
        try:
            tree = read_tree(file.parent, self._surroundings())
            groups = dict(self._groups(tree))
        except HobError as error:
            raise error.under(f"Failed to read dependency groups from: {path if colon else file}") from error
        where = shown(file, self.session.cwd)
        if normalize(name) not in groups:
            raise RequestError(f"The dependency group '{name}' was not found in the project: {where}")
        project = tree.pyproject.project
        title = f"{project.name} " if project is not None else ""
        origin = Origin(kind=KINDS["-r"], is_project=True, place=where, text=f"{title}({where}:{normalize(name)})")
        givens = _givens(tree)
        return tuple(
            Stated(asked=Asked(requirement=each), origin=origin, given=_given(each, givens, self.builder.network.root))
            for each in groups[normalize(name)]
        )

    async def _project(self, folder: Path, tree: SourceTree) -> _Project:
        """What the project says, by its backend where nothing else tells."""
        if tree.member is not None and tree.stating is not None and not needs_build(tree.pyproject):
            lowered = lower_member(tree.member, tree.stating.ground, self._shown(folder))
            return _Project(lowered.name, lowered.requires_dist, lowered.provides_extras)
        source = Directory(os.path.relpath(folder, self.builder.network.root))
        try:
            said = await self.builder.of_tree(folder, source, None)
        except HobError as error:
            if not error.causes:
                raise
            raise RequestError(error.causes[0], causes=error.causes[1:]) from error  # which project it is, is said by who named it
        if isinstance(said, Unusable):
            raise RequestError(f"The metadata of `{folder}` {said.reason}", causes=(said.detail,) if said.detail else ())
        return _Project(said.name, said.requires_dist, said.provides_extras)

    def _active(self, said: _Project) -> frozenset[Name]:
        """The extras that are asked for, and those that they take in of the project itself."""
        active = set(said.provides_extras) if self.all_extras else {each for each in said.provides_extras if each in self.extras}
        own = [each for each in said.requires_dist if each.name == said.name]
        while True:
            more = {extra for each in own if _holds(each, frozenset(active)) for extra in each.extras}
            if more <= active:
                return frozenset(active)
            active |= more

    def _groups(self, tree: SourceTree) -> Iterator[tuple[Name, tuple[Requirement, ...]]]:
        for name, group in flatten(tree.pyproject, self._shown(tree.folder), parse_requirement):
            if tree.stating is not None:
                yield name, lower_group(name, group, tree.stating)
            else:
                yield name, tuple(_bounded(parse_requirement(text), bounds) for text, bounds in group.requirements)

    def _shown(self, folder: Path) -> str:
        """A project's folder as errors name it; nothing for the current one."""
        return "" if folder == self.session.cwd else shown(folder, self.session.cwd)

    def _surroundings(self) -> Surroundings:
        session = self.session
        return Surroundings(discovery=session.discovery(), settings=session.settings, lock_root=self.builder.network.root)


def _with_extras(said: _Project, active: frozenset[Name]) -> Iterator[Requirement]:
    """The requirements that hold under the active extras; those on the project itself are taken in already."""
    for each in said.requires_dist:
        marker = each.marker.assume_extras(lambda name: name in active)
        if each.name != said.name and not marker.is_false:
            yield replace(each, marker=marker)


def _holds(requirement: Requirement, active: frozenset[Name]) -> bool:
    return not requirement.marker.assume_extras(lambda name: name in active).is_false


def _bounded(requirement: Requirement, bounds: tuple[str, ...]) -> Requirement:
    for bound in bounds:
        requirement = requirement.under(TRUE.complexify(RequiresPython.parse(bound)))
    return requirement


def _givens(tree: SourceTree) -> dict[Path, str]:
    """The paths of the project's sources, as they are written, by where they lead."""
    entries = [entry for _, entries in tree.pyproject.tool_uv.sources for entry in entries]
    return {absolute(Path(entry.path), tree.folder): entry.path for entry in entries if isinstance(entry, PathEntry)}


def _given(requirement: Requirement, givens: dict[Path, str], root: Path) -> str | None:
    source = requirement.source
    return givens.get(absolute(Path(source.path), root)) if isinstance(source, Directory | Editable | PathSource) else None
