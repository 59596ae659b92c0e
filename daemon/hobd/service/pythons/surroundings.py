"""The project around a command that is not about projects."""

from textwrap import indent

from hobd.cli.failure import render_failure
from hobd.core.vocab.project import Workspace
from hobd.projects.discover import NoProject, Unmanaged
from hobd.service.session import Session

_UNPARSED = "Failed to parse: "


def find_surrounding_workspace(session: Session, *, during: str | None = None) -> Workspace | None:
    """The workspace, if there is one; a broken one is warned of and does not count.

    Args:
        during: what is being done, where the warning says so.
    """
    found = session.found
    if isinstance(found, Workspace):
        return found
    if isinstance(found, NoProject | Unmanaged):
        return None
    if during is not None and found.causes and found.message.startswith(_UNPARSED):
        reason = indent(found.causes[0].rstrip(), "  ")
        session.context.voice.warn(f"Failed to parse `{found.message.removeprefix(_UNPARSED)}` during {during}:\n{reason}\n")
    else:
        session.context.voice.note(render_failure(found.message, found.causes, is_warning=True))
    return None
