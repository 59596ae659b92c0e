"""What a disk refused, told so that somebody can act on it: why, and the ways out."""

import errno

from hobd.errors import WorldError

_LESS = "`hob cache prune` removes what no environment needs from the cache; `HOB_CACHE_DIR` moves the cache to another disk"

_WAYS_OUT = {
    errno.ENOSPC: (f"Make room: {_LESS}. If `df` still shows room, there are no inodes left (`df -i`)",),
    errno.EDQUOT: (f"Your quota is used up, in bytes or in files: {_LESS}, such as a scratch space",),
    errno.EFBIG: ("Files may not become that large here: look at `ulimit -f`",),
    errno.EROFS: ("The file system is mounted read-only: `HOB_CACHE_DIR` moves the cache, `UV_PROJECT_ENVIRONMENT` the environment",),
    errno.EIO: ("The disk could not do it: look at the system's log, and at the disk, before you trust what lies on it",),
    errno.EMFILE: ("Too many files are open: look at `ulimit -n`",),
    errno.ENFILE: ("Too many files are open on this machine",),
    errno.ESTALE: ("The file server forgot the file: run the command again",),
}
"""By what the system says. These can come from any file that is written: they are the machine's state, not the file's."""


class DiskTrouble(WorldError):
    """The disk is full, a quota used up, a file system read-only or broken."""


def os_reason(error: OSError) -> str:
    """An operating system's error as uv writes it: `Connection refused (os error 111)`."""
    return str(error) if error.errno is None else f"{error.strerror} (os error {error.errno})"


def os_cause(error: OSError) -> str:
    """The same, with the file that it is about, where that is known."""
    return os_reason(error) if error.filename is None else f"`{error.filename}`: {os_reason(error)}"


def ways_out(error: OSError) -> tuple[str, ...]:
    """What to do, where that does not depend on the file: hints for errors."""
    return _WAYS_OUT.get(error.errno or 0, ())


def find_trouble(error: BaseException) -> DiskTrouble | None:
    """The error as one that a person can act on; None where it may be a bug as well."""
    if not isinstance(error, OSError) or error.errno not in _WAYS_OUT:
        return None
    trouble = DiskTrouble("The disk refuses", causes=(os_cause(error),), hints=ways_out(error))
    trouble.__cause__ = error
    return trouble
