"""The build id: what a client and a daemon must share to talk with each other.

It is part of the socket's name, so that daemons of several versions and installations live side by side.
"""

import os
import sys
from pathlib import Path

from hobd import __version__

_FNV_OFFSET = 0xCBF29CE484222325
_FNV_PRIME = 0x100000001B3
_MASK = 0xFFFFFFFFFFFFFFFF


def fnv1a_64(data: bytes) -> str:
    """The 64 bit FNV-1a hash of `data` as 16 lower-case hex digits: small enough to be written twice, here and in the client."""
    value = _FNV_OFFSET
    for byte in data:
        value = ((value ^ byte) * _FNV_PRIME) & _MASK
    return f"{value:016x}"


def compute_build_id(version: str, folder: str) -> str:
    """The build id of `version` installed in `folder`, the real path of the folder that holds the client: 8 hex digits."""
    return fnv1a_64(b"hob 1 " + version.encode() + b"\0" + os.fsencode(folder))[:8]


def build_id() -> str:
    """The build id of this installation, for which the client lies beside the interpreter (unresolved: a venv's `bin`)."""
    return compute_build_id(__version__, str(Path(sys.executable).parent.resolve()))
