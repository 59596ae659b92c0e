"""Where the files of a wheel will lie in an environment, with the metadata that an installer adds (uv-lock.md 6.6).

    Addition + Places ─lay_out→ Layout: what is linked from where to where, what is written

Nothing is made here: `stage` carries a layout out.
"""

import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath
from typing import NamedTuple

from msgspec import Struct

from hobd.core.formats.record import RecordRow, render_digest, render_record
from hobd.core.formats.stored_files import StoredFile, StoredFiles
from hobd.core.formats.wheel_manifest import Manifest
from hobd.environments.environment import Environment
from hobd.environments.scripts import PLACEHOLDER, check_place, check_script_name, first_line, for_python, render_script, with_first_line
from hobd.errors import HobError

INSTALLER = "uv"
"""Tools that treat uv's environments in a special way are to treat hob's so too."""

_OURS = {"INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json", "uv_build.json"}
"""Files of the metadata that the installer writes: a wheel's own are left out."""


class Addition(Struct, frozen=True, kw_only=True):
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
    bytecode: Sequence[StoredFiles] = ()
    """What is in that tree. RECORD does not list it, as it lists none that Python makes later."""
    needs_bytecode: bool = True
    """False: it was not asked for, and is left out where it would have to be copied."""


class LinkedFiles(NamedTuple):
    """Files of a tree in the store that come to be below one folder: each has its `source` below the tree, its `path` below the folder."""

    tree: str
    target: str
    """The folder, below the environment's root; empty for the root itself."""
    files: StoredFiles


class WrittenFile(NamedTuple):
    """A file that is the environment's own."""

    path: str
    """Below the environment's root."""
    content: bytes
    mode: int
    """Before the umask."""


class Layout(Struct, frozen=True, kw_only=True):
    """All files of one wheel in an environment. What comes later takes the place of what came before under the same path."""

    linked: Sequence[LinkedFiles]
    bytecode: Sequence[LinkedFiles]
    needs_bytecode: bool
    written: Sequence[WrittenFile]

    def links(self, *, with_bytecode: bool) -> Iterator[LinkedFiles]:
        """What is linked."""
        yield from self.linked
        if with_bytecode:
            yield from self.bytecode

    def paths(self, *, with_bytecode: bool) -> Iterator[str]:
        """Every file, relative to the environment's root."""
        for links in self.links(with_bytecode=with_bytecode):
            below = f"{links.target}/" if links.target else ""
            for path in links.files.paths:
                yield below + path
        for written in self.written:
            yield written.path

    def count(self, *, with_bytecode: bool) -> int:
        """How many files there are."""
        return len(self.written) + sum(len(links.files) for links in self.links(with_bytecode=with_bytecode))


class Places:
    """Where an environment has what: folders relative to its root."""

    def __init__(self, environment: Environment) -> None:
        scheme, root = environment.scheme, environment.root
        folders = {
            "purelib": scheme.purelib,
            "platlib": scheme.platlib,
            "scripts": scheme.scripts,
            "headers": scheme.include,
            "data": scheme.data,
        }
        self._places = {kind: _below(folder, root) for kind, folder in folders.items()}
        self.library = self._places["purelib"]
        """Where packages go, as a rule."""
        self.folders = frozenset(str(folder) for place in self._places.values() for folder in (PurePath(place), *PurePath(place).parents))
        """The environment's own, which must stay folders."""
        self.shebang = first_line(environment.python, is_relocatable=environment.is_relocatable)
        """What programs begin with, without the line's end."""
        self.minor = environment.interpreter.minor
        """The version of the environment's Python: `3.12`."""

    def of(self, manifest: Manifest, kind: str) -> str:
        """Where files of a kind go; empty for the root itself."""
        place = self._places[kind]
        return _join(place, manifest.name) if kind == "headers" else place


def lay_out(addition: Addition, places: Places, *, writes_installer: bool) -> Layout:
    """Decide where everything of a wheel goes.

    Args:
        addition: the wheel.
        places: where to.
        writes_installer: whether `INSTALLER` and `REQUESTED` are written.
    Raises:
        UninstallableWheel: it wants what cannot be; under a line that names the wheel.
        OSError: a script in the store cannot be read.
    """
    try:
        return _Laying(addition, places, writes_installer).run()
    except HobError as error:
        raise error.under(f"Failed to install: {addition.title}") from error


