"""Finding a program in the caller's PATH."""

import errno
import os
from collections.abc import Mapping


def which(name: str, env: Mapping[str, str]) -> str:
    """The path of the program `name` in `env`'s PATH; a name with a slash is a path already.

    Raises:
        FileNotFoundError: no folder of PATH has it.
    """
    if "/" in name:
        return name
    for folder in env.get("PATH", "").split(os.pathsep):
        candidate = os.path.join(folder or ".", name)
        if os.access(candidate, os.X_OK) and os.path.isfile(candidate):
            return candidate
    raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), name)
