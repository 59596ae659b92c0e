"""A second environment like the first, in a few hundred milliseconds: every file is the same file under a second name.

What is linked is not written to again by whoever installs: files are replaced. Only what hob itself writes in place is copied.
"""

import errno
import os
import shutil
from pathlib import Path

from hobd.environments.generation_note import NOTE
from hobd.environments.journal import FOLDER as UNFINISHED
from hobd.faults import crash_point

_LEFT_OUT = frozenset({NOTE, UNFINISHED, ".lock"})
_COPIED = frozenset({"pyvenv.cfg"})
_UNLINKABLE = frozenset({errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP, errno.EACCES})
"""Another disk, links forbidden or used up, somebody else's file: a copy does as well."""


def clone_environment(source: Path, target: Path) -> None:
    """Make `target`, which must not be there, like `source`.

    Raises:
        OSError: it cannot be made.
    """
    os.mkdir(target)
    _clone_folder(str(source), str(target), is_root=True)


def _clone_folder(source: str, target: str, *, is_root: bool = False) -> None:
    """Both ends are open, so the kernel need not walk the paths again and again."""
    crash_point("clone.folder")
    folders: list[str] = []
    source_folder = os.open(source, os.O_RDONLY | os.O_DIRECTORY)
    target_folder = os.open(target, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with os.scandir(source_folder) as entries:
            for entry in entries:
                if is_root and entry.name in _LEFT_OUT:
                    continue
                if entry.is_dir(follow_symlinks=False):
                    os.mkdir(entry.name, dir_fd=target_folder)
                    folders.append(entry.name)
                elif entry.is_symlink():
                    os.symlink(os.readlink(entry.name, dir_fd=source_folder), entry.name, dir_fd=target_folder)
                elif entry.is_file(follow_symlinks=False):
                    _clone_file(entry.name, source, source_folder, target, target_folder, is_copied=is_root and entry.name in _COPIED)
    finally:
        os.close(target_folder)
        os.close(source_folder)
    for name in folders:
        _clone_folder(f"{source}/{name}", f"{target}/{name}")


def _clone_file(name: str, source: str, source_folder: int, target: str, target_folder: int, *, is_copied: bool) -> None:
    if not is_copied:
        try:
            os.link(name, name, src_dir_fd=source_folder, dst_dir_fd=target_folder, follow_symlinks=False)
        except OSError as error:
            if error.errno not in _UNLINKABLE:
                raise
        else:
            return
    shutil.copy2(f"{source}/{name}", f"{target}/{name}")
