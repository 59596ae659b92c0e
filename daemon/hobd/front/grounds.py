"""What a verdict rests on, compared with the world as it is now."""

import os
import re
import stat
from collections.abc import Iterable, Mapping

from hob.v1 import verdict_pb2 as verdict_v1
from hobd.front.filesystems import is_local_device

_SETTLED_NS = 20_000_000
"""A file that changed less than this before it was read may have changed again unseen, within one tick of its clock."""
_SETTLED_REMOTE_NS = 2_000_000_000
"""The same where another host keeps the clock, in coarse steps."""

_SECRET_NAME = re.compile(rb"TOKEN|PASSWORD|PASSPHRASE|SECRET|CREDENTIAL|_KEY$", re.IGNORECASE)
_SECRET_VALUE = re.compile(rb"://[^/@\s\0]*:[^/@\s\0]+@")

Fingerprint = tuple[int, int, int, int, int]
"""Device, inode, size (0 for a directory), modification and inode change in nanoseconds."""

FileState = tuple[bytes, bool, Fingerprint | None, bytes | None]
"""A path, whether the path itself counts rather than what it links to, what was found there, and what it held if that is known."""


def read_fingerprint(path: bytes, *, is_link: bool) -> Fingerprint | None:
    """What tells this state of a path from all others; `None` if nothing is there.

    Raises:
        OSError: it cannot be known.
    """
    try:
        found = os.stat(path, follow_symlinks=not is_link)
    except (FileNotFoundError, NotADirectoryError):
        return None
    size = 0 if stat.S_ISDIR(found.st_mode) else found.st_size
    return (found.st_dev, found.st_ino, size, found.st_mtime_ns, found.st_ctime_ns)


def fingerprint_of(ground: verdict_v1.FileGround) -> Fingerprint | None:
    """What the ground says that was found there."""
    if not ground.exists:
        return None
    return (ground.dev, ground.ino, ground.size, ground.mtime_ns, ground.ctime_ns)


def state_of(ground: verdict_v1.FileGround) -> FileState:
    """The ground, unpacked for speed."""
    return ground.path, ground.is_link, fingerprint_of(ground), ground.content if ground.HasField("content") else None


def find_changed_file(grounds: Iterable[FileState]) -> bytes:
    """The first path that is not as it was; empty if all are. One `stat` each; small files that were written anew are read."""
    for path, is_link, expected, content in grounds:
        try:
            found = read_fingerprint(path, is_link=is_link)
            if found != expected and (found is None or content is None or not holds(path, content)):
                return path
        except OSError:
            return path
    return b""


def holds(path: bytes, content: bytes) -> bool:
    """Whether a regular file holds just that. Never waits for a writer.

    Raises:
        OSError: it cannot be read.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
    try:
        found = os.fstat(descriptor)
        return stat.S_ISREG(found.st_mode) and found.st_size == len(content) and os.read(descriptor, len(content) + 1) == content
    finally:
        os.close(descriptor)


def find_changed_variable(grounds: Iterable[verdict_v1.EnvGround], environment: Mapping[bytes, bytes]) -> bytes:
    """The name of the first variable that is not as it was; empty if all are."""
    for ground in grounds:
        if read_variable(ground.name, environment) != (ground.value if ground.is_set else None):
            return ground.name
    return b""


def read_variable(name: bytes, environment: Mapping[bytes, bytes]) -> bytes | None:
    """The value of a variable, or for a name that ends in `*` all variables with that prefix; `None` if there is none."""
    if not name.endswith(b"*"):
        return environment.get(name)
    prefix = name[:-1]
    found = sorted((key, value) for key, value in environment.items() if key.startswith(prefix))
    return b"\0".join(key + b"=" + value for key, value in found) if found else None


def is_settled(ground: verdict_v1.FileGround, read_ns: int) -> bool:
    """Whether the file had been left alone for so long before `read_ns` that its time stamps prove its content."""
    if not ground.exists:
        return True
    margin = _SETTLED_NS if is_local_device(ground.dev) else _SETTLED_REMOTE_NS
    return max(ground.mtime_ns, ground.ctime_ns) <= read_ns - margin


def without_times(ground: verdict_v1.FileGround) -> None:
    """Let the content alone count: the time stamps of a file that has not settled prove nothing."""
    ground.mtime_ns = ground.ctime_ns = 0


def holds_secret(ground: verdict_v1.EnvGround) -> bool:
    """Whether the variable's value may be a secret: such a verdict stays in memory."""
    if not ground.is_set or not ground.value:
        return False
    names = ground.name if not ground.name.endswith(b"*") else b"\0".join(part.partition(b"=")[0] for part in ground.value.split(b"\0"))
    return any(_SECRET_NAME.search(name) for name in names.split(b"\0")) or has_login(ground.value)


def has_login(text: bytes) -> bool:
    """Whether a text has an address with a password in it."""
    return _SECRET_VALUE.search(text) is not None
