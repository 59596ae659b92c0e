"""The present state of local sources, in the terms of `uv_cache.json` (uv-lock.md 6.4, CAC-10)."""

import ctypes
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from msgspec import Struct

from hobd.core.formats.cache_info import CacheInfo, Timestamp
from hobd.core.vocab.evidence import Evidence

_NANOSECONDS = 1_000_000_000
_AT_FDCWD, _STATX_BTIME = -100, 0x800


class CacheKey(Struct, frozen=True, kw_only=True):
    """One entry of `tool.uv.cache-keys`."""

    kind: str
    """`file` (a path or pattern), `dir`, `git` or `env`."""
    value: str = ""
    """The pattern, folder or variable."""
    uses_commit: bool = False
    uses_tags: bool = False


DEFAULT_KEYS = (
    *(CacheKey(kind="file", value=name) for name in ("pyproject.toml", "setup.py", "setup.cfg")),
    CacheKey(kind="dir", value="src"),
)
"""What counts where a project does not say."""

GitState = Callable[[Path], tuple[str | None, Mapping[str, str] | None]]
"""Asks a folder's repository for its commit, and its tags with theirs."""


def read_file_state(path: Path, evidence: Evidence) -> CacheInfo:
    """The state of an archive.

    Raises:
        OSError: it is not there.
    """
    evidence.saw(path)
    return CacheInfo(timestamp=_stamp(os.stat(path).st_ctime_ns))


def read_folder_state(
    folder: Path, keys: Iterable[CacheKey], environment: Callable[[str], str | None], git_state: GitState, evidence: Evidence
) -> CacheInfo:
    """The state of a project's folder: the newest change of its files that count, and what else its keys name.

    Args:
        folder: the project's.
        keys: `tool.uv.cache-keys`, or `DEFAULT_KEYS`.
        environment: the request's variables.
        git_state: asks the repository; called at most once, and only if a key needs it.
        evidence: told of the files and folders that were looked at.
    """
    newest: int | None = None
    folders: dict[str, Timestamp | int | None] = {}
    variables: dict[str, str | None] = {}
    commit: str | None = None
    tags: Mapping[str, str] | None = None
    for key in keys:
        match key.kind:
            case "file":
                newest = max(filter(None, (newest, _newest_change(folder, key.value, evidence))), default=None)
            case "dir":
                folders[key.value] = _creation(folder / key.value, evidence)
            case "env":
                variables[key.value] = environment(key.value)
            case "git":
                evidence.saw(folder / ".git" / "HEAD")
                evidence.spoil("the state of a repository")
                found_commit, found_tags = git_state(folder)
                commit, tags = found_commit if key.uses_commit else commit, found_tags if key.uses_tags else tags
    return CacheInfo(
        timestamp=None if newest is None else _stamp(newest),
        commit=commit,
        tags=None if tags is None else tuple(sorted(tags.items())),
        environment=tuple(sorted(variables.items())),
        folders=tuple(sorted(folders.items())),
    )


def _newest_change(folder: Path, pattern: str, evidence: Evidence) -> int | None:
    """The newest change of a file, or of all files that a pattern finds; None where there is none."""
    if not any(sign in pattern for sign in "*?[{"):
        path = folder / pattern
        evidence.saw(path)
        try:
            state = os.stat(path)
        except OSError:
            return None
        return state.st_ctime_ns if os.path.isfile(path) else None
    changes = []
    for path in folder.glob(pattern):
        evidence.saw(path.parent)
        evidence.saw(path)
        if path.is_file():
            changes.append(path.stat().st_ctime_ns)
    return max(changes, default=None)


def _stamp(nanoseconds: int) -> Timestamp:
    return nanoseconds // _NANOSECONDS, nanoseconds % _NANOSECONDS


def _creation(path: Path, evidence: Evidence) -> Timestamp | int | None:
    """When a folder was made; its inode where the file system does not know; None where there is no folder."""
    evidence.saw(path)
    try:
        state = os.stat(path)
    except OSError:
        return None
    born = _birth(path)
    if born is not None:
        return born
    mac_birth: float | None = getattr(state, "st_birthtime", None)
    return state.st_ino if mac_birth is None else (int(mac_birth), int(mac_birth % 1 * _NANOSECONDS))


class _Statx(ctypes.Structure):
    """`struct statx` of Linux, as far as the time of birth."""

    _fields_ = (
        ("mask", ctypes.c_uint32),
        ("before", ctypes.c_uint8 * 76),
        ("birth_seconds", ctypes.c_int64),
        ("birth_nanoseconds", ctypes.c_uint32),
        ("after", ctypes.c_uint8 * 164),
    )


def _birth(path: Path) -> Timestamp | None:
    """The time of birth, which Python's `stat` does not tell on Linux."""
    try:
        statx = ctypes.CDLL(None, use_errno=True).statx
    except (OSError, AttributeError):
        return None
    found = _Statx()
    if statx(_AT_FDCWD, os.fsencode(path), 0, _STATX_BTIME, ctypes.byref(found)) != 0 or not found.mask & _STATX_BTIME:
        return None
    return int(found.birth_seconds), int(found.birth_nanoseconds)