class _Laying:
    """The layout of one wheel, as it comes to be."""

    def __init__(self, addition: Addition, places: Places, writes_installer: bool) -> None:
        self._addition = addition
        self._places = places
        self._writes_installer = writes_installer
        self._manifest = addition.manifest
        self._scripts = for_python(self._manifest.scripts, places.minor)
        self._library = places.of(self._manifest, self._manifest.root_kind)
        self._linked: list[LinkedFiles] = []
        self._written: list[WrittenFile] = []
        self._rows: list[tuple[str, str, str]] = []

    def run(self) -> Layout:
        for entry in self._scripts:
            check_script_name(entry.name)
        ours = {f"{self._manifest.dist_info}/{name}" for name in _OURS}
        for group in self._manifest.groups:
            if group.kind == "scripts":
                for file in group:
                    check_script_name(file.path)
                    self._put_script(file)
            elif ours.isdisjoint(group.paths):
                self._link(group)
            elif others := [file for file in group if file.path not in ours]:
                self._link(StoredFiles.of(others))
        for entry in self._scripts:
            self._write(self._places.of(self._manifest, "scripts"), entry.name, render_script(entry, self._places.shebang).encode(), 0o777)
        self._write_metadata()
        return Layout(linked=self._linked, bytecode=self._bytecode(), needs_bytecode=self._addition.needs_bytecode, written=self._written)

    def _bytecode(self) -> list[LinkedFiles]:
        tree = self._addition.bytecode_tree
        if tree is None:
            return []
        return [LinkedFiles(str(tree), self._places.of(self._manifest, group.kind), group) for group in self._addition.bytecode]

    def _link(self, files: StoredFiles) -> None:
        target = self._places.of(self._manifest, files.kind)
        if not target:
            for path in files.paths:
                check_place(path, self._places.folders)
        self._linked.append(LinkedFiles(str(self._addition.tree), target, files))
        prefix = self._record_prefix(target)
        self._rows += [(prefix + path, digest, size) for path, digest, size in files.rows] if prefix else files.rows

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
        """A file that is a program already is linked like any other; what has to be changed is the environment's own."""
        path = self._addition.tree / file.source
        if file.is_executable and not _asks_for_python(path):
            self._link(StoredFiles.of([file]))
            return
        place = self._places.of(self._manifest, "scripts")
        content = path.read_bytes()
        changed = with_first_line(content, self._places.shebang)
        row = RecordRow(self._record_prefix(place) + file.path, file.digest, file.recorded_size) if changed is None else None
        self._write(place, file.path, content if changed is None else changed, 0o777, row)

    def _write_metadata(self) -> None:
        addition = self._addition
        texts = {"direct_url.json": addition.origin, "uv_cache.json": addition.cache_info, "uv_build.json": addition.build_info}
        if self._writes_installer:
            texts |= {"INSTALLER": INSTALLER, "REQUESTED": ""}
        folder = _join(self._library, self._manifest.dist_info)
        for name, text in texts.items():
            if text is not None:
                self._write(folder, name, text.encode(), 0o666)
        own = RecordRow(f"{self._manifest.dist_info}/RECORD", *self._manifest.own_row)
        signatures = {f"{own.path}.jws", f"{own.path}.p7s"}  # of the wheel's RECORD: they lie there, but are not listed (PEP 427)
        text = render_record([*(row for row in self._rows if row[0] not in signatures), own])
        mode = 0o777 if self._manifest.is_record_executable else 0o666  # the wheel's file is rewritten, as by uv
        self._write(folder, "RECORD", text.encode("utf-8", "surrogateescape"), mode, own)

    def _write(self, folder: str, name: str, content: bytes, mode: int, row: RecordRow | None = None) -> None:
        self._written.append(WrittenFile(_join(folder, name), content, mode))
        self._rows.append(row or RecordRow(self._record_prefix(folder) + name, record_digest(content), str(len(content))))


def _asks_for_python(script: Path) -> bool:
    with script.open("rb", buffering=0) as file:
        return file.read(len(PLACEHOLDER)) == PLACEHOLDER


def _below(folder: Path, root: Path) -> str:
    """A folder as seen from the root; empty for the root itself."""
    path = os.path.relpath(folder, root)
    return "" if path == "." else path


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder and name else folder or name


def record_digest(content: bytes) -> str:
    """The digest of a file as RECORD says it."""
    return render_digest("sha256", hashlib.sha256(content).digest())
