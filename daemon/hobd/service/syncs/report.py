"""The report of a sync as JSON (`--output-format json`): what was, or would be, done."""

import json
import os
from pathlib import Path
from typing import Any

from hobd.cli.report import Change
from hobd.core.vocab.project import Workspace
from hobd.environments.interpreter import Interpreter
from hobd.service.locks.locking import Locked
from hobd.service.syncs.project_python import ProjectPython

_ACTIONS = {"added": "installed", "removed": "uninstalled", "reinstalled": "reinstalled"}


def render_report(
    subject: dict[str, Any],
    python: ProjectPython,
    interpreter: Interpreter,
    changes: list[Change],
    *,
    lock: dict[str, str] | None,
    dry_run: bool,
) -> str:
    """One JSON object with uv's keys, two blanks a level, and a line end.

    Args:
        subject: what was synced: `about_project`, `about_script`.
        python: its Python, and the state of its environment before.
        interpreter: the environment's own.
        changes: what was done to the environment.
        lock: `about_lock`; None where there is no lock.
        dry_run: whether nothing was done.
    """
    report: dict[str, Any] = {
        "schema": {"version": "preview"},
        **subject,
        "sync": {
            "environment": _environment(python.place, interpreter),
            "action": "check" if python.is_environment else "replace" if python.is_occupied else "create",
            "changes": [change_data(change) for change in sorted(changes, key=lambda change: change.name)],
        },
        "lock": lock,
        "dry_run": dry_run,
    }
    return json.dumps(report, indent=2, ensure_ascii=False) + "\n"


def about_project(workspace: Workspace) -> dict[str, Any]:
    """The project that was synced."""
    member = workspace.find_member(workspace.current) if workspace.current is not None else None
    path = os.fspath(member.root if member is not None else workspace.root)
    return {"target": "project", "project": {"path": path, "workspace": {"path": os.fspath(workspace.root)}}}


def about_script(path: Path) -> dict[str, Any]:
    """The script that was synced."""
    return {"target": "script", "script": {"path": os.fspath(path)}}


def about_lock(path: Path, locked: Locked, *, is_frozen: bool) -> dict[str, str]:
    """The lock, and what was done to it."""
    return {"path": os.fspath(path), "action": _lock_action(locked, is_frozen=is_frozen)}


def _environment(place: Path, interpreter: Interpreter) -> dict[str, Any]:
    program = os.fspath(place / "bin" / "python")
    return {
        "path": os.fspath(place),
        "python": {"path": program, "version": str(interpreter.version), "implementation": interpreter.implementation},
    }


def change_data(change: Change) -> dict[str, str]:
    """What came or went, as JSON tells it."""
    return {"name": change.name, "version": change.version, "action": _ACTIONS[change.happened]}


def _lock_action(locked: Locked, *, is_frozen: bool) -> str:
    if is_frozen:
        return "use"
    if not locked.is_changed:
        return "check"
    return "create" if locked.previous is None else "update"
