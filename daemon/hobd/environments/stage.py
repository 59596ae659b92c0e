"""Lay out the files of wheels as they will lie in the environment, with the metadata that an installer adds (uv-lock.md 6.6)."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePath

from hobd.core.formats.record import RecordRow, render_digest, render_record
from hobd.core.formats.wheel import DATA_KINDS
from hobd.core.formats.wheel_manifest import Manifest, StoredFile
from hobd.environments.environment import Environment
from hobd.environments.link import LinkedFile, Linker
from hobd.environments.scripts import check_place, check_script_name, first_line, for_python, render_script, with_first_line
from hobd.errors import HobError
from hobd.faults import crash_point

INSTALLER = "uv"
"""Tools that treat uv's environments in a special way are to treat hob's so too."""

_OURS = {"INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json", "uv_build.json"}
"""Files of the metadata that the installer writes: a wheel's own are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """A wheel to install, and what is to be known of where it came from."""

    tree: Path
    """The unpacked wheel in the store."""
    manifest: Manifest
    title: str
    """The wheel's file name and the distribution, for errors."""
    origin: str | None = None
    """The text of `direct_url.json`."""
    cache_info: str | None = None
    """The text of `uv_cache.json`."""
    build_info: str | None = None
    """The text of `uv_build.json`."""
    bytecode_tree: Path | None = None
    """Compiled modules in the store, where they are wanted."""
    bytecode: tuple[StoredFile, ...] = ()
    """What is in that tree. RECORD does not list it, as it lists none that Python makes later."""
    needs_bytecode: bool = True
    """False: it was not asked for, and is left out where it would have to be copied."""


class Stage:
    """A folder in which an environment's new files are laid out. `put` may be called by several threads at once."""

    def __init__(self, environment: Environment, folder: Path, linker: Linker, *, writes_installer: bool) -> None:
        """`folder`: empty; below it, files lie as they will below the environment's root."""
        scheme, root = environment.scheme, environment.root
        self._folder = str(folder)
        self._linker = linker
        self._writes_installer = writes_installer
        self._shebang = first_line(environment.python, is_relocatable=environment.is_relocatable)
        self._minor = environment.interpreter.minor
        self._places = {
            "purelib": os.path.relpath(scheme.purelib, root),
            "platlib": os.path.relpath(scheme.platlib, root),
            "scripts": os.path.relpath(scheme.scripts, root),
            "headers": os.path.relpath(scheme.include, root),
            "data": os.path.relpath(scheme.data, root),
        }
        self._folders = frozenset(str(folder) for place in self._places.values() for folder in (PurePath(place), *PurePath(place).parents))
        self._made: set[str] = {""}

    def put(self, addition: Addition) -> list[str]:
        """Lay out one wheel.

        Returns:
            The paths of all its files, relative to the root.
        Raises:
            UninstallableWheel: under a line that names the wheel.
        """
        try:
            return _Placing(self, addition).run()
        except HobError as error:
            raise error.under(f"Failed to install: {addition.title}") from error

    def place(self, manifest: Manifest, kind: str) -> str:
        """Where files of a kind go, relative to the root; empty for the root itself."""
        place = self._places[kind]
        if kind == "headers":
            place = f"{place}/{manifest.name}"
        return "" if place == "." else place

    def folder(self, path: str) -> str:
        """The absolute path of a folder of the stage, which is made if it is new."""
        place = f"{self._folder}/{path}" if path else self._folder
        if path not in self._made:
            self.folder(path.rpartition("/")[0])
            with suppress(FileExistsError):  # another thread was faster
                os.mkdir(place)
            self._made.add(path)
        return place

    @property
    def folders(self) -> frozenset[str]:
        """The environment's own folders, relative to the root."""
        return self._folders

    @property
    def linker(self) -> Linker:
        """What links the files."""
        return self._linker

    @property
    def shebang(self) -> str:
        """What programs begin with, without the line's end."""
        return self._shebang

    @property
    def minor(self) -> str:
        """The version of the environment's Python: `3.12`."""
        return self._minor

    @property
    def writes_installer(self) -> bool:
        """Whether `INSTALLER` and `REQUESTED` are written."""
        return self._writes_installer


