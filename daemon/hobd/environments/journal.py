"""The commit of a change to an environment, which a kill at any point cannot leave half done.

    <root>/.hob-txn/new/...         everything new, complete, laid out as below the root
    <root>/.hob-txn/journal.json    says what goes; once it is there, the change happens: now, or when the next one looks

Without the journal nothing has changed, and the folder is rubbish. With it, the same steps are done again from the top;
each may have been done before:

    forget bytecode of what changes → move what is new into place, metadata last → remove what is left of the old → remove the folder

A folder that is new moves by one rename. So does the whole of a new environment's packages.
"""

import errno
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from hobd.core.vocab.disk import os_cause, ways_out
from hobd.errors import WorldError
from hobd.faults import crash_point
from hobd.placement import scatter

FOLDER = ".hob-txn"
_JOURNAL = "journal.json"
_SCHEMA = 1


class CannotFinish(WorldError):
    """The disk refuses what an interrupted change still needs."""


class Change(Struct, frozen=True, kw_only=True):
    """What goes when what is new comes. Paths are relative to the root."""

    obsolete: tuple[str, ...] = ()
    """Files of old distributions that nothing new replaces."""
    replaced: tuple[str, ...] = ()
    """Files of old distributions that something new replaces: their bytecode goes."""
    folders: tuple[str, ...] = ()
    """To be removed with all that is in them: nothing new is in them, for a second run could not tell."""
    easy_install: tuple[tuple[str, str], ...] = ()
    """Files, and lines to take out of them."""
    libraries: tuple[str, ...] = ()
    """Folders of packages: below them, folders that become empty are removed."""


def begin(root: Path) -> Path:
    """An empty folder for all that is new. What an interrupted change left behind must have been repaired before."""
    folder = root / FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()  # not the root: who removed the environment meanwhile is not to find half of another
    scatter(folder)
    os.rename(tempfile.mkdtemp(dir=folder), folder / "new")  # a name never used before leads to a place never used before
    return folder / "new"


def is_pending(root: Path) -> bool:
    """Whether an interrupted change left something behind."""
    return os.path.lexists(root / FOLDER)


def repair(root: Path) -> bool:
    """Finish an interrupted change, or forget it where it had not come to be decided. True if something was done.

    Raises:
        CannotFinish: the disk refuses; the next one may try again.
    """
    if not is_pending(root):
        return False
    try:
        change = _read(root)
        if change is not None:
            _carry_out(root, change)
        _finish(root)
    except OSError as error:
        why = f"An interrupted change of the environment at `{root}` cannot be finished"
        raise CannotFinish(why, causes=(os_cause(error),), hints=ways_out(error)) from error
    return True


def decide(root: Path, change: Change) -> None:
    """From now on the change happens. What fails before has changed nothing."""
    crash_point("journal.staged")
    _write(root, change)


def carry_out(root: Path, change: Change) -> None:
    """Do what was decided. What fails is left to `repair`."""
    crash_point("journal.decided")
    _carry_out(root, change)
    _finish(root)


def abandon(root: Path) -> None:
    """Forget what is new: nothing has changed."""
    shutil.rmtree(root / FOLDER, ignore_errors=True)


def _write(root: Path, change: Change) -> None:
    data = {
        "schema": _SCHEMA,
        "obsolete": change.obsolete,
        "replaced": change.replaced,
        "folders": change.folders,
        "easy_install": change.easy_install,
        "libraries": change.libraries,
    }
    new = root / FOLDER / f".tmp-{_JOURNAL}"
    new.write_text(json.dumps(data), "utf-8", "surrogateescape")
    os.replace(new, root / FOLDER / _JOURNAL)


def _read(root: Path) -> Change | None:
    try:
        data = json.loads((root / FOLDER / _JOURNAL).read_text("utf-8", "surrogateescape"))
        if not all(map(_is_below_root, (*data["obsolete"], *data["replaced"], *data["folders"], *data["libraries"]))):
            return None  # nothing of ours
        return Change(
            obsolete=tuple(data["obsolete"]),
            replaced=tuple(data["replaced"]),
            folders=tuple(data["folders"]),
            easy_install=tuple((file, line) for file, line in data["easy_install"]),
            libraries=tuple(data["libraries"]),
        )
    except (FileNotFoundError, ValueError, KeyError, TypeError):  # damaged: a disk without power may keep a name without content
        return None


def _is_below_root(path: str) -> bool:
    return not path.startswith("/") and ".." not in path.split("/")


def _finish(root: Path) -> None:
    """The journal goes first: what is left without it is rubbish."""
    with suppress(FileNotFoundError):
        os.unlink(root / FOLDER / _JOURNAL)
    crash_point("journal.done")
    shutil.rmtree(root / FOLDER, ignore_errors=True)


