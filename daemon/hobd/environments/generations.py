"""Generations of an environment: a change makes a new one beside the old, and one rename puts it in its place.

    .venv                     ─→ .venv.d/3       what every tool sees and enters: a link, which a rename switches
    .venv.d/.lock                                held by whoever makes, switches or removes generations
    .venv.d/1  .venv.d/2  .venv.d/3              whole environments; files that are the same are one file under several names
    .venv.d/3/hob-generation.json                what made it, from which, and what became of the project's files then
    .venv.d/.tmp-1-…                             about to be removed

What keeps a running job in its generation is that nothing in it goes through the link: programs find their interpreter by
their own real place (`realpath`), and so Python's `sys.prefix` and `sys.path` name the generation. Only what is started as
`.venv/bin/python` names the link, and sees the next generation when it imports something after a switch.

At any moment the link leads to a generation that is complete: a new one is filled first and switched to last. A folder
without a note is unfinished, and is swept by who next holds the lock. To begin, a plain environment becomes generation 1
where it is: it and a link that leads to it change places in one step (`renameat2`); to end, they change back. Where the file
system cannot do that it takes two renames, and a note (`.moving`) tells the next command to do the second.

Other tools may change what the link leads to, in place: that is a change of the present generation, as it would be of a
plain environment. One that removes the link and makes a plain environment has it adopted as a further generation.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from hobd.core.plan.file_changes import FileChange, compose
from hobd.environments.create import is_environment, mark_folder, replace_file
from hobd.environments.exchange import exchange
from hobd.environments.generation_note import NOTE, GenerationNote, parse_changes, read_note, render_changes, write_note
from hobd.faults import crash_point

_TEMPORARY = ".tmp-"
_MOVING = ".moving"
_CHANGES = "changes.json"
_MOST_LINKS = 8
GRACE_SECONDS = 60.0
"""Between the answer that names a generation and the start of the program that it is for."""


class Generation(Struct, frozen=True, kw_only=True):
    """One of them, complete."""

    number: int
    root: Path
    note: GenerationNote
    switched: float
    """When it last became, or ceased to be, the environment: seconds since the epoch."""


class Generations(Struct, frozen=True):
    """The generations behind one path. All methods look at the disk; those that change something need the lock."""

    place: Path
    """Where the environment is for everybody: the link. Absolute."""
    swap: Callable[[Path, Path], bool] = exchange
    """Lets two paths change places in one step; False where that is not to be had."""

    @property
    def folder(self) -> Path:
        """Where generations lie."""
        return self.place.with_name(f"{self.place.name}.d")

    @property
    def lock(self) -> Path:
        """The file that is locked by who changes something here."""
        return self.folder / ".lock"

    def root(self, number: int) -> Path:
        """The folder of a generation."""
        return self.folder / str(number)

    def current(self) -> int | None:
        """The number that the link leads to; None where the place is no link of ours."""
        try:
            target = os.readlink(self.place)
        except OSError:
            return None
        folder, _, name = target.rpartition("/")
        is_ours = folder in (self.folder.name, str(self.folder)) and name.isascii() and name.isdigit()
        return int(name) if is_ours else None

    def find(self, number: int) -> Generation | None:
        """A generation; None where it is not there, or unfinished."""
        root = self.root(number)
        note = read_note(root)
        if note is None:
            return None
        try:
            return Generation(number=number, root=root, note=note, switched=(root / NOTE).stat().st_mtime)
        except OSError:
            return None

    def every(self) -> tuple[Generation, ...]:
        """All that are complete, by number."""
        return tuple(filter(None, map(self.find, sorted(self._numbers()))))

    def make_folder(self) -> None:
        """Make the folder of generations, which says to other tools what it is.

        Raises:
            OSError: it cannot be made.
        """
        if not (self.folder / "CACHEDIR.TAG").exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            mark_folder(self.folder)

    def next_root(self) -> Path:
        """The folder that the next generation is to be made in; it is not there."""
        return self.root(max(self._numbers(), default=0) + 1)

    def complete(self, root: Path, note: GenerationNote) -> int:
        """Say that what was made in a folder is a generation; returns its number."""
        write_note(root, note)
        crash_point("generations.completed")
        return int(root.name)

    def switch(self, number: int) -> None:
        """Make a generation the environment, in one step.

        Raises:
            OSError: something else is at its place, or the link cannot be made.
        """
        before = self.current()
        if before == number:
            return
        if before is not None:
            self._note_found(before)
        if before is None and self.place.is_dir() and not self.place.is_symlink():
            self.place.rmdir()  # an empty folder counts as none; one that is not empty is an error
        self._link(self.place, f"{self.folder.name}/{number}")
        crash_point("generations.switched")
        for each in (before, number):
            if each is not None:
                with suppress(OSError):
                    os.utime(self.root(each) / NOTE)

    def adopt(self, note: GenerationNote) -> int:
        """Make a plain environment at the place a generation, which the place then links to.

        Raises:
            OSError: it cannot be moved: a mount point, another disk, or not ours.
        """
        self.make_folder()
        write_note(self.place, note)
        root = self.next_root()
        link = f"{self.folder.name}/{root.name}"
        os.symlink(link, root)  # now it leads to itself; once it has changed places with the environment, to that
        crash_point("generations.adopting")
        try:
            if self.swap(root, self.place):
                crash_point("generations.adopted")
                return int(root.name)
        except OSError:
            root.unlink()
            (self.place / NOTE).unlink(missing_ok=True)
            raise
        root.unlink()
        self._note_move(root.name)
        os.rename(self.place, root)
        crash_point("generations.moved")
        self._finish_move()
        return int(root.name)

    def release(self) -> None:
        """Make the present generation a plain environment at the place; its path as a generation then links to the place.

        Raises:
            OSError: it cannot be moved.
        """
        number = self.current()
        if number is None:
            return
        root = self.root(number)
        if not self.swap(root, self.place):
            self._note_move(root.name)
            self.place.unlink()
            crash_point("generations.unlinked")
            os.rename(root, self.place)
            self._forget_move()
        crash_point("generations.released")
        self._link(root, f"../{self.place.name}")  # whoever runs in it by that path goes on
        with suppress(OSError):
            (self.place / NOTE).unlink()

    def _note_found(self, number: int) -> None:
        """Keep what another tool has made in place of a generation: it took the note with all else."""
        root = self.root(number)
        if is_environment(root) and read_note(root) is None:
            write_note(root, GenerationNote(made=root.stat().st_mtime, command=""))

    def is_moving(self) -> bool:
        """Whether a move in two steps was interrupted."""
        return (self.folder / _MOVING).exists()

    def mend(self) -> None:
        """Do the second step of such a move, or take back the first: the link is there again, if nothing else is."""
        if self.is_moving():
            self._finish_move()

    def _note_move(self, name: str) -> None:
        replace_file(self.folder / _MOVING, name)

    def _finish_move(self) -> None:
        name = (self.folder / _MOVING).read_text("utf-8")
        if not os.path.lexists(self.place) and (self.folder / name).is_dir():
            self._link(self.place, f"{self.folder.name}/{name}")
        self._forget_move()

    def _forget_move(self) -> None:
        (self.folder / _MOVING).unlink(missing_ok=True)

    def pending(self) -> tuple[FileChange, ...]:
        """What hob did to the project's files since the present generation was made, without making another."""
        try:
            data = json.loads((self.folder / _CHANGES).read_text("utf-8"))
            return parse_changes(data["files"]) if data["generation"] == self.current() else ()
        except (OSError, ValueError, KeyError, TypeError):
            return ()

    def unrecorded(self, changes: tuple[FileChange, ...]) -> tuple[FileChange, ...]:
        """Those that are not the present generation's own: a command that made it while another ran has noted them already."""
        number = self.current()
        present = None if number is None else self.find(number)
        return tuple(one for one in changes if present is None or one not in present.note.files)

    def note_pending(self, changes: tuple[FileChange, ...]) -> None:
        """Note further such changes; a switch makes them void.

        Raises:
            OSError: it cannot be written.
        """
        pending = self.pending()
        new = tuple(one for one in self.unrecorded(changes) if one not in pending)
        if new:
            data = {"generation": self.current(), "files": render_changes(compose((*pending, *new)))}
            replace_file(self.folder / _CHANGES, json.dumps(data))

    def forget_pending(self) -> None:
        """After a switch: they belong to the generation that was left."""
        (self.folder / _CHANGES).unlink(missing_ok=True)

    def outdated(self, kept: int, now: float) -> tuple[Generation, ...]:
        """Those beyond the number that is kept (the present one among it), and not left just now; the longest unused first."""
        current = self.current()
        others = sorted((one for one in self.every() if one.number != current), key=lambda one: one.switched)
        beyond = others[: max(0, len(others) - (kept - 1))]
        return tuple(one for one in beyond if not now - GRACE_SECONDS < one.switched <= now)

    def remove(self, number: int) -> None:
        """Remove a generation: at once for everybody, from the disk thereafter."""
        gone = tempfile.mkdtemp(prefix=f"{_TEMPORARY}{number}-", dir=self.folder)
        os.rename(self.root(number), Path(gone, "removed"))
        crash_point("generations.removed")
        shutil.rmtree(gone, ignore_errors=True)

    def sweep(self) -> None:
        """Remove what interrupted commands left: folders without a note, and what was being removed."""
        current = self.current()
        with suppress(OSError):
            for entry in os.scandir(self.folder):
                is_unfinished = entry.name.isdigit() and int(entry.name) != current and read_note(Path(entry.path)) is None
                if is_unfinished or entry.name.startswith(_TEMPORARY):
                    _remove(entry.path)

    def _link(self, path: Path, target: str) -> None:
        """Put a link at a path in one step, in place of a link or of nothing."""
        new = self.folder / f"{_TEMPORARY}{os.getpid()}-link"
        new.unlink(missing_ok=True)
        os.symlink(target, new)
        crash_point("generations.linked")
        os.replace(new, path)

    def _numbers(self) -> set[int]:
        try:
            return {int(name) for name in os.listdir(self.folder) if name.isascii() and name.isdigit()}
        except OSError:
            return set()


def find_place(path: Path) -> Path | None:
    """The place of the environment that a path is a generation of, by its name; None where it is none."""
    if path.parent.suffix != ".d" or not path.name.isdigit():
        return None
    place = path.parent.with_suffix("")
    return None if Generations(place).current() is None else place


def settle_place(place: Path) -> Path:
    """Where an environment really belongs: links that people made, to a larger disk say, are followed; those to generations are not."""
    for _ in range(_MOST_LINKS):
        if Generations(place).current() is not None or not place.is_symlink():
            return place
        try:
            place = Path(os.path.normpath(place.parent / os.readlink(place)))
        except OSError:  # it has become something else meanwhile
            continue
    return place


def _remove(path: str) -> None:
    if os.path.islink(path) or not os.path.isdir(path):
        with suppress(OSError):
            os.unlink(path)
    else:
        shutil.rmtree(path, ignore_errors=True)
