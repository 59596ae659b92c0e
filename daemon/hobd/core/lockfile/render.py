"""A lock as text, to the byte what uv 0.13.8 writes (uv-lock.md section 1)."""

from collections.abc import Iterable, Iterator, Sequence

from hobd.core.lockfile.model import DependencyMetadata, ExcludeNewer, Lock, Manifest, Options
from hobd.core.lockfile.package_table import render_default_groups, render_package
from hobd.core.lockfile.requirement_table import render_conflict_item, render_exclude, render_override, render_requirement
from hobd.core.lockfile.requirement_text import render_requirement_text
from hobd.core.lockfile.toml_style import SPAN_COMMENT, fitting_array, flat_array, inline_table, long_array, section, string
from hobd.core.markers import Marker
from hobd.core.vocab.requirement import ConflictItem

PLACEHOLDER_TIME = "0001-01-01T00:00:00Z"
"""Stands where a span has the say (1.4)."""


def render(lock: Lock) -> str:
    """The whole file. Everything is written in the order in which the lock holds it."""
    blocks = [_header(lock), _options(lock.options), _manifest(lock.manifest), *map(render_package, lock.packages)]
    texts = ("\n".join(block) for block in blocks)
    return "\n\n".join(text for text in texts if text) + "\n"


def _header(lock: Lock) -> Iterator[str]:
    yield f"version = {lock.version}"
    if lock.revision:
        yield f"revision = {lock.revision}"
    yield f"requires-python = {string(lock.requires_python.text())}"
    yield from _markers("resolution-markers", lock.resolution_markers)
    yield from _markers("supported-markers", lock.supported_markers)
    yield from _markers("required-markers", lock.required_markers)
    if lock.conflicts:
        yield f"conflicts = [{', '.join(map(_conflict_set, lock.conflicts))}]"


def _markers(key: str, markers: Sequence[Marker]) -> Iterator[str]:
    """Markers that always hold are left out, even if nothing else is left."""
    if markers:
        yield f"{key} = {long_array([string(str(marker)) for marker in markers if not marker.is_true])}"


def _conflict_set(items: Iterable[ConflictItem]) -> str:
    return long_array(list(map(render_conflict_item, items)))


def _options(options: Options) -> Iterator[str]:
    """The header stands as soon as anything differs from the defaults."""
    if options == Options():
        return
    yield "[options]"
    if options.resolution_mode != "highest":
        yield f"resolution-mode = {string(options.resolution_mode)}"
    if options.prerelease_mode != "if-necessary":
        yield f"prerelease-mode = {string(options.prerelease_mode)}"
    if options.fork_strategy != "requires-python":
        yield f"fork-strategy = {string(options.fork_strategy)}"
    if options.minimum_libc_version is not None:
        yield f"minimum-libc-version = {string(options.minimum_libc_version)}"
    if options.exclude_newer is not None:
        yield from _exclude_newer(options.exclude_newer)
    yield from section("options.prerelease-package", ((name, string(mode)) for name, mode in options.prerelease_package))
    cutoffs = ((name, _package_cutoff(cutoff)) for name, cutoff in options.exclude_newer_package)
    yield from section("options.exclude-newer-package", cutoffs)


def _exclude_newer(cutoff: ExcludeNewer) -> Iterator[str]:
    if cutoff.span is None:
        yield f"exclude-newer = {string(cutoff.timestamp or PLACEHOLDER_TIME)}"
        return
    yield f"exclude-newer = {string(PLACEHOLDER_TIME)} {SPAN_COMMENT}"
    yield f"exclude-newer-span = {string(cutoff.span)}"


def _package_cutoff(cutoff: ExcludeNewer | None) -> str:
    if cutoff is None:
        return "false"
    if cutoff.span is None:
        return string(cutoff.timestamp or PLACEHOLDER_TIME)
    return inline_table([("timestamp", string(PLACEHOLDER_TIME)), ("span", string(cutoff.span))])


def _manifest(manifest: Manifest) -> Iterator[str]:
    """Sub-tables stand alone where no direct key needs the header."""
    blocks = [
        section("manifest", _manifest_keys(manifest)),
        section(
            "manifest.dependency-groups",
            ((name, fitting_array(list(map(render_requirement, entries)))) for name, entries in manifest.dependency_groups),
        ),
        section("manifest.group-requires-python", ((name, string(text)) for name, text in manifest.group_requires_python)),
        *map(_dependency_metadata, manifest.dependency_metadata),
    ]
    lines = [line for block in blocks for line in block]
    if lines:
        yield lines[0].lstrip("\n")
        yield from lines[1:]


def _manifest_keys(manifest: Manifest) -> Iterator[tuple[str, str]]:
    if manifest.members:
        yield "members", long_array(list(map(string, manifest.members)))
    if manifest.default_groups is not None:
        yield "default-groups", render_default_groups(manifest.default_groups)
    for key, entries in (
        ("requirements", list(map(render_requirement, manifest.requirements))),
        ("constraints", list(map(render_requirement, manifest.constraints))),
        ("overrides", list(map(render_override, manifest.overrides))),
        ("excludes", list(map(render_exclude, manifest.excludes))),
        ("build-constraints", list(map(render_requirement, manifest.build_constraints))),
    ):
        if entries:
            yield key, fitting_array(entries)


def _dependency_metadata(entry: DependencyMetadata) -> Iterator[str]:
    yield "\n[[manifest.dependency-metadata]]"
    yield f"name = {string(entry.name)}"
    if entry.version is not None:
        yield f"version = {string(str(entry.version))}"
    if entry.requires_dist:
        yield f"requires-dist = {flat_array(string(render_requirement_text(item)) for item in entry.requires_dist)}"
    if entry.requires_python is not None:
        yield f"requires-python = {string(entry.requires_python)}"
    if entry.provides_extras:
        yield f"provides-extras = {flat_array(map(string, entry.provides_extras))}"
