"""Where the socket and its companions lie: the rules that client and daemon share.

The runtime directory is the credential: it belongs to the user, nobody else may enter it, and it is on this host.

    $HOB_RUNTIME_DIR  ->  $XDG_RUNTIME_DIR/hob  ->  /run/user/<euid>/hob  ->  /tmp/hob-<euid>
"""

import contextlib
import os
import stat
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from hobd.errors import WorldError
from hobd.front.filesystems import is_local_device

_SOCKET_PATH_LIMIT = 107
"""Bytes that a socket address holds (unix(7): `sun_path` has 108, one for the end)."""


class Candidate(Struct, frozen=True):
    """A directory that was considered, and why it was not taken."""

    path: str
    fault: str
    """Empty for the one that was taken."""

    def __str__(self) -> str:
        return f"{self.path}: {self.fault or 'taken'}"


class Places(Struct, frozen=True):
    """The files of one daemon in its runtime directory."""

    folder: Path
    build: str
    mount_namespace: int

    @property
    def stem(self) -> str:
        """What tells this build in this mount namespace from all others."""
        return f"{self.build}-{self.mount_namespace}"

    @property
    def socket(self) -> Path:
        """The public socket."""
        return self.folder / f"v1-{self.stem}.sock"

    @property
    def owner_lock(self) -> Path:
        """Held by the daemon while it serves."""
        return self.folder / f"owner-{self.stem}.lock"

    @property
    def spawn_lock(self) -> Path:
        """Held by whoever starts a daemon."""
        return self.folder / f"spawn-{self.stem}.lock"

    @property
    def info(self) -> Path:
        """Who serves: for people and tools, never for decisions without a check."""
        return self.folder / f"hobd-{self.stem}.json"

    @property
    def log(self) -> Path:
        """The log of all daemons of this directory."""
        return self.folder / "hobd.log"

    @property
    def exits(self) -> Path:
        """How the last lives ended."""
        return self.folder / "exit.json"

    @property
    def verdicts(self) -> Path:
        """Answers that outlive the daemon."""
        return self.folder / "verdicts"


def own_mount_namespace() -> int:
    """The inode of this process's mount namespace, 0 where it cannot be read."""
    return _namespace("mnt")


def own_user_namespace() -> int:
    """The inode of this process's user namespace, 0 where it cannot be read."""
    return _namespace("user")


def _namespace(kind: str) -> int:
    try:
        return int("".join(filter(str.isdigit, str(Path(f"/proc/self/ns/{kind}").readlink()))))
    except (OSError, ValueError):
        return 0


def find_runtime_dir(environment: Mapping[str, str]) -> tuple[Path | None, tuple[Candidate, ...]]:
    """The first directory that passes the checks, made where missing, and all that were considered.

    Raises:
        WorldError: `$HOB_RUNTIME_DIR` is set, and unfit.
    """
    user = os.geteuid()
    if chosen := environment.get("HOB_RUNTIME_DIR"):
        fault = check_folder(Path(chosen))
        if fault:
            raise WorldError(f"`$HOB_RUNTIME_DIR` is `{chosen}`, which {fault}", hint="Name a directory of your own with mode 0700")
        return Path(chosen), (Candidate(chosen, ""),)
    wanted = [f"/run/user/{user}/hob", f"/tmp/hob-{user}"]
    if xdg := environment.get("XDG_RUNTIME_DIR"):
        wanted.insert(0, f"{xdg}/hob")
    considered = []
    for path in dict.fromkeys(wanted):
        fault = check_folder(Path(path))
        considered.append(Candidate(path, fault))
        if not fault:
            return Path(path), tuple(considered)
    return None, tuple(considered)


def check_folder(folder: Path) -> str:
    """Why `folder` cannot be the runtime directory; empty if it can. Makes it where only it is missing."""
    if not folder.is_absolute():
        return "is not an absolute path"
    try:
        return _check_parent(folder) or _check_made(folder)
    except OSError as error:
        return f"cannot be used: {error.strerror}"


def _check_parent(folder: Path) -> str:
    """A directory under `/tmp` is only safe where others cannot rename it: the parent is root's, and sticky."""
    if folder.parent != Path("/tmp"):
        return ""
    parent = folder.parent.lstat()
    is_safe = stat.S_ISDIR(parent.st_mode) and parent.st_uid == 0 and parent.st_mode & stat.S_ISVTX
    return "" if is_safe else "lies in a directory where others could replace it"


def _check_made(folder: Path) -> str:
    with contextlib.suppress(FileExistsError):  # made before, perhaps by another: the same checks for all
        folder.mkdir(mode=0o700)
    descriptor = _open(folder)
    try:
        return _fault_of(os.fstat(descriptor))
    finally:
        os.close(descriptor)


def _open(folder: Path) -> int:
    return os.open(folder, os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_RDONLY)


def _fault_of(found: os.stat_result) -> str:
    if found.st_uid != os.geteuid():
        return "belongs to another user"
    if found.st_mode & 0o077:
        return f"can be entered by others (mode {stat.S_IMODE(found.st_mode):04o})"
    if not is_local_device(found.st_dev):
        return "is on a network file system"
    return ""


def open_folder(folder: Path) -> int:
    """A descriptor of the runtime directory, opened without following a link, and checked.

    Raises:
        WorldError: it is unfit, or became so.
    """
    fault = check_folder(folder)
    if not fault:
        descriptor = _open(folder)
        fault = _fault_of(os.fstat(descriptor))
        if not fault:
            return descriptor
        os.close(descriptor)
    raise WorldError(f"The runtime directory `{folder}` {fault}")


def socket_address(path: Path, folder_fd: int) -> str:
    """The address by which to bind or connect to `path`, whose folder is open as `folder_fd`: never too long."""
    if len(os.fsencode(path)) <= _SOCKET_PATH_LIMIT:
        return str(path)
    return f"/proc/self/fd/{folder_fd}/{path.name}"
