"""The project around a command that is not about projects."""

from hobd.cli.failure import render_failure
from hobd.core.vocab.project import Workspace
from hobd.projects.discover import NoProject, Unmanaged
from hobd.service.session import Session


def find_surrounding_workspace(session: Session) -> Workspace | None:
    """The workspace, if there is one; a broken one is warned of and does not count."""
    found = session.found
    if isinstance(found, Workspace):
        return found
    if not isinstance(found, NoProject | Unmanaged):
        session.context.voice.note(render_failure(found.message, found.causes, is_warning=True))
    return None