def _carry_out(root: Path, change: Change) -> None:
    _forget_bytecode(root, (*change.replaced, *change.obsolete))
    crash_point("journal.forgotten")
    new = root / FOLDER / "new"
    if new.is_dir():
        merge(str(new), str(root))
    crash_point("journal.merged")
    _remove_files(root, change.obsolete)
    for path in change.folders:
        shutil.rmtree(root / path, ignore_errors=True)
    for file, line in change.easy_install:
        _drop_line(root / file, line)
    crash_point("journal.removed")
    _remove_empty(root, change)


def merge(new: str, old: str) -> None:
    """Move everything in `new` to its place in `old`, replacing files one by one and moving folders whole where they are new."""
    with os.scandir(new) as scan:
        entries = sorted(scan, key=lambda entry: (entry.name.endswith(".dist-info"), entry.name))
    for entry in entries:
        target = os.path.join(old, entry.name)
        crash_point("journal.move")
        if _move(entry.path, target):
            continue
        if entry.is_dir(follow_symlinks=False) and os.path.isdir(target):
            merge(entry.path, target)
        else:
            _clear_the_way(target)
            if not _move(entry.path, target):
                raise FileExistsError(errno.EEXIST, "Something is put in the way again and again", target)
    try:
        os.rmdir(new)
    except OSError:
        _drop_twins(new)


def _drop_twins(new: str) -> None:
    """Renaming one of two links of the same file to the other does nothing (POSIX): a file that is reinstalled stays behind."""
    for name in os.listdir(new):
        os.unlink(os.path.join(new, name))
    os.rmdir(new)


def _move(source: str, target: str) -> bool:
    """Rename; False where something of another kind, or a folder that is not empty, is in the way."""
    try:
        os.rename(source, target)
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR, errno.EISDIR):
            return False
        if error.errno != errno.EXDEV:
            raise
        _move_across(source, target)
    return True


def _move_across(source: str, target: str) -> None:
    """A part of the environment lies on another file system: copy beside the target first."""
    if os.path.isdir(source) and not os.path.islink(source):
        if not os.path.isdir(target):
            os.mkdir(target)
        merge(source, target)
        return
    beside = os.path.join(os.path.dirname(target), f".tmp-{os.getpid()}-{os.path.basename(target)}")
    shutil.copy2(source, beside, follow_symlinks=False)
    os.replace(beside, target)
    os.unlink(source)


def _clear_the_way(target: str) -> None:
    if os.path.isdir(target) and not os.path.islink(target):
        shutil.rmtree(target)
    else:
        os.unlink(target)


def _remove_files(root: Path, paths: Sequence[str]) -> None:
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for path in paths:
            crash_point("journal.remove")
            try:
                os.unlink(path, dir_fd=folder)
            except (FileNotFoundError, NotADirectoryError):
                continue
            except (IsADirectoryError, PermissionError):  # a RECORD may list folders; Linux and macOS say it differently
                if not os.path.isdir(root / path):
                    raise
    finally:
        os.close(folder)


def _forget_bytecode(root: Path, paths: Iterable[str]) -> None:
    """Remove the compiled form of modules that change or go: a new one of the same size and time would be taken for the old."""
    stems: dict[str, set[str]] = {}
    for path in paths:
        if path.endswith(".py"):
            folder, _, name = path.rpartition("/")
            stems.setdefault(folder, set()).add(name[:-3])
    for folder, names in stems.items():
        cache = root / folder / "__pycache__"
        try:
            compiled = os.listdir(cache)
        except OSError:
            continue
        for name in compiled:
            if name.partition(".")[0] in names:
                with suppress(FileNotFoundError):
                    os.unlink(cache / name)


def _remove_empty(root: Path, change: Change) -> None:
    """Folders of packages that have become empty go, up to the folder of all packages, which stays."""
    candidates = {path.rpartition("/")[0] for path in (*change.obsolete, *change.folders)}
    libraries = {*change.libraries, ""}
    for folder in sorted(candidates, key=len, reverse=True):
        while folder not in libraries and _is_below(folder, change.libraries):
            if not _has_more(root / folder):
                shutil.rmtree(root / folder / "__pycache__", ignore_errors=True)
            try:
                os.rmdir(root / folder)
            except FileNotFoundError:
                pass  # gone already: its parent may be empty now
            except OSError:
                break
            folder = folder.rpartition("/")[0]


def _is_below(folder: str, libraries: Iterable[str]) -> bool:
    return any(not library or folder.startswith(f"{library}/") for library in libraries)


def _has_more(folder: Path) -> bool:
    """Whether there is more than bytecode in a folder."""
    try:
        return any(name != "__pycache__" for name in os.listdir(folder))
    except OSError:
        return False


def _drop_line(file: Path, line: str) -> None:
    try:
        lines = file.read_text("utf-8").splitlines(keepends=True)
    except OSError:
        return
    kept = [one for one in lines if one.strip() != line]
    if kept != lines:
        new = file.with_name(f".tmp-{file.name}")
        new.write_text("".join(kept), "utf-8")
        os.replace(new, file)
