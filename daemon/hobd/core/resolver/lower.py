"""From what a project writes to what is resolved: sources, extras, groups and markers put into requirements (uv-lock.md 4.1, 4.9).

"b>=1" ─┬─ a source under marker m ──→ b>=1 ; m      from that source
        └─ where no source applies ──→ b>=1 ; not m  from any index
"""

from collections.abc import Iterable, Iterator
from functools import reduce
from pathlib import Path as Folder

from msgspec import Struct
from msgspec.structs import replace
from packaging.version import Version

from hobd.core.formats.group_table import FlatGroup, flatten
from hobd.core.formats.requirement import InvalidRequirement, parse_lenient_requirement, parse_requirement
from hobd.core.markers import FALSE, TRUE, Marker, RequiresPython
from hobd.core.resolver.problem import RootProject
from hobd.core.resolver.recorded import recorded_default_groups
from hobd.core.resolver.source_lowering import Ground, InvalidSource, UnfitMember, lower_entry, lower_path, member_source
from hobd.core.vocab.index import Index
from hobd.core.vocab.metadata import Metadata
from hobd.core.vocab.names import Name
from hobd.core.vocab.project import (
    GitEntry,
    IndexEntry,
    Member,
    PathEntry,
    ProjectTable,
    Pyproject,
    Script,
    SourceEntry,
    UrlEntry,
    WorkspaceEntry,
)
from hobd.core.vocab.requirement import ConflictItem, Requirement
from hobd.core.vocab.source import Directory, Path, Source
from hobd.errors import HobError

_KINDS: dict[type, str] = {GitEntry: "Git", UrlEntry: "URL", PathEntry: "path", IndexEntry: "registry"}


class Stating(Struct, frozen=True, kw_only=True):
    """Who states a requirement: a project with its own sources and indexes, or the workspace's root."""

    ground: Ground
    name: Name | None
    folder: Folder
    sources: tuple[tuple[Name, tuple[SourceEntry, ...]], ...]
    indexes: tuple[Index, ...]


def stating_member(member: Member, ground: Ground) -> Stating:
    """A workspace member."""
    tool_uv = member.pyproject.tool_uv
    return Stating(ground=ground, name=member.name, folder=member.root, sources=tool_uv.sources, indexes=tool_uv.indexes)


def stating_root(ground: Ground) -> Stating:
    """The root, for constraints, overrides and the groups of a root that is no project."""
    pyproject = ground.workspace.pyproject
    name = pyproject.project.name if pyproject.project else None
    return Stating(
        ground=ground, name=name, folder=ground.workspace.root, sources=pyproject.tool_uv.sources, indexes=pyproject.tool_uv.indexes
    )


def stating_script(script: Script, ground: Ground) -> Stating:
    """A script: its folder is where its lock lies."""
    return Stating(ground=ground, name=None, folder=ground.lock_root, sources=script.tool_uv.sources, indexes=script.tool_uv.indexes)


def needs_build(pyproject: Pyproject) -> bool:
    """Whether only the build backend knows the requirements: they are dynamic, left to Poetry, or cannot be read."""
    project = pyproject.project
    if project is None or {"dependencies", "optional-dependencies"} & set(project.dynamic):
        return True
    if project.dependencies is None and pyproject.has_poetry_table:
        return True
    try:
        for text, _ in _texts(project):
            parse_stated(text)
    except HobError:
        return True
    return False


def has_dynamic_version(member: Member) -> bool:
    """Whether only the build backend knows the version."""
    return "version" in member.project.dynamic


