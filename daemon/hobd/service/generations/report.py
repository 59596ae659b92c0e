"""The report of `hob undo` as JSON (`--output-format json`)."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from hobd.cli.report import Change
from hobd.service.syncs.report import change_data


def render_report(
    place: Path, way: tuple[int | None, int], files: Mapping[str, str | None], changes: Sequence[Change], *, dry_run: bool
) -> str:
    """One JSON object, two blanks a level, and a line end.

    Args:
        place: the environment.
        way: from which generation to which.
        files: the files of the project that become others; None for those that go.
        changes: what comes and goes in the environment.
        dry_run: whether nothing was done.
    """
    report = {
        "schema": {"version": "preview"},
        "environment": {"path": os.fspath(place)},
        "from": way[0],
        "to": way[1],
        "files": [{"path": path, "action": "remove" if text is None else "restore"} for path, text in files.items()],
        "changes": [change_data(change) for change in sorted(changes, key=lambda change: change.name)],
        "dry_run": dry_run,
    }
    return json.dumps(report, indent=2, ensure_ascii=False) + "\n"