class _Placing:
    """The laying out of one wheel."""

    def __init__(self, stage: Stage, addition: Addition) -> None:
        self._stage = stage
        self._addition = addition
        self._manifest = addition.manifest
        self._scripts = for_python(self._manifest.scripts, stage.minor)
        self._library = stage.place(self._manifest, self._manifest.root_kind)
        self._paths: list[str] = []
        self._rows: list[RecordRow] = []

    def run(self) -> list[str]:
        self._check_scripts()
        ours = {f"{self._manifest.dist_info}/{name}" for name in _OURS}
        plain = [file for file in self._manifest.files if file.kind != "scripts" and file.path not in ours]
        for target, files in self._link_all(self._addition.tree, plain):
            self._note(target, files)
        self._link_bytecode()
        for file in self._manifest.files:
            if file.kind == "scripts":
                self._put_script(file)
        for entry in self._scripts:
            self._write(self._stage.place(self._manifest, "scripts"), entry.name, render_script(entry, self._stage.shebang).encode(), 0o777)
        self._write_metadata()
        return self._paths

    def _link_bytecode(self) -> None:
        addition = self._addition
        if addition.bytecode_tree is None or not (addition.needs_bytecode or self._stage.linker.mode != "copy"):
            return
        for target, files in self._link_all(addition.bytecode_tree, addition.bytecode):
            self._paths += [_join(target, one.name) for one in files]

    def _check_scripts(self) -> None:
        names = [entry.name for entry in self._scripts]
        for name in (*names, *(file.path for file in self._manifest.files if file.kind == "scripts")):
            check_script_name(name)
        at_root = {kind for kind in DATA_KINDS if not self._stage.place(self._manifest, kind)}
        for file in self._manifest.files:
            if file.kind in at_root:
                check_place(file.path, self._stage.folders)

    def _link_all(self, tree: Path, files: Iterable[StoredFile]) -> Iterator[tuple[str, list[LinkedFile]]]:
        """Link files of a tree, and tell folder by folder where which have come to be."""
        for (source, kind, below), together in _by_folder(files).items():
            target = _join(self._stage.place(self._manifest, kind), below)
            self._link_folder(tree, source, target, together)
            yield target, together

    def _link_folder(self, tree: Path, source: str, target: str, files: Iterable[LinkedFile]) -> None:
        """Link the files of one folder: both ends are open, so the kernel need not walk the paths again and again."""
        crash_point("stage.link")
        source_folder = os.open(f"{tree}/{source}", os.O_RDONLY | os.O_DIRECTORY)
        try:
            target_folder = os.open(self._stage.folder(target), os.O_RDONLY | os.O_DIRECTORY)
            try:
                self._stage.linker.link_all(files, source_folder, target_folder, tree)
            finally:
                os.close(target_folder)
        finally:
            os.close(source_folder)

    def _note(self, target: str, files: Iterable[LinkedFile]) -> None:
        """Remember what was linked, for RECORD."""
        prefix, below = self._record_prefix(target), f"{target}/" if target else ""
        self._paths += [below + name for name, _, _ in files]
        self._rows += [RecordRow(prefix + name, file.digest, file.recorded_size) for name, _, file in files]

    def _record_prefix(self, target: str) -> str:
        """What comes before the names of a folder's files in RECORD: the way from the folder of packages."""
        if target == self._library:
            return ""
        if not self._library:
            return f"{target}/"
        if target.startswith(f"{self._library}/"):
            return target[len(self._library) + 1 :] + "/"
        way = os.path.relpath(target or ".", self._library)
        return f"{way}/"

    def _put_script(self, file: StoredFile) -> None:
        content = (self._addition.tree / file.source).read_bytes()
        changed = with_first_line(content, self._stage.shebang)
        place = self._stage.place(self._manifest, "scripts")
        if changed is None:
            row = RecordRow(self._record_prefix(place) + file.path, file.digest, file.recorded_size)
            self._write(place, file.path, content, 0o777, row)
        else:
            self._write(place, file.path, changed, 0o777)

    def _write_metadata(self) -> None:
        addition = self._addition
        texts = {"direct_url.json": addition.origin, "uv_cache.json": addition.cache_info, "uv_build.json": addition.build_info}
        if self._stage.writes_installer:
            texts |= {"INSTALLER": INSTALLER, "REQUESTED": ""}
        folder = _join(self._library, self._manifest.dist_info)
        for name, text in texts.items():
            if text is not None:
                self._write(folder, name, text.encode(), 0o666)
        own = RecordRow(f"{self._manifest.dist_info}/RECORD", *self._manifest.own_row)
        signatures = {f"{own.path}.jws", f"{own.path}.p7s"}  # of the wheel's RECORD: they lie there, but are not listed (PEP 427)
        text = render_record([*(row for row in self._rows if row.path not in signatures), own])
        mode = 0o777 if self._manifest.is_record_executable else 0o666  # the wheel's file is rewritten, as by uv
        self._write(folder, "RECORD", text.encode("utf-8", "surrogateescape"), mode, own)

    def _write(self, folder: str, name: str, content: bytes, mode: int, row: RecordRow | None = None) -> None:
        crash_point("stage.write")
        path = os.path.join(self._stage.folder(folder), name)
        try:
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        except FileExistsError:  # two programs of one name: the later one counts
            os.unlink(path)
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with open(file, "wb") as opened:
            opened.write(content)
        self._paths.append(_join(folder, name))
        prefix = self._record_prefix(folder)
        self._rows.append(row or RecordRow(prefix + name, record_digest(content), str(len(content))))


def _by_folder(files: Iterable[StoredFile]) -> dict[tuple[str, str, str], list[LinkedFile]]:
    """Files by the folder of the tree, the kind, and the folder below the kind's place."""
    folders: dict[tuple[str, str, str], list[LinkedFile]] = {}
    for file in files:
        below, _, name = file.path.rpartition("/")
        source, source_name = below, name
        if file.source != file.path:
            source, _, source_name = file.source.rpartition("/")
        folders.setdefault((source, file.kind, below), []).append(LinkedFile(name, source_name, file))
    return folders


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder and name else folder or name


def record_digest(content: bytes) -> str:
    """The digest of a file as RECORD says it."""
    return render_digest("sha256", hashlib.sha256(content).digest())
