"""What the syncs of projects and of scripts say alike."""

from pathlib import Path

from hobd.cli.report import render_would
from hobd.cli.sync import Sync
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


def check_outdated(command: Sync, *, is_changed: bool) -> None:
    """With `--check` a change that would be made is an error."""
    if command.check and is_changed:
        raise RequestError("The environment is outdated; run `hob sync` to update the environment", code=1)
