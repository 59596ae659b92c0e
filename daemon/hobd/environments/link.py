"""Bring a file of the store into an environment: clone it, link it, or copy it (INS-1, INS-2).

    clone ──not supported──→ hardlink ──not supported──→ copy        symlink ──not supported──→ copy

What a pair of file systems can do is found out with the first file and remembered.
"""

import errno
import fcntl
import os
import shutil
import threading
from collections.abc import Iterable, MutableMapping
from pathlib import Path
from typing import NamedTuple, TypeAlias

from hobd.core.formats.stored_files import StoredFile

_FICLONE = 0x40049409
_NEXT = {"clone": "hardlink", "hardlink": "copy", "symlink": "copy"}
_UNSUPPORTED = {errno.EXDEV, errno.EPERM, errno.EOPNOTSUPP, errno.ENOTTY, errno.EINVAL, errno.ENOSYS, errno.EACCES}


class LinkedFile(NamedTuple):
    """A file of the store and the name it gets in the environment."""

    name: str
    """In its folder of the environment."""
    source_name: str
    """In its folder of the store."""
    file: StoredFile


KnownModes: TypeAlias = MutableMapping[tuple[int, int, str], str]
"""By the two devices and the mode that was asked for: the mode that works."""

COPY_WARNING = """\
Failed to hardlink files; falling back to full copy. This may lead to degraded performance.
         If the cache and target directories are on different filesystems, hardlinking may not be supported.
         If this is intentional, set `export UV_LINK_MODE=copy` or use `--link-mode=copy` to suppress this warning."""


class Linker:
    """Links files of one store into one environment. May be used by several threads."""

    def __init__(self, mode: str, devices: tuple[int, int], known: KnownModes) -> None:
        """`mode`: what was asked for; `devices`: of the store and of the environment; `known`: outlives the linker."""
        self._key = (*devices, mode)
        self._known = known
        self._asked = mode
        self._falling = threading.Lock()
        self.mode = known.get(self._key, mode)

    @property
    def falls_back(self) -> bool:
        """Whether files are copied although that was not asked for: worth a warning."""
        return self.mode == "copy" and self._asked in ("clone", "hardlink")

    def link_all(self, files: Iterable[LinkedFile], source_folder: int, target_folder: int, tree: Path) -> None:
        """Put the files of one folder in their places, whatever was there.

        Args:
            files: all of one folder of the tree, and for one folder of the environment.
            source_folder: the one, open.
            target_folder: the other, open.
            tree: where the store's files are, for symbolic links.
        Raises:
            OSError: they cannot even be copied.
        """
        link = os.link
        for target, name, file in files:
            if self.mode == "hardlink":  # by far the most frequent: without the price of two calls
                try:
                    link(name, target, src_dir_fd=source_folder, dst_dir_fd=target_folder, follow_symlinks=False)
                except OSError:
                    pass  # `link` finds out why
                else:
                    continue
            self.link(name, source_folder, target, target_folder, is_executable=file.is_executable, tree=tree, path=file.source)

    def link(self, name: str, source_folder: int, target: str, target_folder: int, *, is_executable: bool, tree: Path, path: str) -> None:
        """Put one file in its place, whatever was there.

        Args:
            name: of the file in `source_folder`, an open folder of the store.
            target: its name in `target_folder`, an open folder of the environment.
            is_executable: its mode, where it is a file of its own.
            tree, path: where the source is, for symbolic links.
        Raises:
            OSError: it cannot even be copied.
        """
        while True:
            mode = self.mode
            try:
                _link_once(mode, name, source_folder, target, target_folder, is_executable, tree / path)
            except FileExistsError:
                os.unlink(target, dir_fd=target_folder)
            except OSError as error:
                if error.errno == errno.EMLINK:
                    _copy(name, source_folder, target, target_folder, is_executable)
                    return
                if error.errno not in _UNSUPPORTED or mode == "copy":
                    raise
                self._fall_back(mode)
            else:
                return

    def _fall_back(self, failed: str) -> None:
        """Try the next mode from now on, unless another thread has come to that already."""
        with self._falling:
            if self.mode == failed:
                self.mode = self._known[self._key] = _NEXT[failed]


def _link_once(mode: str, name: str, source_folder: int, target: str, target_folder: int, is_executable: bool, source: Path) -> None:
    match mode:
        case "hardlink":
            os.link(name, target, src_dir_fd=source_folder, dst_dir_fd=target_folder, follow_symlinks=False)
        case "clone":
            _clone(name, source_folder, target, target_folder, is_executable)
        case "symlink":
            os.symlink(source, target, dir_fd=target_folder)
        case _:
            _copy(name, source_folder, target, target_folder, is_executable)


def _clone(name: str, source_folder: int, target: str, target_folder: int, is_executable: bool) -> None:
    """A file that shares its blocks until one of both is written (btrfs, XFS, bcachefs)."""
    _derive(name, source_folder, target, target_folder, is_executable, is_clone=True)


def _copy(name: str, source_folder: int, target: str, target_folder: int, is_executable: bool) -> None:
    _derive(name, source_folder, target, target_folder, is_executable, is_clone=False)


def _derive(name: str, source_folder: int, target: str, target_folder: int, is_executable: bool, *, is_clone: bool) -> None:
    """A new file with the content of the source, and its time: compiled bytecode is bound to it."""
    source = os.open(name, os.O_RDONLY | os.O_NOFOLLOW, dir_fd=source_folder)
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        new = os.open(target, flags, 0o777 if is_executable else 0o666, dir_fd=target_folder)
        try:
            if is_clone:
                fcntl.ioctl(new, _FICLONE, source)
            else:
                _copy_bytes(source, new)
            state = os.fstat(source)
            os.utime(new, ns=(state.st_atime_ns, state.st_mtime_ns))
        except BaseException:
            os.unlink(target, dir_fd=target_folder)
            raise
        finally:
            os.close(new)
    finally:
        os.close(source)


def _copy_bytes(source: int, new: int) -> None:
    with open(source, "rb", closefd=False) as reader, open(new, "wb", closefd=False) as writer:
        shutil.copyfileobj(reader, writer, 1 << 20)
