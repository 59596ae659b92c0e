"""The report of a bundle as JSON (`--output-format json`)."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct

from hobd.core.lockfile.model import LockedPackage
from hobd.core.plan.bundle import Carried

Happened = Literal["kept", "fetched", "missing"]
"""`missing`: a dry run would fetch it."""


class Bundled(Struct, frozen=True, kw_only=True):
    """What became of one file."""

    carried: Carried
    happened: Happened
    size: int | None
    """Bytes."""


def render_report(
    bundled: Sequence[Bundled], missing: Sequence[tuple[LockedPackage, str]], *, folder: Path, lockfile: Path, dry_run: bool
) -> str:
    """One JSON object, two blanks a level, and a line end."""
    report: dict[str, Any] = {
        "schema": {"version": "preview"},
        "folder": os.fspath(folder),
        "lock": {"path": os.fspath(lockfile)},
        "files": [_file(each) for each in bundled],
        "left_out": [{"name": package.name, "reason": reason} for package, reason in missing],
        "dry_run": dry_run,
    }
    return json.dumps(report, indent=2, ensure_ascii=False) + "\n"


def _file(each: Bundled) -> dict[str, Any]:
    package, digest = each.carried.pin.package, each.carried.file.digest
    return {
        "name": package.name,
        "version": None if package.version is None else str(package.version),
        "path": each.carried.path,
        "hash": None if digest is None else str(digest),
        "size": each.size,
        "action": each.happened,
    }
