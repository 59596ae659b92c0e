"""When a cache was last swept, and what it came to: kept beside it, so that the next command knows without walking through it.

<cache>/.swept      JSON; its time is that of the sweep
<cache>/.warned     its time is that of the last word about disks that fill up
"""

import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from msgspec import Struct
from msgspec.structs import asdict

_SWEPT, _WARNED = ".swept", ".warned"
_HOUR_SECONDS, _DAY_SECONDS = 3600.0, 86400.0


class Swept(Struct, frozen=True, kw_only=True):
    """What a sweep came to."""

    size_bytes: int = 0
    """Of the cache afterwards."""
    inodes: int = 0
    removed: int = 0
    """How many things were removed."""
    freed_bytes: int = 0
    held_bytes: int = 0
    """What the cache is over its budget although all went that may go: the rest is in use."""


def is_due(cache: Path, now: float) -> bool:
    """Whether a cache is to be swept: once a day, and once an hour while something comes into the store. Costs two `stat`."""
    try:
        age = now - os.stat(cache / _SWEPT).st_mtime
    except OSError:
        mark_swept(cache, Swept())  # a new cache has nothing to be swept
        return False
    if not 0 <= age < _DAY_SECONDS:
        return True
    try:
        return age > _HOUR_SECONDS and os.stat(cache / "wheels").st_mtime > now - age
    except OSError:
        return False


def mark_swept(cache: Path, swept: Swept) -> None:
    """Note what a sweep came to. A cache that cannot be written to is left alone."""
    with suppress(OSError):
        handle, new = tempfile.mkstemp(prefix=".tmp-", dir=cache)
        try:
            with open(handle, "w", encoding="utf-8") as file:
                json.dump(asdict(swept), file)
            os.replace(new, cache / _SWEPT)
        except OSError:  # a full disk
            os.unlink(new)


def last_sweep(cache: Path) -> Swept | None:
    """What the last sweep came to; None where there was none, or what it left cannot be read."""
    try:
        return Swept(**json.loads((cache / _SWEPT).read_bytes()))
    except (OSError, ValueError, TypeError):
        return None


def may_warn(cache: Path, now: float) -> bool:
    """Whether nothing was said of full disks for a day."""
    try:
        return not 0 <= now - os.stat(cache / _WARNED).st_mtime < _DAY_SECONDS
    except OSError:
        return True


def mark_warned(cache: Path) -> bool:
    """Note that something was said; False where that cannot be noted: then it would be said again and again."""
    try:
        os.close(os.open(cache / _WARNED, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o666))
        os.utime(cache / _WARNED)
    except OSError:
        return False
    return True
