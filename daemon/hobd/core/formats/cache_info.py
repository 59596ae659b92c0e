"""`uv_cache.json`: the state of a local source when it was installed (uv-lock.md 6.4, 6.6)."""

import json
from collections.abc import Mapping
from typing import TypeAlias

from msgspec import Struct

Timestamp: TypeAlias = tuple[int, int]
"""Whole seconds since the epoch, and nanoseconds."""


class CacheInfo(Struct, frozen=True, kw_only=True):
    """What the keys of a source came to. Equal values mean: nothing that counts has changed."""

    timestamp: Timestamp | None = None
    """The newest change of the files that count."""
    commit: str | None = None
    tags: tuple[tuple[str, str], ...] | None = None
    """Names and commits, sorted."""
    environment: tuple[tuple[str, str | None], ...] = ()
    """Variables and values, sorted."""
    folders: tuple[tuple[str, Timestamp | int | None], ...] = ()
    """Folders by name with the time of creation, or where there is none the inode; None for a folder that is not there. Sorted."""


def parse_cache_info(text: str) -> CacheInfo | None:
    """Read the file; None where it is damaged."""
    try:
        data = json.loads(text)
        tags = data.get("tags")
        return CacheInfo(
            timestamp=_timestamp(data.get("timestamp")),
            commit=data.get("commit"),
            tags=None if tags is None else tuple(sorted(tags.items())),
            environment=tuple(sorted((data.get("env") or {}).items())),
            folders=tuple(sorted((name, _folder_state(state)) for name, state in (data.get("directories") or {}).items())),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def render_cache_info(info: CacheInfo) -> str:
    """Compact JSON, keys in uv's order."""
    data = {
        "timestamp": _render_timestamp(info.timestamp),
        "commit": info.commit,
        "tags": None if info.tags is None else dict(info.tags),
        "env": dict(info.environment),
        "directories": {name: _render_folder(state) for name, state in info.folders},
    }
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False)


def _timestamp(data: Mapping[str, int] | None) -> Timestamp | None:
    return None if data is None else (data["secs_since_epoch"], data["nanos_since_epoch"])


def _render_timestamp(stamp: Timestamp | None) -> Mapping[str, int] | None:
    return None if stamp is None else {"secs_since_epoch": stamp[0], "nanos_since_epoch": stamp[1]}


def _folder_state(data: Mapping[str, int] | int | None) -> Timestamp | int | None:
    return data if isinstance(data, int) else _timestamp(data)


def _render_folder(state: Timestamp | int | None) -> Mapping[str, int] | int | None:
    return state if isinstance(state, int) else _render_timestamp(state)
