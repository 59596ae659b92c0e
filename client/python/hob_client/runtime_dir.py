"""The runtime directory: the first that belongs to the user alone and lies on this host. It is the credential."""

import contextlib
import errno
import os
import stat

from .call import Call, Unavailable, namespace

NETWORK_TYPES = {"nfs", "nfs4", "lustre", "gpfs", "cifs", "smb3", "ceph", "afs", "beegfs", "panfs", "fuse"}


class RuntimeDir:
    """A directory of the user's alone, on this host, held open."""

    def __init__(self, path: str, build: str) -> None:
        """Open, and make where only it is missing. Raises `OSError` where it is unfit."""
        if not os.path.isabs(path):
            raise OSError(errno.EINVAL, "is not an absolute path")
        self.path = path.rstrip("/") or "/"
        self._check_parent()
        with contextlib.suppress(OSError):
            os.mkdir(self.path, 0o700)
        self.descriptor = os.open(self.path, os.O_DIRECTORY | os.O_NOFOLLOW | os.O_RDONLY)
        self._check(os.fstat(self.descriptor))
        stem = f"{build}-{namespace('mnt')}"
        self.socket, self.spawn_lock, self.info = f"v1-{stem}.sock", f"spawn-{stem}.lock", f"hobd-{stem}.json"

    @classmethod
    def find(cls, call: Call) -> "RuntimeDir":
        """The first that passes the checks.

        Raises:
            Unavailable: none does, or the one that `$HOB_RUNTIME_DIR` names does not.
        """
        chosen = os.fsdecode(call.environment.get(b"HOB_RUNTIME_DIR", b""))
        if chosen:
            try:
                return cls(chosen, call.build)
            except OSError as error:
                raise Unavailable("chosen", f"`$HOB_RUNTIME_DIR` is `{chosen}`, which {_fault(error)}") from None
        usual = [f"/run/user/{os.geteuid()}/hob", f"/tmp/hob-{os.geteuid()}"]
        if xdg := os.fsdecode(call.environment.get(b"XDG_RUNTIME_DIR", b"")):
            usual.insert(0, f"{xdg}/hob")
        for path in usual:
            with contextlib.suppress(OSError):
                return cls(path, call.build)
        raise Unavailable("folder", "no directory is fit to hold its socket")

    def inside(self, name: str) -> str:
        """A path that is short enough for a socket, and safe from a swap of the directory's."""
        return f"/proc/self/fd/{self.descriptor}/{name}"

    def open(self, name: str, flags: int) -> int:
        """Open a file inside, for the user alone."""
        return os.open(name, flags | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600, dir_fd=self.descriptor)

    def _check_parent(self) -> None:
        if os.path.dirname(self.path) == "/tmp":
            parent = os.lstat("/tmp")
            if not stat.S_ISDIR(parent.st_mode) or parent.st_uid != 0 or not parent.st_mode & stat.S_ISVTX:
                raise OSError(errno.EPERM, "lies in a directory where others could replace it")

    def _check(self, found: os.stat_result) -> None:
        if found.st_uid != os.geteuid():
            raise OSError(errno.EPERM, "belongs to another user")
        if found.st_mode & 0o077:
            raise OSError(errno.EPERM, f"can be entered by others (mode {found.st_mode & 0o7777:04o})")
        device = f"{os.major(found.st_dev)}:{os.minor(found.st_dev)}"
        with open("/proc/self/mountinfo") as mounts:
            types = {line.split()[2]: line.partition(" - ")[2].split(" ")[0] for line in mounts}
        if types.get(device, "").split(".")[0] in NETWORK_TYPES:
            raise OSError(errno.EPERM, "is on a network file system")


def _fault(error: OSError) -> str:
    if error.errno in {errno.ELOOP, errno.ENOTDIR}:
        return "cannot be used: it is no directory, or a link to one"
    return str(error.strerror) if error.errno in {errno.EPERM, errno.EINVAL} else f"cannot be used: {error.strerror}"
