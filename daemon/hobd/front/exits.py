"""How the last lives ended: the next daemon's status tells."""

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import TypedDict, cast

_KEPT = 20


class Exit(TypedDict):
    """One end."""

    time: int
    pid: int
    instance: str
    why: str
    uptime_seconds: float


def read_exits(path: Path) -> list[Exit]:
    """The last ends, oldest first; none where the file is not there or is torn."""
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError):
        return []
    return [cast(Exit, entry) for entry in found if isinstance(entry, dict) and entry.keys() >= Exit.__annotations__.keys()]


def note_exit(path: Path, entry: Exit) -> None:
    """Add one end, best effort: nothing may keep a daemon from ending."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with suppress(OSError):
        temporary.write_text(json.dumps([*read_exits(path), entry][-_KEPT:]))
        temporary.replace(path)
