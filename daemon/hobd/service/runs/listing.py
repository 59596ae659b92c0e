"""`hob run` without a command: what there is to run (RUN-16)."""

import os
from pathlib import Path

from hobd.core.vocab.evidence import Evidence


def render_listing(folder: Path, evidence: Evidence) -> str:
    """Usage, and the programs in an environment's folder, by name."""
    evidence.saw(folder)
    listed = "".join(f"- {name}\n" for name in _programs(folder))
    found = f"The following commands are available in the environment:\n\n{listed}\n" if listed else ""
    return (
        "Provide a command or script to invoke with `hob run <command>` or `hob run <script>.py`.\n\n"
        f"{found}See `hob run --help` for more information.\n"
    )


def _programs(folder: Path) -> list[str]:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return []
    return sorted(entry.name for entry in entries if entry.is_file() and os.access(entry.path, os.X_OK))