def lower_member(
    member: Member, ground: Ground, shown_folder: str, metadata: Metadata | None = None, built_version: Version | None = None
) -> RootProject:
    """A workspace member, ready to be resolved.

    Args:
        member: the project.
        ground: what it is lowered against.
        shown_folder: its folder as errors show it.
        metadata: what the build backend said, where `needs_build`.
        built_version: what it said of a dynamic version otherwise.
    Raises:
        UnfitMember: a source does not fit; below `Failed to build` and `Failed to parse entry`.
        MalformedGroups: its groups do not hold together.
    """
    stating = stating_member(member, ground)
    groups = flatten(member.pyproject, shown_folder, parse_stated)
    stated = metadata.requires_dist if metadata is not None else _requirements(member, ground)
    extras = metadata.provides_extras if metadata is not None else tuple(name for name, _ in member.project.optional_dependencies)
    try:
        _check_scopes(stating, stated, extras, dict(groups))
        lowered_groups = tuple((name, lower_group(name, group, stating)) for name, group in groups)
        requires_dist = tuple(lower_all(stated, stating))
    except InvalidSource as error:
        raise UnfitMember(member, ground, error) from error
    return RootProject(
        name=member.name,
        version=None if has_dynamic_version(member) else member.project.version,
        built_version=built_version if metadata is None else metadata.version,
        source=member_source(member, ground),
        requires_dist=requires_dist,
        provides_extras=extras,
        groups=lowered_groups,
        requires_python=member.project.requires_python,
        default_groups=recorded_default_groups(member.pyproject),
        group_requires_python=member.pyproject.tool_uv.group_requires_python,
    )


def lower_texts(texts: Iterable[str], stating: Stating) -> Iterator[Requirement]:
    """Requirements as text, lowered.

    Raises:
        InvalidSource: see `lower_all`.
    """
    return lower_all((parse_stated(text) for text in texts), stating)


def lower_group(name: Name, group: FlatGroup, stating: Stating) -> tuple[Requirement, ...]:
    """The requirements of a group; the Pythons of the groups that they came through are in their markers (2.2)."""
    found: list[Requirement] = []
    for text, bounds in group.requirements:
        marker = reduce(Marker.__and__, (TRUE.complexify(RequiresPython.parse(bound)) for bound in bounds), TRUE)
        try:
            found.extend(lower_requirement(parse_stated(text).under(marker), stating, group=name))
        except InvalidSource as error:
            raise error.under(f"Failed to parse entry in group `{name}`: `{parse_stated(text).name}`") from error
    return tuple(found)


def lower_all(requirements: Iterable[Requirement], stating: Stating) -> Iterator[Requirement]:
    """Each requirement lowered.

    Raises:
        InvalidSource: below a message that names the requirement.
    """
    for requirement in requirements:
        try:
            yield from lower_requirement(requirement, stating, extra=_only_extra(requirement.marker))
        except InvalidSource as error:
            raise error.under(f"Failed to parse entry: `{requirement.name}`") from error


def lower_requirement(
    requirement: Requirement, stating: Stating, *, extra: Name | None = None, group: Name | None = None
) -> tuple[Requirement, ...]:
    """One requirement as one for each source that applies, and one for what no source covers.

    Raises:
        InvalidSource: the source does not fit, or a member is not declared as one.
    """
    ground = stating.ground
    if ground.no_sources.has(requirement.name):
        return (requirement,)
    entries, base = _entries_for(requirement.name, stating)
    if entries is not None:
        entries = tuple(entry for entry in entries if entry.extra in (None, extra) and entry.group in (None, group))
    if ground.workspace.find_member(requirement.name) is not None and requirement.name != stating.name:
        _check_member(requirement.name, entries)
    if entries is None:
        return (_settled(requirement, ground),)
    pieces = [_piece(requirement, entry, base, stating) for entry in entries]
    covered = reduce(Marker.__or__, (entry.marker for entry in entries), FALSE)
    remainder = replace(_settled(requirement, ground), marker=~covered & requirement.marker)
    return tuple(piece for piece in (*pieces, remainder) if not piece.marker.is_false)


def _entries_for(name: Name, stating: Stating) -> tuple[tuple[SourceEntry, ...] | None, Folder]:
    """The project's own sources go before the root's; paths start from where they are written."""
    own = next((entries for package, entries in stating.sources if package == name), None)
    if own is not None or not stating.ground.workspace.is_explicit:
        return own, stating.folder
    workspace = stating.ground.workspace
    return workspace.pyproject.tool_uv.sources_of(name), workspace.root


def _piece(requirement: Requirement, entry: SourceEntry, base: Folder, stating: Stating) -> Requirement:
    source = lower_entry(entry, requirement.name, base, stating.indexes, stating.ground)
    conflict = None
    if isinstance(entry, IndexEntry) and stating.name is not None and (entry.extra or entry.group):
        conflict = ConflictItem(package=stating.name, extra=entry.extra, group=entry.group)
    specifier = requirement.specifier if isinstance(entry, IndexEntry) else type(requirement.specifier)()
    return replace(requirement, groups=(), source=source, specifier=specifier, conflict=conflict, marker=entry.marker & requirement.marker)


