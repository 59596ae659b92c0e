"""`[[package]]`: to text and back (uv-lock.md 1.6, 1.9, 1.10)."""

import re
from collections.abc import Iterator, Sequence

from packaging.version import Version

from hobd.core.formats.shapes import Misfit
from hobd.core.formats.version_text import parse_version
from hobd.core.lockfile.fields import Table, array, as_name, as_number, as_table, as_text, each, named, optional, required
from hobd.core.lockfile.model import Edge, LockedFile, LockedPackage, PackageMetadata
from hobd.core.lockfile.requirement_table import read_marker, read_marker_of, read_requirement, render_marker, render_requirement
from hobd.core.lockfile.source_table import read_source, render_source
from hobd.core.lockfile.toml_style import fitting_array, flat_array, inline_table, long_array, section, string
from hobd.core.vocab.digest import HEX_LENGTHS, STRENGTH, Digest
from hobd.core.vocab.names import Name
from hobd.core.vocab.source import Source

_SHA256 = re.compile(r"sha256:([0-9a-f]{64})")
_NOT_HEX = re.compile(r"[^0-9A-Fa-f]")


def render_package(package: LockedPackage) -> Iterator[str]:
    """The lines of a package, without the empty line before it; arrays are one item of several lines."""
    yield "[[package]]"
    yield f"name = {string(package.name)}"
    if package.version is not None:
        yield f"version = {string(str(package.version))}"
    yield f"source = {render_source(package.source)}"
    if package.default_groups is not None:
        yield f"default-groups = {render_default_groups(package.default_groups)}"
    if package.resolution_markers:
        yield f"resolution-markers = {long_array([string(str(marker)) for marker in package.resolution_markers])}"
    if package.dependencies:
        yield f"dependencies = {_render_edges(package.dependencies)}"
    if package.sdist is not None:
        yield f"sdist = {_render_file(package.sdist)}"
    if package.wheels:
        yield f"wheels = {long_array(list(map(_render_file, package.wheels)))}"
    yield from section("package.optional-dependencies", ((name, _render_edges(edges)) for name, edges in package.optional_dependencies))
    yield from section("package.dev-dependencies", ((name, _render_edges(edges)) for name, edges in package.dev_dependencies))
    yield from section("package.group-requires-python", ((name, string(text)) for name, text in package.group_requires_python))
    if package.metadata is not None:
        yield from _render_metadata(package.metadata)


def _render_metadata(metadata: PackageMetadata) -> Iterator[str]:
    """The header stands even if only groups follow; nothing stands for what is all empty."""
    if not (metadata.requires_dist or metadata.provides_extras or metadata.requires_dev):
        return
    yield "\n[package.metadata]"
    if metadata.requires_dist:
        yield f"requires-dist = {fitting_array(list(map(render_requirement, metadata.requires_dist)))}"
    if metadata.provides_extras:
        yield f"provides-extras = {flat_array(map(string, metadata.provides_extras))}"
    groups = ((name, fitting_array(list(map(render_requirement, entries)))) for name, entries in metadata.requires_dev)
    yield from section("package.metadata.requires-dev", groups)


def render_default_groups(groups: tuple[str, ...] | str) -> str:
    """A list of groups, or the word `all`."""
    return string(groups) if isinstance(groups, str) else flat_array(map(string, groups))


def _render_edges(edges: Sequence[Edge]) -> str:
    return long_array(list(map(_render_edge, edges)))


def _render_edge(edge: Edge) -> str:
    return inline_table(
        [
            ("name", string(edge.name)),
            ("version", None if edge.version is None else string(str(edge.version))),
            ("source", None if edge.source is None else render_source(edge.source)),
            ("extra", flat_array(map(string, edge.extras)) if edge.extras else None),
            ("marker", render_marker(edge.marker)),
        ]
    )


def _render_file(file: LockedFile) -> str:
    if file.url and file.digest and file.size is not None and file.upload_time and file.path is None and file.filename is None:
        # as nearly every one is, so this is where the time goes
        url, time = string(file.url), string(file.upload_time)
        return f"{{ url = {url}, hash = {string(str(file.digest))}, size = {file.size}, upload-time = {time} }}"
    return inline_table(
        [
            ("url", None if file.url is None else string(file.url)),
            ("path", None if file.path is None else string(file.path)),
            ("filename", None if file.filename is None else string(file.filename)),
            ("hash", None if file.digest is None else string(str(file.digest))),
            ("size", None if file.size is None else str(file.size)),
            ("upload-time", None if file.upload_time is None else string(file.upload_time)),
        ]
    )


