"""What of an installed distribution is not what was installed: every file that RECORD lists is read."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from hobd.core.formats.record import DIGEST_ALGORITHMS, InvalidRecord, RecordRow, parse_record, render_digest
from hobd.core.plan.model import Installed


class Damage(Struct, frozen=True, kw_only=True):
    """One file."""

    path: Path
    reason: str
    """`is missing`, `was changed`, ..."""


def find_damage(installed: Installed) -> tuple[Damage, ...]:
    """The files that are not as they were; of distributions without a RECORD nobody can tell. Blocking."""
    if installed.kind != "dist-info":
        return ()
    record = installed.location / "RECORD"
    try:
        rows = parse_record(record.read_text("utf-8", "surrogateescape"))
    except FileNotFoundError:
        return (Damage(path=record, reason="is missing"),)
    except (OSError, InvalidRecord):
        return (Damage(path=record, reason="cannot be read"),)
    return tuple(_damages(rows, installed.folder))


def _damages(rows: tuple[RecordRow, ...], folder: Path) -> Iterator[Damage]:
    for row in rows:
        if row.path.endswith(".pyc"):
            continue  # Python makes it anew when it likes
        path = Path(os.path.normpath(folder / row.path))
        reason = _judge(path, row)
        if reason is not None:
            yield Damage(path=path, reason=reason)


def _judge(path: Path, row: RecordRow) -> str | None:
    algorithm = row.digest.partition("=")[0]
    try:
        with path.open("rb") as file:
            if algorithm not in DIGEST_ALGORITHMS:
                return None
            if row.size and os.fstat(file.fileno()).st_size != int(row.size):
                return "was changed"
            found = render_digest(algorithm, hashlib.file_digest(file, algorithm).digest())
    except FileNotFoundError:
        return "is missing"
    except (OSError, ValueError):
        return "cannot be read"
    return None if found == row.digest.rstrip("=") else "was changed"
