"""The folder of managed interpreters: builds of Python that hob and uv share.

FOLDER/cpython-3.12.1-linux-x86_64-gnu/       one installation, named by its key
FOLDER/cpython-3.12-linux-x86_64-gnu     ->   the newest patch: environments made through it go along when it is replaced
FOLDER/.lock  .temp/  .gitignore
"""

import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from hobd.core.vocab.disk import os_reason
from hobd.core.vocab.evidence import Evidence
from hobd.core.vocab.python_key import PythonKey, newest_first, parse_python_key
from hobd.environments.host import Host
from hobd.errors import WorldError
from hobd.faults import crash_point

_REPLACED = "replaced-"


class ManagedPython(Struct, frozen=True, kw_only=True):
    """One installation."""

    folder: Path
    key: PythonKey

    @property
    def program(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / self.key.program

    @property
    def link(self) -> Path | None:
        """Where the link to the newest patch of its minor version belongs; None for implementations that have none."""
        return self.folder.with_name(self.key.minor_key) if self.key.implementation == "cpython" else None

    @property
    def linked_program(self) -> Path:
        """Its interpreter, through that link where the link leads here."""
        link = self.link
        if link is None or not link.is_symlink() or link.resolve() != self.folder.resolve():
            return self.program
        return link / "bin" / self.key.program

    @property
    def build(self) -> str | None:
        """Which build of its version it is; None where it does not say."""
        try:
            return (self.folder / "BUILD").read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return None


def find_managed(folder: Path | None, evidence: Evidence, host: Host) -> list[ManagedPython]:
    """All installations in a folder, newest first; what is not named like one is left out."""
    if folder is None:
        return []
    evidence.saw(folder)
    try:
        names = [entry.name for entry in os.scandir(folder) if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return []
    found = [ManagedPython(folder=folder / name, key=key) for name in names if (key := parse_python_key(name)) is not None]
    for one in found:
        if one.link is not None:
            evidence.saw(one.link, is_link=True)
    return newest_first(found, lambda one: one.key, host.machine)


def is_managed(prefix: Path, folder: Path | None) -> bool:
    """Whether the interpreter with that prefix was installed into the folder, seen through a link or not."""
    if folder is None:
        return False
    real = prefix.resolve()
    return (
        real.is_relative_to(root := folder.resolve())
        and parse_python_key(real.relative_to(root).parts[0] if real != root else "") is not None
    )


def find_patch_link(prefix: Path, folder: Path | None) -> Path | None:
    """A managed installation's program by the link of its minor version; None for other prefixes, and where the link leads elsewhere."""
    if folder is None:
        return None
    real = prefix.resolve()
    if real.parent != folder.resolve() or (key := parse_python_key(real.name)) is None:
        return None
    python = ManagedPython(folder=folder / real.name, key=key)
    return None if python.linked_program == python.program else python.linked_program


def follows_patches(program: Path) -> bool:
    """Whether a program is reached by the link of its minor version: then it is another patch one day."""
    folder = program.parent.parent
    key = parse_python_key(folder.resolve().name) if folder.is_symlink() else None
    return key is not None and key.minor_key == folder.name


def prepare_folder(folder: Path) -> None:
    """Make the folder ready to install into.

    Raises:
        WorldError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ".temp").mkdir(exist_ok=True)
        if not (folder / ".gitignore").exists():
            (folder / ".gitignore").write_text("*")
    except OSError as error:
        raise WorldError(f"failed to create directory `{error.filename or folder}`: {os_reason(error)}") from error


def recover(folder: Path) -> None:
    """Finish what others were killed at: put back what was to be replaced, and clear what was left behind. To be called under the lock."""
    scratch = folder / ".temp"
    for entry in list(scratch.iterdir()) if scratch.is_dir() else []:
        place = folder / entry.name.removeprefix(_REPLACED)
        if entry.name.startswith(_REPLACED) and not place.exists():
            os.rename(entry, place)
        elif entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)


def put_in_place(new: Path, python: ManagedPython) -> None:
    """Move an unpacked build to where it belongs, in place of what is there: whoever is interrupted leaves the old one or the new one.

    Args:
        new: a folder on the same file system.
    """
    replaced = python.folder.parent / ".temp" / f"{_REPLACED}{python.folder.name}"
    if python.folder.exists():
        os.rename(python.folder, replaced)
        crash_point("managed.replaced")
    os.rename(new, python.folder)
    crash_point("managed.placed")
    shutil.rmtree(replaced, ignore_errors=True)


def remove_installation(python: ManagedPython) -> None:
    """Remove an installation: out of sight at once, then file by file.

    Raises:
        OSError: it cannot be removed.
    """
    scratch = python.folder.parent / ".temp"
    scratch.mkdir(exist_ok=True)
    gone = scratch / f"removed-{python.folder.name}"
    shutil.rmtree(gone, ignore_errors=True)
    os.rename(python.folder, gone)
    crash_point("managed.removed")
    shutil.rmtree(gone, ignore_errors=True)


def link_minor_versions(pythons: Iterable[ManagedPython]) -> None:
    """Let each link lead to the newest patch of its minor version."""
    newest: dict[Path, ManagedPython] = {}
    for python in pythons:
        if (link := python.link) is not None and (link not in newest or newest[link].key.version < python.key.version):
            newest[link] = python
    for link, python in newest.items():
        replace_link(link, python.folder)


def remove_stale_links(gone: Iterable[ManagedPython], left: Iterable[ManagedPython]) -> None:
    """Lead the links of removed installations to what is left of their minor version, or remove them."""
    remaining = list(left)
    links = {link for python in gone if (link := python.link) is not None}
    link_minor_versions(python for python in remaining if python.link in links)
    for link in links - {python.link for python in remaining}:
        if link.is_symlink():
            link.unlink(missing_ok=True)


def replace_link(link: Path, target: Path) -> None:
    """Let a link lead to a target: never missing meanwhile.

    Raises:
        OSError: something else is there, or it may not be written.
    """
    if link.is_symlink() and os.readlink(link) == str(target):
        return
    new = link.with_name(f".tmp-{os.getpid()}-{link.name}")
    with suppress(FileNotFoundError):
        new.unlink()
    os.symlink(target, new)
    os.replace(new, link)
