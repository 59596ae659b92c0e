"""Going to another generation, with the files of its project: all or nothing, whenever it is interrupted.

check ─→ `intent.json` beside the generations: from here on it happens, now or by the next command ─→ files ─→ switch ─→ remove it
"""

import json
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from hobd.environments.create import replace_file
from hobd.environments.generations import Generations
from hobd.faults import crash_point
from hobd.projects.restoring import put_back

_INTENT = "intent.json"


class Intent(Struct, frozen=True, kw_only=True):
    """What is to be."""

    number: int
    """The generation to switch to."""
    files: Mapping[Path, str | None]
    """Whole texts by absolute path; None for files that are to be removed."""


def is_intended(generations: Generations) -> bool:
    """Whether somebody was interrupted on the way to another generation."""
    return (generations.folder / _INTENT).exists()


def decide(generations: Generations, intent: Intent) -> None:
    """Write down what is to be, and do it. The lock is held.

    Raises:
        WorldError, OSError: a file cannot be written; the next command tries again.
    """
    files = {str(path): text for path, text in intent.files.items()}
    replace_file(generations.folder / _INTENT, json.dumps({"generation": intent.number, "files": files}))
    crash_point("intent.decided")
    carry_out(generations)


def carry_out(generations: Generations) -> None:
    """Do what was decided, from the top; each step may have been done before.

    Raises:
        WorldError, OSError: a file cannot be written.
    """
    path = generations.folder / _INTENT
    intent = _read(path)
    if intent is not None:
        for file, text in intent.files.items():
            put_back(file, None if text is None else text.encode("utf-8", "surrogateescape"))
            crash_point("intent.file")
        if generations.find(intent.number) is not None:
            generations.switch(intent.number)
        generations.forget_pending()
    path.unlink(missing_ok=True)


def _read(path: Path) -> Intent | None:
    """What was decided; None where nothing was, or nobody can tell."""
    try:
        data = json.loads(path.read_text("utf-8"))
        return Intent(number=int(data["generation"]), files={Path(file): text for file, text in data["files"].items()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
