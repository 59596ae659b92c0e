"""A daemon that does not answer: noted, and at the third note within ten minutes killed, if it is surely the same process."""

import contextlib
import json
import os
import signal
import time
from pathlib import Path
from typing import Any

from .runtime_dir import RuntimeDir

STRIKE_SECONDS = 600


def strike(folder: RuntimeDir, pid: int) -> None:
    """Note it; at the third note within ten minutes kill it, if it is surely the same process."""
    now = int(time.time())
    suspect = _suspect(pid)
    if not suspect["start_time"]:
        return
    notes = [note for note in _read_json(folder, "wedged.json", []) if 0 <= now - note.get("at", 0) < STRIKE_SECONDS]
    notes.append({"at": now, **suspect})
    temporary = folder.inside(f"wedged.json.{os.getpid()}")
    with contextlib.suppress(OSError):
        Path(temporary).write_text("[\n" + ",\n".join(map(json.dumps, notes)) + "\n]\n")
        os.replace(temporary, folder.inside("wedged.json"))
    registered = _read_json(folder, folder.info, {})
    is_same = all(registered.get(name) == value for name, value in suspect.items())
    if is_same and sum(all(note.get(name) == value for name, value in suspect.items()) for note in notes) >= 3:
        with contextlib.suppress(OSError):
            process = os.pidfd_open(pid)
            if _suspect(pid) == suspect:
                signal.pidfd_send_signal(process, signal.SIGKILL)
            os.close(process)


def _suspect(pid: int) -> dict[str, Any]:
    try:
        start_time = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
    except (OSError, IndexError, ValueError):
        start_time = 0
    return {"pid": pid, "start_time": start_time, "boot_id": Path("/proc/sys/kernel/random/boot_id").read_text().strip()}


def _read_json(folder: RuntimeDir, name: str, missing: Any) -> Any:
    try:
        return json.loads(Path(folder.inside(name)).read_text())
    except (OSError, ValueError):
        return missing
