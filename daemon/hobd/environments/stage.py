"""A folder in which an environment's new files come to lie, before they move into place: layouts are carried out here."""

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from hobd.environments.layout import Layout, LinkedFiles, WrittenFile
from hobd.environments.link import LinkedFile, Linker
from hobd.errors import WorldError
from hobd.faults import crash_point
from hobd.placement import scatter


class ChangedInStore(WorldError):
    """Files of the store are not as they were unpacked: somebody edited them through a link, or removed them."""

    def __init__(self, trees: Iterable[str]) -> None:
        """`trees`: the folders of what was unpacked."""
        self.trees = frozenset(trees)
        named = ", ".join(f"`{tree}`" for tree in sorted(self.trees))
        super().__init__(f"Files in the cache were changed while they were used: {named}", hint="Run the command again")


class Stage:
    """A stage. `put` may be called by several threads at once, and again for a layout that was left half carried out."""

    def __init__(self, folder: Path, linker: Linker) -> None:
        """`folder`: empty; below it, files lie as they will below the environment's root."""
        self._folder = str(folder)
        self._linker = linker
        self._made: set[str] = {""}

    @property
    def folder(self) -> Path:
        """Where it is."""
        return Path(self._folder)

    @property
    def makes_hard_links(self) -> bool:
        """Whether that is how files come here, as far as is known."""
        return self._linker.mode == "hardlink"

    def spread(self, path: str) -> None:
        """Let the folders in a folder be put apart, as distributions are: none looks for room among what others lost."""
        scatter(Path(self._open(path)))

    def put(self, layout: Layout) -> bool:
        """Carry out one layout; says whether bytecode was linked.

        Raises:
            ChangedInStore: what is to be linked is not what was unpacked.
            OSError: a file cannot be made.
        """
        for links in layout.linked:
            self._link(links)
        with_bytecode = layout.needs_bytecode or self._linker.mode != "copy"
        if with_bytecode:
            for links in layout.bytecode:
                self._link(links)
        for file in layout.written:
            self._write(file)
        return with_bytecode

    def _open(self, path: str) -> str:
        """The absolute path of a folder of the stage, which is made if it is new."""
        place = f"{self._folder}/{path}" if path else self._folder
        if path not in self._made:
            self._open(path.rpartition("/")[0])
            with suppress(FileExistsError):  # another was faster
                os.mkdir(place)
            self._made.add(path)
        return place

    def _link(self, links: LinkedFiles) -> None:
        for (source, below), files in _by_folder(links).items():
            self._link_folder(links.tree, source, f"{links.target}/{below}".strip("/"), files)

    def _link_folder(self, tree: str, source: str, target: str, files: Sequence[LinkedFile]) -> None:
        """Link the files of one folder: both ends are open, so the kernel need not walk the paths again and again."""
        crash_point("stage.link")
        try:
            source_folder = os.open(f"{tree}/{source}", os.O_RDONLY | os.O_DIRECTORY)
        except FileNotFoundError:
            raise ChangedInStore([tree]) from None
        try:
            if not all(_is_as_unpacked(file, source_folder) for file in files):
                raise ChangedInStore([tree])
            target_folder = os.open(self._open(target), os.O_RDONLY | os.O_DIRECTORY)
            try:
                self._linker.link_all(files, source_folder, target_folder, Path(tree))
            finally:
                os.close(target_folder)
        finally:
            os.close(source_folder)

    def _write(self, file: WrittenFile) -> None:
        crash_point("stage.write")
        folder, _, name = file.path.rpartition("/")
        path = os.path.join(self._open(folder), name)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        try:
            opened = os.open(path, flags, file.mode)
        except FileExistsError:  # two programs of one name: the later one counts
            os.unlink(path)
            opened = os.open(path, flags, file.mode)
        with open(opened, "wb") as writer:
            writer.write(file.content)


def _is_as_unpacked(linked: LinkedFile, folder: int) -> bool:
    """By size and time, which notice edits; `folder` is open, and the file is in it."""
    try:
        state = os.stat(linked.source_name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return linked.file.is_of(state.st_size, state.st_mtime_ns)


def _by_folder(links: LinkedFiles) -> dict[tuple[str, str], list[LinkedFile]]:
    """Files by the folder of the tree that they are in, and the folder below the target that they come to."""
    folders: dict[tuple[str, str], list[LinkedFile]] = {}
    for file in links.files:
        below, _, name = file.path.rpartition("/")
        source, _, source_name = file.source.rpartition("/")
        folders.setdefault((source, below), []).append(LinkedFile(name, source_name, file))
    return folders
