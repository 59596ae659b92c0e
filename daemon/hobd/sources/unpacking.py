"""Source distributions taken apart. They come from strangers: a member that leaves the folder ends the work at once.

Zip and tar are shown alike: members with a path, a kind, and a way to read them.
"""

import os
import posixpath
import shutil
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from msgspec import Struct

from hobd.sources.wheel_members import InvalidStructure, check_text_size

_MAX_BYTES = 32 * 1024**3
_MAX_MEMBERS = 1_000_000
_MOST_BYTES, _MOST_GROWTH = 1024**3, 200
"""Sources of that size do not shrink to a two-hundredth: what does is made to fill disks."""
_CONTRADICTIONS = (FileExistsError, FileNotFoundError, IsADirectoryError, NotADirectoryError, shutil.SameFileError)
"""A file that is also a folder, a link to what is not there."""
_BROKEN = (tarfile.TarError, zipfile.BadZipFile, EOFError, zlib.error, NotImplementedError, UnicodeDecodeError)


class _Member(Struct, frozen=True, kw_only=True):
    path: str
    """As the archive has it, without a slash at its end."""
    kind: str
    """`file`, `folder`, `link` (symbolic), `hardlink` or `other`."""
    size: int
    is_executable: bool
    target: str
    """Of links."""
    open: Callable[[], IO[bytes]]


def unpack(archive: Path, into: Path) -> Path:
    """Unpack a source distribution. Blocks: call it in a thread, and in a folder that is thrown away if it fails.

    Args:
        into: an empty folder.
    Returns:
        The folder that the project lies in: the archive's only top folder, else `into`.
    Raises:
        InvalidStructure: it is no archive, a member leads out of the folder, or there is too much of it.
    """
    for member in _members(archive):
        try:
            _put(member, into)
        except _CONTRADICTIONS as error:
            raise InvalidStructure(f"`{member.path}` contradicts other members of `{archive.name}`", causes=(str(error),)) from error
    entries = list(into.iterdir())
    return entries[0] if len(entries) == 1 and entries[0].is_dir() and not entries[0].is_symlink() else into


def read_top_members(archive: Path, wanted: Iterable[str]) -> dict[str, bytes]:
    """The content of files right below the archive's top folder, by name; those that are not there are left out.

    Raises:
        InvalidStructure: it is no archive, there is too much of it, or one is far too large to be what it should be.
    """
    names, found = set(wanted), dict[str, bytes]()
    for member in _members(archive):
        top, _, name = member.path.removeprefix("./").partition("/")
        if top and name in names and member.kind == "file":
            check_text_size(member.path, member.size)
            with member.open() as content:
                found[name] = content.read()
            if len(found) == len(names):
                break
    return found


def _put(member: _Member, into: Path) -> None:
    target = into / _inside(member.path)
    _refuse_detours(target if member.kind == "folder" else target.parent, into, member.path)
    if member.kind == "folder":
        target.mkdir(parents=True, exist_ok=True)
        return
    if target == into or member.kind == "other":
        raise InvalidStructure(f"`{member.path}` is neither a file nor a folder nor a link")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    if member.kind == "link":
        _inside(posixpath.join(posixpath.dirname(member.path), member.target))
        target.symlink_to(member.target)
    elif member.kind == "hardlink":
        source = into / _inside(member.target)
        _refuse_detours(source, into, member.path)
        shutil.copyfile(source, target)
    else:
        _write(member, target)


def _write(member: _Member, target: Path) -> None:
    mode = 0o755 if member.is_executable else 0o644
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    with os.fdopen(descriptor, "wb") as file, member.open() as content:
        shutil.copyfileobj(content, file)


def _inside(path: str) -> str:
    """A path that stays below the folder.

    Raises:
        InvalidStructure: it is absolute, or climbs out.
    """
    normal = posixpath.normpath(path)
    if posixpath.isabs(path) or normal == ".." or normal.startswith("../") or "\0" in path:
        raise InvalidStructure(f"`{path}` leads out of the archive")
    return normal


def _refuse_detours(folder: Path, into: Path, shown: str) -> None:
    """Links inside the archive must not carry later members out of it."""
    if not folder.resolve().is_relative_to(into.resolve()):
        raise InvalidStructure(f"`{shown}` leads out of the archive")


def _members(archive: Path) -> Iterator[_Member]:
    total, most = 0, min(_MAX_BYTES, max(_MOST_BYTES, archive.stat().st_size * _MOST_GROWTH))
    with _told_plainly(archive):
        for count, member in enumerate(_zip_members(archive) if archive.name.endswith(".zip") else _tar_members(archive)):
            total += member.size
            if count >= _MAX_MEMBERS or total > most:
                raise InvalidStructure(f"`{archive.name}` unpacks to more than {_MAX_MEMBERS} members or {most} bytes")
            yield member


@contextmanager
def _told_plainly(archive: Path) -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        raise InvalidStructure(f"Failed to read from `{archive.name}`", causes=(str(error),)) from error


def _zip_members(path: Path) -> Iterator[_Member]:
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            mode = info.external_attr >> 16
            yield _Member(
                path=info.filename.rstrip("/"),
                kind="folder" if info.is_dir() else "file",
                size=info.file_size,
                is_executable=bool(mode & 0o111) and stat.S_ISREG(mode or stat.S_IFREG),
                target="",
                open=lambda info=info: archive.open(info),  # type: ignore[misc] # a default binds the loop's variable
            )


def _tar_members(path: Path) -> Iterator[_Member]:
    with tarfile.open(path) as archive:
        for info in archive:
            yield _Member(
                path=info.name.rstrip("/"),
                kind=_tar_kind(info),
                size=info.size,
                is_executable=bool(info.mode & 0o111),
                target=info.linkname,
                open=lambda info=info: _tar_content(archive, info),  # type: ignore[misc] # as above
            )


def _tar_kind(info: tarfile.TarInfo) -> str:
    kinds = ((info.isdir, "folder"), (info.issym, "link"), (info.islnk, "hardlink"), (info.isfile, "file"))
    return next((kind for is_kind, kind in kinds if is_kind()), "other")


def _tar_content(archive: tarfile.TarFile, info: tarfile.TarInfo) -> IO[bytes]:
    content = archive.extractfile(info)
    assert content is not None  # it is a file
    return content
