"""What a generation of an environment says of itself: `hob-generation.json` in its folder."""

import json
from pathlib import Path
from typing import Any

from msgspec import Struct

from hobd.core.plan.file_changes import FileChange
from hobd.environments.create import replace_file

NOTE = "hob-generation.json"


class GenerationNote(Struct, frozen=True, kw_only=True):
    """How a generation came to be."""

    parent: int | None = None
    """The number of the generation that it was made from; None for the first, and for what was there before."""
    made: float
    """Seconds since the epoch."""
    command: str
    """The command line that made it, without secrets; empty where it was found."""
    state: tuple[tuple[str, str | None], ...] = ()
    """The sha256 of each of the project's files when it was made, by path relative to the workspace; None for those that were not there."""
    files: tuple[FileChange, ...] = ()
    """What hob did to the project's files since its parent was made."""


def write_note(root: Path, note: GenerationNote) -> None:
    """Write the note, whole or not at all. It makes the folder a generation."""
    data = {
        "parent": note.parent,
        "made": note.made,
        "command": note.command,
        "state": dict(note.state),
        "files": render_changes(note.files),
    }
    replace_file(root / NOTE, json.dumps(data))


def read_note(root: Path) -> GenerationNote | None:
    """What a folder says; None where it is no generation, or what it says is damaged."""
    try:
        data = json.loads((root / NOTE).read_text("utf-8"))
        return GenerationNote(
            parent=None if data["parent"] is None else int(data["parent"]),
            made=float(data["made"]),
            command=str(data["command"]),
            state=tuple((str(path), None if digest is None else str(digest)) for path, digest in data["state"].items()),
            files=parse_changes(data["files"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def render_changes(changes: tuple[FileChange, ...]) -> list[list[str | None]]:
    """As JSON has them; surrogates are escaped there."""
    return [[one.path, one.before, one.after] for one in changes]


def parse_changes(data: Any) -> tuple[FileChange, ...]:
    """Read them.

    Raises:
        ValueError, TypeError: it is no such list.
    """
    found = []
    for path, before, after in data:
        if not isinstance(path, str) or any(not isinstance(text, str | None) for text in (before, after)):
            raise TypeError("a change is a path and two texts")
        found.append(FileChange(path, before, after))
    return tuple(found)
