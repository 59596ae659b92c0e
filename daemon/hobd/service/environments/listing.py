"""`hob env list`: the environments that hob knows, for people and for programs."""

import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from anyio import to_thread
from msgspec import Struct

from hobd.cli.env import EnvList, EnvRow, render_environments
from hobd.core.vocab.request import Outcome
from hobd.environments.extent import Extent
from hobd.environments.processes import Process, read_processes
from hobd.environments.register import Register
from hobd.service.context import Context
from hobd.service.environments.known import Entry, read_entries
from hobd.service.opening import open_session


class _Seen(Struct, frozen=True):
    """An environment as it is now."""

    entry: Entry
    extent: Extent
    running: tuple[Process, ...]


async def tell(command: EnvList, context: Context) -> Outcome:
    """List them."""
    async with open_session(command, context, is_user_level=True, uses_cache=False) as session:
        seen = await to_thread.run_sync(_look, session.cache)
        if command.output_format == "json":
            context.voice.data(_render(seen))
        else:
            now = time.time()
            context.voice.data(render_environments([_row(one, now, Path(context.environ.get("HOME") or "/")) for one in seen]))
        return Outcome()


def _look(cache: Path) -> list[_Seen]:
    processes = read_processes()
    return [_Seen(entry, entry.extent(), entry.running(processes)) for entry in read_entries(Register(cache))]


def _row(seen: _Seen, now: float, home: Path) -> EnvRow:
    entry = seen.entry
    return EnvRow(
        path=_short(entry.place, home),
        project="" if entry.project is None else entry.project.name,
        python=entry.python,
        size_bytes=seen.extent.size_bytes,
        shared_bytes=seen.extent.shared_bytes,
        unused_seconds=max(0.0, now - entry.used),
        generations=entry.generations,
        pids=tuple(one.pid for one in seen.running),
    )


def _short(path: Path, home: Path) -> str:
    return f"~/{path.relative_to(home)}" if home != Path("/") and path.is_relative_to(home) else str(path)


def _render(seen: list[_Seen]) -> str:
    """One JSON object, two blanks a level, and a line end."""
    return json.dumps({"schema": {"version": "preview"}, "environments": [_data(one) for one in seen]}, indent=2, ensure_ascii=False) + "\n"


def _data(seen: _Seen) -> dict[str, Any]:
    entry = seen.entry
    return {
        "path": os.fspath(entry.place),
        "project": None if entry.project is None else os.fspath(entry.project),
        "python": entry.python,
        "generations": [os.fspath(root) for root in entry.roots] if entry.generations else [],
        "size": seen.extent.size_bytes,
        "shared": seen.extent.shared_bytes,
        "files": seen.extent.files,
        "used": datetime.fromtimestamp(entry.used, UTC).date().isoformat(),
        "processes": [{"pid": one.pid, "command": one.command} for one in seen.running],
    }
