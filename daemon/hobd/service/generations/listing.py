"""`hob undo --list`: the generations, and what each of them changed."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msgspec import Struct

from hobd.cli.report import Change
from hobd.cli.undo import Row, render_rows
from hobd.core.formats.pyvenv_cfg import parse_pyvenv_cfg
from hobd.environments.generations import Generation, Generations
from hobd.service.generations.packages import compare, read_packages
from hobd.service.syncs.report import change_data


class Listed(Struct, frozen=True, kw_only=True):
    """One generation with its differences from the one that it was made from."""

    generation: Generation
    is_present: bool
    python: str
    changes: tuple[Change, ...]


class Listing(Struct, frozen=True, kw_only=True):
    """All of them."""

    listed: tuple[Listed, ...]
    now: float
    """Seconds since the epoch."""

    def as_text(self) -> str:
        """A line for each."""
        return render_rows([_row(one, self.now) for one in self.listed])

    def as_json(self, place: Path) -> str:
        """One JSON object, two blanks a level, and a line end."""
        data = {
            "schema": {"version": "preview"},
            "environment": {"path": os.fspath(place)},
            "generations": [_data(one) for one in self.listed],
        }
        return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def list_generations(generations: Generations, now: float) -> Listing:
    """Read all generations. Blocking. `now`: seconds since the epoch."""
    present = generations.current()
    every = generations.every()
    packages = {one.number: read_packages(one.root) for one in every}
    listed = []
    for one in every:
        parent = one.note.parent
        changes = compare(packages[parent], packages[one.number]) if parent in packages else []
        listed.append(
            Listed(generation=one, is_present=one.number == present, python=find_python_version(one.root), changes=tuple(changes))
        )
    return Listing(listed=tuple(listed), now=now)


def find_python_version(root: Path) -> str:
    """The version that an environment's `pyvenv.cfg` tells; empty where it does not."""
    try:
        configuration = parse_pyvenv_cfg((root / "pyvenv.cfg").read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        return ""
    return configuration.get("version_info") or configuration.get("version") or ""


def _row(one: Listed, now: float) -> Row:
    note = one.generation.note
    return Row(
        number=one.generation.number,
        is_present=one.is_present,
        seconds=now - note.made,
        command=note.command,
        python=one.python,
        came=sum(change.happened == "added" for change in one.changes),
        went=sum(change.happened == "removed" for change in one.changes),
        files=tuple(change.path for change in note.files),
    )


def _data(one: Listed) -> dict[str, Any]:
    note = one.generation.note
    return {
        "number": one.generation.number,
        "path": os.fspath(one.generation.root),
        "present": one.is_present,
        "parent": note.parent,
        "made": datetime.fromtimestamp(note.made, UTC).isoformat(timespec="seconds"),
        "command": note.command or None,
        "python": one.python,
        "files": [change.path for change in note.files],
        "changes": [change_data(each) for each in one.changes],
    }
