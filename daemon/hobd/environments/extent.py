"""How much of a disk an environment takes, and how much of that it would take alone."""

import os
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

_BLOCK_BYTES = 512
"""The unit of `st_blocks`."""


class Extent(Struct, frozen=True, kw_only=True):
    """What a walk found."""

    size_bytes: int = 0
    """On the disk, each file once, and the folders."""
    shared_bytes: int = 0
    """Of these: in files that have names elsewhere too, most often in the store. They do not go with the environment."""
    files: int = 0


def read_extent(roots: Iterable[Path]) -> Extent:
    """Walk folders that belong together: files that link only to each other are their own. Blocking; what cannot be read is left out."""
    names: dict[tuple[int, int], int] = {}
    states: dict[tuple[int, int], os.stat_result] = {}
    folders = 0
    for root in roots:
        for place, _, files in os.walk(root):
            for name in files:
                if (state := _state(os.path.join(place, name))) is not None:
                    key = state.st_dev, state.st_ino
                    names[key] = names.get(key, 0) + 1
                    states[key] = state
            folder = _state(place)
            folders += 0 if folder is None else folder.st_blocks * _BLOCK_BYTES
    sizes = {key: state.st_blocks * _BLOCK_BYTES for key, state in states.items()}
    shared = sum(sizes[key] for key, state in states.items() if state.st_nlink > names[key])
    return Extent(size_bytes=sum(sizes.values()) + folders, shared_bytes=shared, files=len(states))


def _state(path: str) -> os.stat_result | None:
    try:
        return os.lstat(path)
    except OSError:
        return None
