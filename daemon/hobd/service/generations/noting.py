"""What commands do to the files of a project without changing its environment is noted too: going back takes it back."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from msgspec.structs import replace

from hobd.core.plan.file_changes import FileChange
from hobd.core.vocab.project import Workspace
from hobd.environments.generations import Generations, settle_place
from hobd.service.generations.files import FileWatch
from hobd.service.session import Session
from hobd.service.syncs.project_python import environment_place


@contextmanager
def noting_changes(workspace: Workspace, session: Session) -> Iterator[Session]:
    """A session that watches the files of a workspace. What the block changed, and no generation has noted, is noted in the end."""
    watch = FileWatch(workspace)
    try:
        yield replace(session, files=watch)
    finally:
        changes = watch.changes()
        if changes:
            _note(changes, Generations(settle_place(environment_place(workspace, session, is_active=False))))


def _note(changes: tuple[FileChange, ...], generations: Generations) -> None:
    if generations.current() is not None:
        with suppress(OSError):  # then going back leaves these files alone
            generations.note_pending(changes)