def _settled(requirement: Requirement, ground: Ground) -> Requirement:
    """A local reference by what the disk says it is: a text cannot tell a folder from an archive."""
    source = requirement.source
    if not isinstance(source, Path | Directory):
        return requirement
    settled: Source = lower_path(source.path, ground.lock_root, ground)
    if isinstance(source, Path) and isinstance(settled, Path):
        settled = replace(settled, fragment=source.fragment)
    return replace(requirement, source=settled)


def _check_member(name: Name, entries: tuple[SourceEntry, ...] | None) -> None:
    """A member has to be required as one."""
    if entries is None:
        raise InvalidSource(
            f"`{name}` is included as a workspace member, but is missing an entry in `tool.uv.sources` "
            f"(e.g., `{name} = {{ workspace = true }}`)"
        )
    for entry in entries:
        if not isinstance(entry, WorkspaceEntry):
            raise InvalidSource(
                f"`{name}` is included as a workspace member, but references a {_KINDS[type(entry)]} in `tool.uv.sources`. "
                f"Workspace members must be declared as workspace sources (e.g., `{name} = {{ workspace = true }}`)."
            )
        if entry.workspace is not True:
            raise InvalidSource(f"`{name}` is included as a workspace member, but does not use `workspace = true` in `tool.uv.sources`")


def _check_scopes(stating: Stating, stated: tuple[Requirement, ...], extras: tuple[Name, ...], groups: dict[Name, FlatGroup]) -> None:
    """A source for an extra or a group needs a requirement there."""
    for name, entries in stating.sources:
        for entry in entries:
            if entry.extra is not None:
                is_there = any(each.name == name and _only_extra(each.marker) == entry.extra for each in stated)
                if entry.extra not in extras or not is_there:
                    raise _missing_scope(name, entry.extra, is_extra=True, exists=entry.extra in extras)
            if entry.group is not None:
                is_there = entry.group in groups and any(parse_stated(text).name == name for text, _ in groups[entry.group].requirements)
                if not is_there:
                    raise _missing_scope(name, entry.group, is_extra=False, exists=entry.group in groups)


def _missing_scope(name: Name, scope: Name, *, is_extra: bool, exists: bool) -> InvalidSource:
    kind, what, table = ("extra", "an extra", "project.optional-dependencies") if is_extra else ("group", "a group", "dependency-groups")
    fault = f"`{name}` was not found under the `{table}` section for that {kind}" if exists else f"the `{scope}` {kind} does not exist"
    return InvalidSource(
        f"Source entry for `{name}` only applies to {kind if is_extra else 'dependency group'} `{scope}`, but {fault}. "
        f'When {what} is present on a source (e.g., `{kind} = "{scope}"`), the relevant package must be included in the '
        f'`{table}` section for that extra (e.g., `{table} = {{ "{scope}" = ["{name}"] }}`).'
    )


def _requirements(member: Member, ground: Ground) -> tuple[Requirement, ...]:
    return tuple(parse_stated(text).under(_extra_marker(extra)) for text, extra in _texts(member.project))


def _texts(project: ProjectTable) -> Iterator[tuple[str, Name | None]]:
    for text in project.dependencies or ():
        yield text, None
    for extra, texts in project.optional_dependencies:
        for text in texts:
            yield text, extra


def _extra_marker(extra: Name | None) -> Marker:
    return TRUE if extra is None else Marker.parse(f"extra == '{extra}'")


def _only_extra(marker: Marker) -> Name | None:
    """The one extra without which a requirement never holds."""
    names = marker.extra_names()
    if len(names) != 1:
        return None
    [name] = names
    return Name(name) if marker.assume_extra(name, active=False).is_false else None


def parse_stated(text: str) -> Requirement:
    """A requirement; published mistakes are repaired. Relative paths are refused: they have their place among the sources."""
    try:
        return parse_requirement(text)
    except InvalidRequirement:
        try:
            return parse_lenient_requirement(text)
        except InvalidRequirement:
            pass
        raise
