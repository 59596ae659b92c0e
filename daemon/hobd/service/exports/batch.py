"""`hob export --batch`: several documents of one lock; all are made before the first is written (TRE-7)."""

from pathlib import Path

from msgspec.structs import replace

from hobd.cli.export import Export
from hobd.cli.found import Given
from hobd.cli.options.groups import GroupOptions
from hobd.cli.style import strip_style
from hobd.core.formats.export_manifest import ExportEntry, parse_manifest
from hobd.core.vocab.request import Outcome
from hobd.errors import HobError, RequestError
from hobd.projects.files import absolute, read_text
from hobd.service.context import Context
from hobd.service.exports.document import render_export, write_export
from hobd.service.exports.subject import lock_workspace, project_export
from hobd.service.locks.locking import say_resolved
from hobd.service.opening import open_session
from hobd.service.session import Session
from hobd.service.syncs.wishes import check_packages

_FEATURE = "batch-export"


async def tell_of_batch(command: Export, context: Context) -> Outcome:
    """Export a project's lock as often as the manifest says; nothing is written to standard output."""
    async with open_session(command, context) as session:
        _warn_of_preview(session)
        entries = _read(command.batch or "", session)
        workspace, locked = await lock_workspace(command, session)
        if locked.seconds:
            say_resolved(locked, session)
        check_packages((package for _, entry in entries for package in entry.package), workspace)
        documents: list[tuple[Path, str]] = []
        for target, entry in entries:
            asked = _asked(command, entry)
            try:
                text = await render_export(asked, project_export(asked, session, workspace, locked), target)
            except HobError as error:
                raise error.under(f"Failed to export `{target}`") from error
            documents.append((target, text))
        for target, text in documents:
            await write_export(target, strip_style(text))
        return Outcome(is_replayable=False)


def _warn_of_preview(session: Session) -> None:
    if not session.settings.previews(_FEATURE):
        session.context.voice.warn(
            "`hob export --batch` is experimental and may change without warning. "
            f"Pass `--preview-features {_FEATURE}` to disable this warning."
        )


def _read(name: str, session: Session) -> tuple[tuple[Path, ExportEntry], ...]:
    """The entries of the manifest, each with its file: one has to be given for each, and no two may be the same."""
    path = absolute(Path(name), session.cwd)
    text = read_text(path, session.context.evidence)
    if text is None:
        raise RequestError(f"failed to read from file `{name}`: No such file or directory (os error 2)")
    try:
        entries = parse_manifest(text)
    except HobError as error:
        raise (error.under(f"Failed to parse export manifest `{name}`") if "\n" in error.message else error) from error
    found: dict[Path, ExportEntry] = {}
    for entry in entries:
        entry.check()
        if not entry.output_file:
            raise RequestError("cannot make an empty path absolute")
        target = absolute(Path(entry.output_file), path.parent)
        if target in found:
            raise RequestError(f"Duplicate export output: {target}")
        found[target] = entry
    return tuple(found.items())


def _asked(command: Export, entry: ExportEntry) -> Export:
    """The command as if the entry had been written on it."""
    groups = GroupOptions(
        extras=entry.extra,
        all_extras=Given(flag="--all-extras") if entry.all_extras else None,
        no_extra=entry.no_extra,
        groups=entry.group,
        no_groups=entry.no_group,
        only_groups=entry.only_group,
        all_groups=entry.all_groups,
        no_default_groups=entry.no_default_groups,
    )
    return replace(command, groups=groups, package=entry.package, all_packages=entry.all_packages)
