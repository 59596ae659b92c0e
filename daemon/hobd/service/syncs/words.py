"""What the syncs of projects and of scripts say alike."""

from collections.abc import Collection
from pathlib import Path

from hobd.cli.report import render_would
from hobd.cli.sync import Sync
from hobd.core.vocab.names import Name
from hobd.core.vocab.project import Workspace
from hobd.errors import RequestError
from hobd.service.locks.locking import Locked, say_resolved
from hobd.service.session import Session


def say_lock(lockfile: Path, locked: Locked, session: Session, *, is_previewed: bool) -> None:
    """How many packages the lock holds, if that was worked out; of a dry run also what would become of the file."""
    if locked.seconds:
        say_resolved(locked, session)
    if is_previewed:
        change = "Would create lockfile at" if locked.previous is None else "Would update lockfile at"
        session.context.voice.note(render_would(change if locked.is_changed else "Found up-to-date lockfile at", session.shown(lockfile)))


def warn_of_entry_points(projects: Collection[Name], workspace: Workspace, session: Session) -> None:
    """Say of projects that state programs and are no packages that these programs are not made."""
    for member in workspace.members:
        if member.name in projects and member.project.has_scripts and not member.pyproject.is_package(needs_build_system=True):
            session.context.voice.warn(
                f"Skipping installation of entry points (`project.scripts`) for package `{member.name}` because this project is not "
                "packaged; to install entry points, set `tool.uv.package = true` or define a `build-system`"
            )


def check_outdated(command: Sync, *, is_changed: bool) -> None:
    """With `--check` a change that would be made is an error."""
    if command.check and is_changed:
        raise RequestError("The environment is outdated; run `hob sync` to update the environment", code=1)
