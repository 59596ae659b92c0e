"""Giving a picture to who asked for it."""

from pathlib import Path

from anyio import to_thread

from hobd.projects.files import absolute
from hobd.projects.lockfiles import write_atomically
from hobd.service.session import Session

STDOUT = "-"


async def draw(session: Session, place: str, picture: str) -> None:
    """Write a picture.

    Args:
        place: a file, or `-` for standard output.
    """
    if place == STDOUT:
        session.context.voice.data(picture)
        return
    path = absolute(Path(place), session.cwd)
    await to_thread.run_sync(write_atomically, path, picture.encode())
    session.context.voice.note(f"Drew `{session.shown(path)}`\n")