def read_package(value: object) -> LockedPackage:
    """A package's table. Faults in name, version and source stand at its header, as uv has it."""
    table = as_table(value)
    name, version, source = _read_identity(table)
    if source is None:
        raise Misfit("missing field `source`", ())
    return LockedPackage(
        name=name,
        version=version,
        source=source,
        default_groups=optional(table, "default-groups", read_default_groups),
        resolution_markers=array(table, "resolution-markers", read_marker),
        dependencies=array(table, "dependencies", _read_edge),
        optional_dependencies=named(table, "optional-dependencies", _read_edges),
        dev_dependencies=named(table, "dev-dependencies", _read_edges),
        group_requires_python=named(table, "group-requires-python", as_text),
        sdist=optional(table, "sdist", _read_file),
        wheels=array(table, "wheels", _read_file),
        metadata=optional(table, "metadata", _read_metadata),
    )


def _read_identity(table: Table) -> tuple[Name, Version | None, Source | None]:
    """What tells a package or the target of an entry; a fault in it stands at the table itself."""
    try:
        name = required(table, "name", as_name)
        version = optional(table, "version", lambda text: parse_version(as_text(text)))
        return name, version, optional(table, "source", read_source)
    except Misfit as misfit:
        raise Misfit(misfit.message, ()) from misfit


def read_default_groups(value: object) -> tuple[str, ...] | str:
    """A list of groups, or the word `all`."""
    if value == "all":
        return "all"
    return each(value, as_name)


def _read_edges(value: object) -> tuple[Edge, ...]:
    return each(value, _read_edge)


def _read_edge(value: object) -> Edge:
    table = as_table(value, "struct DependencyWire")
    name, version, source = _read_identity(table)
    if len(table) == 1:
        return Edge(name=name)
    return Edge(
        name=name,
        version=version,
        source=source,
        extras=tuple(sorted(array(table, "extra", as_name))),
        marker=read_marker_of(table),
    )


def _read_file(value: object) -> LockedFile:
    table = as_table(value)
    usual = _read_usual_file(table)
    if usual is not None:
        return usual
    return LockedFile(
        url=optional(table, "url", as_text),
        path=optional(table, "path", as_text),
        filename=optional(table, "filename", as_text),
        digest=optional(table, "hash", _read_digest),
        size=optional(table, "size", lambda size: as_number(size, "u64")),
        upload_time=optional(table, "upload-time", as_text),
    )


def _read_usual_file(table: Table) -> LockedFile | None:
    """A file with the four usual fields, all of the right shape: nearly every one, so this is where the time goes."""
    if len(table) != 4:
        return None
    url, text, size, time = table.get("url"), table.get("hash"), table.get("size"), table.get("upload-time")
    if not (isinstance(url, str) and isinstance(text, str) and type(size) is int and isinstance(time, str)) or size < 0:
        return None
    found = _SHA256.fullmatch(text)
    return found and LockedFile(url=url, digest=Digest("sha256", found[1]), size=size, upload_time=time)


def _read_digest(value: object) -> Digest:
    """`sha256:…`; refused in uv's words."""
    text = as_text(value)
    algorithm, separator, digits = text.partition(":")
    if not separator:
        raise Misfit(f"Unexpected hash (expected `<algorithm>:<hash>`): {text}", ())
    if algorithm not in STRENGTH:
        names = "`md5`, `sha256`, `sha384`, `sha512`, or `blake2b`"
        raise Misfit(f"Unsupported hash algorithm (expected one of: {names}) on: `{algorithm}`", ())
    if len(digits) != HEX_LENGTHS[algorithm]:
        wanted = f"expected {HEX_LENGTHS[algorithm]} hexadecimal characters, found {len(digits)}"
        raise Misfit(f"Invalid hash digest length ({wanted})", ())
    if _NOT_HEX.search(digits):
        raise Misfit(f"Invalid hash digest (expected only hexadecimal characters): `{digits}`", ())
    return Digest(algorithm, digits.lower())


def _read_metadata(value: object) -> PackageMetadata | None:
    """The metadata; None for a bare header, which says nothing."""
    table = as_table(value)
    return PackageMetadata(
        requires_dist=array(table, "requires-dist", read_requirement),
        provides_extras=array(table, "provides-extras", as_name),
        requires_dev=named(table, "requires-dev", lambda entries: each(entries, read_requirement)),
    )
