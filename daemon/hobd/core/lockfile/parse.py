"""Text to lock (uv-lock.md sections 1 and 5): unknown keys are passed over, faults are told in uv's words.

text ─canonical_toml (quick) or toml_text─→ values ─→ tables ─→ Lock
"""

import re

from hobd.core.formats.shapes import Misfit
from hobd.core.formats.toml_text import InvalidToml, misfit_error, parse_toml
from hobd.core.formats.version_text import parse_specifiers, parse_version
from hobd.core.lockfile.canonical_toml import parse_canonical
from hobd.core.lockfile.consistency import check_consistency
from hobd.core.lockfile.fields import Table, array, as_name, as_number, as_table, as_text, each, named, optional, required, word
from hobd.core.lockfile.model import LOCK_VERSION, DependencyMetadata, ExcludeNewer, Lock, Manifest, Options
from hobd.core.lockfile.package_table import read_default_groups, read_package
from hobd.core.lockfile.requirement_table import read_conflict_item, read_exclude, read_marker, read_override, read_requirement
from hobd.core.lockfile.requirement_text import read_requirement_text
from hobd.core.markers import RequiresPython
from hobd.core.vocab.requirement import ConflictItem
from hobd.errors import RequestError

_MERGE_MARKER = re.compile(r"^(?:<{7} |={7}$|>{7} )", re.MULTILINE)
_RESOLUTION_MODE = word("highest", "lowest", "lowest-direct")
_FORK_STRATEGY = word("fewest", "requires-python")
_PRERELEASE_MODE = word("disallow", "allow", "if-necessary", "explicit", "if-necessary-or-explicit")
_WAY_OUT = "Downgrade to a compatible uv version, or remove the `uv.lock` prior to running `uv lock` or `uv sync`."


class InvalidLock(RequestError):
    """A lockfile that cannot be read. It is never overwritten."""


def parse(text: str) -> Lock:
    """Read a lockfile.

    Raises:
        InvalidLock: no TOML, no lock, of another schema version, or at odds with itself.
    """
    try:
        values = parse_canonical(text)
        lock = _read(parse_toml(text) if values is None else values, text)
    except InvalidToml as error:
        raise _invalid(text, error.message) from error
    if lock.version != LOCK_VERSION:
        raise InvalidLock(f"The lockfile at `uv.lock` uses {_unsupported(lock.version)}")
    fault = check_consistency(lock)
    if fault is not None:
        raise InvalidLock("Failed to parse `uv.lock`", causes=(fault,))
    return lock


def _read(values: Table, text: str) -> Lock:
    try:
        return read_lock(values)
    except Misfit as misfit:
        error = misfit_error(text, misfit)
        version = values.get("version")
        if isinstance(version, int) and version != LOCK_VERSION:
            message = f"Failed to parse `uv.lock`, which uses {_unsupported(version)}"
            raise InvalidLock(message, causes=(error.message,)) from error
        raise error from misfit


def _unsupported(version: int) -> str:
    return f"an unsupported schema version (v{version}, but only v{LOCK_VERSION} is supported). {_WAY_OUT}"


def _invalid(text: str, reason: str) -> InvalidLock:
    hint = None
    if _MERGE_MARKER.search(text):
        hint = "The lockfile has the markers of a merge conflict: take either side whole, then run `uv lock`"
    return InvalidLock("Failed to parse `uv.lock`", causes=(reason,), hint=hint)


def read_lock(values: Table) -> Lock:
    """The lock that parsed TOML tells; raises Misfit with the place of a fault."""
    return Lock(
        version=required(values, "version", as_number),
        revision=optional(values, "revision", as_number) or 0,
        requires_python=required(values, "requires-python", _read_requires_python),
        resolution_markers=array(values, "resolution-markers", read_marker),
        supported_markers=array(values, "supported-markers", read_marker),
        required_markers=array(values, "required-markers", read_marker),
        conflicts=array(values, "conflicts", _read_conflict_set),
        options=optional(values, "options", _read_options) or Options(),
        manifest=optional(values, "manifest", _read_manifest) or Manifest(),
        packages=array(values, "package" if "package" in values else "distribution", read_package),
    )


def _read_requires_python(value: object) -> RequiresPython:
    text = as_text(value)
    parse_specifiers(text)  # refuses in uv's words
    return RequiresPython.parse(text)


def _read_conflict_set(value: object) -> tuple[ConflictItem, ...]:
    """Faults in it stand at the set itself."""
    try:
        items = each(value, read_conflict_item)
    except Misfit as misfit:
        raise Misfit(misfit.message, ()) from misfit
    if len(items) < 2:
        found = "only one" if items else "none"
        raise Misfit(f"Each set of conflicts must have at least two entries, but found {found}", ())
    return items


def _read_options(value: object) -> Options:
    table = as_table(value)
    default = Options()
    return Options(
        resolution_mode=optional(table, "resolution-mode", _RESOLUTION_MODE) or default.resolution_mode,
        prerelease_mode=optional(table, "prerelease-mode", _PRERELEASE_MODE) or default.prerelease_mode,
        fork_strategy=optional(table, "fork-strategy", _FORK_STRATEGY) or default.fork_strategy,
        minimum_libc_version=optional(table, "minimum-libc-version", as_text),
        exclude_newer=_read_exclude_newer(table),
        prerelease_package=named(table, "prerelease-package", _PRERELEASE_MODE),
        exclude_newer_package=named(table, "exclude-newer-package", _read_package_cutoff),
    )


def _read_exclude_newer(table: Table) -> ExcludeNewer | None:
    """A span outweighs the time beside it, which is a placeholder."""
    timestamp, span = optional(table, "exclude-newer", as_text), optional(table, "exclude-newer-span", as_text)
    if span is not None:
        return ExcludeNewer(span=span)
    return None if timestamp is None else ExcludeNewer(timestamp=timestamp)


def _read_package_cutoff(value: object) -> ExcludeNewer | None:
    if value is False:
        return None
    if not isinstance(value, dict):
        return ExcludeNewer(timestamp=as_text(value))
    span = optional(value, "span", as_text)
    return ExcludeNewer(span=span) if span is not None else ExcludeNewer(timestamp=required(value, "timestamp", as_text))


def _read_manifest(value: object) -> Manifest:
    table = as_table(value)
    return Manifest(
        members=array(table, "members", as_name),
        default_groups=optional(table, "default-groups", read_default_groups),
        requirements=array(table, "requirements", read_requirement),
        constraints=array(table, "constraints", read_requirement),
        overrides=array(table, "overrides", read_override),
        excludes=array(table, "excludes", read_exclude),
        build_constraints=array(table, "build-constraints", read_requirement),
        dependency_groups=named(table, "dependency-groups", lambda entries: each(entries, read_requirement)),
        group_requires_python=named(table, "group-requires-python", as_text),
        dependency_metadata=array(table, "dependency-metadata", _read_dependency_metadata),
    )


def _read_dependency_metadata(value: object) -> DependencyMetadata:
    table = as_table(value)
    has_extras = "provides-extras" in table
    return DependencyMetadata(
        name=required(table, "name", as_name),
        version=optional(table, "version", lambda text: parse_version(as_text(text))),
        requires_dist=array(table, "requires-dist", read_requirement_text),
        requires_python=optional(table, "requires-python", as_text),
        provides_extras=array(table, "provides-extras", as_name) if has_extras else None,
    )
