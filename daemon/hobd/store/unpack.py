"""Unpack a wheel into a folder, checked, and describe what is in it.

What is not as it should be is left out, put right or refused as uv does (INS-10), and noted: see `selection`.
"""

import errno
import os
import stat
from collections.abc import Mapping
from pathlib import Path

from msgspec.structs import replace

from hobd.core.formats.entry_points import ScriptEntry, parse_scripts
from hobd.core.formats.record import RecordRow, parse_record
from hobd.core.formats.stored_files import StoredFile, in_columns
from hobd.core.formats.wheel import DATA_KINDS, InvalidWheel, UninstallableWheel, find_dist_info, parse_wheel_file
from hobd.core.formats.wheel_manifest import Manifest
from hobd.core.tags import WheelName
from hobd.core.vocab.disk import os_reason
from hobd.faults import crash_point
from hobd.store.archive import Archive, Member
from hobd.store.selection import enclosed, find_oddities, select

_UNNAMEABLE = (errno.ENAMETOOLONG, errno.EILSEQ, errno.EINVAL)

_State = tuple[int, int, bool, int]
"""Size, mtime in ns, whether it is executable, CRC-32."""


def unpack_wheel(archive: Path, tree: Path, *, wheel: WheelName | None, is_built: bool, created: float) -> Manifest:
    """Unpack a wheel.

    Args:
        archive: the file.
        tree: an existing, empty folder. Files in it are made read-only; their times are the time of unpacking.
        wheel: what the file's name says; None to believe the content.
        is_built: noted in the result.
        created: the time of day, noted likewise.
    Raises:
        InvalidWheel: it cannot be read or installed.
        OSError: the disk refuses.
    """
    with Archive(archive) as opened:
        entries = opened.members()
        members = select(entries, archive.stat().st_size)
        stem = find_dist_info((name.partition("/")[0] for name in members if "/" in name), wheel)
        for needed in ("METADATA", "RECORD"):
            if f"{stem}.dist-info/{needed}" not in members:
                raise InvalidWheel(f"`{stem}.dist-info/{needed}` is missing")
        states = _write_all(opened, members, tree)
    record = (tree / f"{stem}.dist-info" / "RECORD").read_text("utf-8", "replace")
    manifest = _describe(tree, stem, states, record, is_built=is_built, created=created)
    return replace(manifest, oddities=find_oddities(entries, members, manifest.dist_info, record))


def _write_all(opened: Archive, members: Mapping[str, Member], tree: Path) -> dict[str, _State]:
    states: dict[str, _State] = {}
    made: set[str] = set()
    root = os.open(tree, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for path, member in members.items():
            _make_folders(path.rpartition("/")[0], made, root)
            states[path] = _write(opened, member, path, root)
    except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
        raise InvalidWheel(f"`{error.filename}` is both a file and a folder") from error
    except OSError as error:
        if error.errno not in _UNNAMEABLE:
            raise
        raise InvalidWheel(f"`{error.filename}` is a name that this file system does not take: {os_reason(error)}") from error
    finally:
        os.close(root)
    return states


def _make_folders(folder: str, made: set[str], root: int) -> None:
    if not folder or folder in made:
        return
    _make_folders(folder.rpartition("/")[0], made, root)
    try:
        os.mkdir(folder, dir_fd=root)
    except FileExistsError:
        if not stat.S_ISDIR(os.stat(folder, dir_fd=root).st_mode):
            raise
    made.add(folder)


def _write(opened: Archive, member: Member, path: str, root: int) -> _State:
    """Unpack one file. A second one of the same name can only come from a file system that ignores case: the last counts."""
    crash_point("store.unpack")
    is_executable = bool(member.mode & 0o111) and not stat.S_ISLNK(member.mode)
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o555 if is_executable else 0o444, dir_fd=root)
    except FileExistsError:
        os.unlink(path, dir_fd=root)
        return _write(opened, member, path, root)
    try:
        for piece in opened.read(member):
            view = memoryview(piece)
            while view:
                view = view[os.write(file, view) :]
        state = os.fstat(file)
    finally:
        os.close(file)
    return state.st_size, state.st_mtime_ns, is_executable, member.crc


def _describe(tree: Path, stem: str, states: Mapping[str, _State], record: str, *, is_built: bool, created: float) -> Manifest:
    info = f"{stem}.dist-info"
    try:
        wheel_file = parse_wheel_file((tree / info / "WHEEL").read_text("utf-8", "replace"))
    except FileNotFoundError as error:
        raise UninstallableWheel(f"`{info}/WHEEL` is missing") from error
    rows = {path: row for row in parse_record(record) if (path := enclosed(row.path.lstrip("/")))}  # some wheels list absolute paths
    own = f"{info}/RECORD"
    root_kind = "purelib" if wheel_file.is_purelib else "platlib"
    files = [_file(path, state, rows.get(path), stem, root_kind) for path, state in states.items() if path != own]
    name, _, version = stem.partition("-")
    return Manifest(
        name=name,
        version=version,
        is_purelib=wheel_file.is_purelib,
        tags=wheel_file.tags,
        groups=in_columns(files),
        scripts=_scripts(tree / info / "entry_points.txt"),
        is_built=is_built,
        created=created,
        is_record_executable=states[own][2],
        own_row=(rows[own].digest, rows[own].size) if own in rows else ("", str(states[own][0])),
    )


def _scripts(path: Path) -> tuple[ScriptEntry, ...]:
    try:
        return parse_scripts(path.read_text("utf-8", "replace"))
    except FileNotFoundError:
        return ()


def _file(path: str, state: _State, row: RecordRow | None, stem: str, root_kind: str) -> StoredFile:
    size, mtime_ns, is_executable, crc = state
    kind, target = root_kind, path
    data = f"{stem}.data/"
    if path.startswith(data):
        kind, slash, target = path[len(data) :].partition("/")
        if not slash or kind not in DATA_KINDS:
            raise UninstallableWheel(f"The wheel is invalid: Unknown wheel data type: {kind}")
    digest, recorded_size = ("", str(size)) if row is None else (row.digest, row.size)
    return StoredFile(kind, target, path, size, mtime_ns, is_executable, digest, recorded_size, crc)
