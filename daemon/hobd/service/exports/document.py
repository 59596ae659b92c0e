"""An export as text: rows chosen, and written in the format that is asked for (TRE-5 to TRE-9)."""

import os
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from anyio import to_thread

from hobd.cli.export import Export
from hobd.cli.found import said
from hobd.cli.generated import render_header
from hobd.cli.style import green
from hobd.core.lockfile.export import Exported, check_export, export
from hobd.core.lockfile.export_pylock import PylockPlaces, check_pylock_name, is_pylock_name, render_pylock
from hobd.core.lockfile.export_requirements import render_requirements
from hobd.core.plan.parts import Parts
from hobd.core.vocab.names import Name, normalize
from hobd.errors import RequestError
from hobd.projects.lockfiles import write_atomically
from hobd.service.exports.preamble import render_indexes
from hobd.service.exports.subject import ExportSubject
from hobd.service.locks.missing_digests import with_digests

REQUIREMENTS, PYLOCK, CYCLONEDX = "requirements.txt", "pylock.toml", "cyclonedx1.5"


async def render_export(command: Export, subject: ExportSubject, target: Path | None) -> str:
    """The document, coloured for a terminal.

    Args:
        command: what is asked for.
        subject: the lock, and what of it.
        target: the file that it is for, if any: its name may tell the format.
    Raises:
        RequestError: the lock has not what is asked for, or the file's name does not fit.
    """
    kind = find_format(command, target)
    check_export(subject.lock, subject.wishes, allows_conflicts=kind == CYCLONEDX)
    if kind == PYLOCK and target is not None:
        check_pylock_name(target.name)
    return await _render(kind, command, subject, target)


def find_format(command: Export, target: Path | None) -> str:
    """The format that was asked for, or that the file's name tells.

    Raises:
        RequestError: the file is the one that everything is made from.
    """
    if target is not None and target.name.lower() == "pyproject.toml":
        formats = f"{REQUIREMENTS}, {PYLOCK}, {CYCLONEDX}"
        raise RequestError(f"`pyproject.toml` is not a supported output format for `{green('hob export')}` (supported formats: {formats})")
    if command.format is not None:
        return REQUIREMENTS if command.format.startswith("requirements") else command.format
    return PYLOCK if target is not None and is_pylock_name(target.name) else REQUIREMENTS


async def _render(kind: str, command: Export, subject: ExportSubject, target: Path | None) -> str:
    prune, parts = frozenset(map(normalize, command.prune)), _parts(command, subject.project)
    rows = export(subject.lock, subject.wishes, prune=prune, parts=parts)
    if kind == CYCLONEDX:
        from hobd.service.exports.bill import render_bill

        return render_bill(subject.lock, rows, subject.wishes, command, subject.session)
    header = render_header(subject.session.context.argv) if _is_on(command.header) else ""
    if kind == PYLOCK:
        return header + await _render_pylock(rows, command, subject, target)
    return header + render_indexes(command, subject.session) + _render_requirements(rows, command)


def _parts(command: Export, project: Name | None) -> Parts:
    return Parts(
        project=project,
        no_project=command.no_emit_project,
        no_workspace=command.no_emit_workspace,
        no_local=command.no_emit_local,
        no_packages=frozenset(map(normalize, command.no_emit_package)),
        only_project=command.only_emit_project,
        only_workspace=command.only_emit_workspace,
        only_local=command.only_emit_local,
        only_packages=frozenset(map(normalize, command.only_emit_package)),
    )


def _is_on(given: object) -> bool:
    """Whether a switch is on that is on unless it is turned off."""
    return given is None or bool(given)


def _editable(command: Export) -> Callable[[Name], bool | None]:
    """Whether a package is to be editable: as asked, or None where nothing was."""
    plain = frozenset(map(normalize, command.no_editable_package))
    everything = said(command.editable)
    return lambda name: False if name in plain else everything


def _render_requirements(rows: tuple[Exported, ...], command: Export) -> str:
    editable = _editable(command)
    return render_requirements(
        rows,
        is_editable=lambda name: editable(name) is not False,
        has_hashes=_is_on(command.hashes),
        has_annotations=_is_on(command.annotate),
        paint=green,
    )


async def _render_pylock(rows: tuple[Exported, ...], command: Export, subject: ExportSubject, target: Path | None) -> str:
    network = subject.locked.network
    folder = subject.session.cwd if target is None else target.parent
    places = PylockPlaces(root=PurePosixPath(network.root), shown=lambda path: os.path.relpath(path, folder), editable=_editable(command))
    return render_pylock(subject.lock, await with_digests(rows, network), places)


async def write_export(target: Path, text: str) -> None:
    """Write a document; folders are made.

    Raises:
        WorldError: it cannot be written.
    """

    def write() -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(target, text.encode())

    await to_thread.run_sync(write)
