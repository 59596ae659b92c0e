"""Requirement tables of the metadata and the manifest: to text and back (uv-lock.md 1.8)."""

from collections.abc import Callable, Iterable

from packaging.specifiers import Specifier, SpecifierSet
from packaging.version import Version

from hobd.core.formats.marker_fault import find_marker_fault
from hobd.core.formats.shapes import Misfit
from hobd.core.formats.version_text import parse_specifiers
from hobd.core.lockfile.fields import Table, array, as_name, as_table, as_text, each, optional, required
from hobd.core.lockfile.model import ScopedRequirement
from hobd.core.lockfile.order import ordered_specifiers
from hobd.core.lockfile.source_table import direct_source_pairs, find_direct_source, git_text
from hobd.core.lockfile.toml_style import flat_array, inline_table, string
from hobd.core.markers import TRUE, InvalidMarker, Marker
from hobd.core.vocab.names import Name
from hobd.core.vocab.requirement import ConflictItem, Requirement
from hobd.core.vocab.source import Registry, Source


def render_requirement(requirement: Requirement) -> str:
    """A requirement as an inline table."""
    source = requirement.source
    pairs: list[tuple[str, str | None]] = [
        ("name", string(requirement.name)),
        ("extras", flat_array(map(string, requirement.extras)) if requirement.extras else None),
        ("groups", flat_array(map(string, requirement.groups)) if requirement.groups else None),
        ("marker", render_marker(requirement.marker)),
    ]
    if source is None or isinstance(source, Registry):
        pairs += [
            ("specifier", string(render_specifiers(requirement.specifier)) if requirement.specifier else None),
            ("index", None if source is None else string(source.url)),
            ("conflict", None if requirement.conflict is None else render_conflict_item(requirement.conflict)),
        ]
    else:
        pairs += direct_source_pairs(source, git_text(source, reference_before_lfs=True))
    return inline_table(pairs)


def render_override(entry: Requirement | ScopedRequirement) -> str:
    """An override: for every package, or for the requirements of one."""
    if isinstance(entry, Requirement):
        return render_requirement(entry)
    return _render_scoped(entry, map(render_requirement, entry.dependencies))


def render_exclude(entry: Name | ScopedRequirement) -> str:
    """An exclusion: for every package, or from the requirements of one."""
    if isinstance(entry, str):
        return string(entry)
    return _render_scoped(entry, (string(excluded.name) for excluded in entry.dependencies))


def _render_scoped(entry: ScopedRequirement, dependencies: Iterable[str]) -> str:
    package = inline_table([("name", string(entry.package)), ("version", None if entry.version is None else string(entry.version))])
    return inline_table([("package", package), ("dependencies", flat_array(dependencies))])


def render_specifiers(specifiers: SpecifierSet) -> str:
    """Sorted specifiers, joined by commas alone; versions in their normalized form."""
    return ",".join(map(_render_specifier, ordered_specifiers(specifiers)))


def _render_specifier(specifier: Specifier) -> str:
    stem = specifier.version.removesuffix(".*")
    return f"{specifier.operator}{Version(stem)}{specifier.version[len(stem) :]}"


def render_marker(marker: Marker) -> str | None:
    """A marker as a string; None where it always holds."""
    text = marker.to_text()
    return None if text is None else string(text)


def render_conflict_item(item: ConflictItem) -> str:
    """An item of `conflicts`."""
    return inline_table(
        [
            ("package", string(item.package)),
            ("extra", None if item.extra is None else string(item.extra)),
            ("group", None if item.group is None else string(item.group)),
        ]
    )


def read_requirement(value: object) -> Requirement:
    """A requirement's inline table."""
    table = as_table(value)
    name = required(table, "name", as_name)
    specifier, source, conflict = _read_origin(table)
    return Requirement(
        name=name,
        extras=array(table, "extras", as_name),
        groups=array(table, "groups", as_name),
        marker=read_marker_of(table),
        specifier=specifier,
        source=source,
        conflict=conflict,
    )


def _read_origin(table: Table) -> tuple[SpecifierSet, Source | None, ConflictItem | None]:
    """Where a requirement is to come from; a fault in it stands at the table itself."""
    try:
        source = find_direct_source(table)
        if source is not None:
            return SpecifierSet(), source, None
        index = optional(table, "index", as_text)
        specifier = optional(table, "specifier", lambda text: parse_specifiers(as_text(text))) or SpecifierSet()
        return specifier, None if index is None else Registry(index), optional(table, "conflict", read_conflict_item)
    except Misfit as misfit:
        raise Misfit("data did not match any variant of untagged enum RequirementSourceWire", ()) from misfit


def read_marker_of(table: Table) -> Marker:
    """The marker of a table, or the one that always holds."""
    return TRUE if "marker" not in table else required(table, "marker", read_marker)


def read_marker(value: object) -> Marker:
    """A marker."""
    text = as_text(value)
    try:
        return Marker.parse(text)
    except InvalidMarker as error:
        fault = find_marker_fault(text)
        carets = f"\n{text}\n{' ' * fault.start}{'^' * fault.length}" if fault else ""
        raise Misfit(fault.reason + carets if fault else error.message, ()) from error


def read_conflict_item(value: object) -> ConflictItem:
    """An item of `conflicts`."""
    table = as_table(value)
    if "extra" in table and "group" in table:
        raise Misfit("Expected one of `extra` or `group` in conflicting entry, but found both", ())
    return ConflictItem(
        package=required(table, "package", as_name), extra=optional(table, "extra", as_name), group=optional(table, "group", as_name)
    )


def read_override(value: object) -> Requirement | ScopedRequirement:
    """An entry of `overrides`."""
    if isinstance(value, dict) and "package" in value:
        return _read_scoped(value, read_requirement)
    return read_requirement(value)


def read_exclude(value: object) -> Name | ScopedRequirement:
    """An entry of `excludes`."""
    if isinstance(value, dict):
        return _read_scoped(value, _read_excluded)
    return as_name(value)


def _read_excluded(value: object) -> Requirement:
    return Requirement(name=as_name(value))


def _read_scoped(table: Table, read: Callable[[object], Requirement]) -> ScopedRequirement:
    package = required(table, "package", as_table)
    return ScopedRequirement(
        package=required(package, "name", as_name),
        version=optional(package, "version", as_text),
        dependencies=required(table, "dependencies", lambda items: each(items, read)),
    )
