"""The environments that hob has filled: where they are, whose they are, and which wheels of the store they hold.

    <cache>/known-environments-v1/<digest of the path>.json     one for each, written whole when the environment has changed

The file's time is that of the last use, to the day: who finds an environment in order touches the file once a day. Nothing
rests on the register but what is told of it and what a clean-up spares: it can be lost, and is written anew.
"""

import json
import os
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from msgspec import Struct

from hobd.core.formats.path_digest import path_digest
from hobd.core.vocab.names import Name
from hobd.faults import crash_point

FOLDER = "known-environments-v1"
DAY_SECONDS = 86400.0
_MOST = 4096
"""Records that are kept; beyond that, those go that were used longest ago."""

Identity = tuple[int, int]
"""Device and inode of an environment's folder: another one at the same path is another environment."""


class KnownEnvironment(Struct, frozen=True, kw_only=True):
    """An environment that hob has changed at least once."""

    path: Path
    """Absolute."""
    identity: Identity
    project: Path | None
    """The root of the workspace, or the file of the script, that it is for; None where it is for neither."""
    python: str
    """The full version of its Python."""
    used: float
    """The day of the last use: seconds since the epoch."""
    rests_on_store: bool = False
    """Whether it leads into the store by symbolic links, and so is broken without it."""
    wheels: tuple[tuple[Name, str], ...]
    """The installed distributions that came from the store, each with the sha256 of its wheel, in order of name."""

    @property
    def is_there(self) -> bool:
        """Whether the environment still exists. Asks the disk."""
        return identity_of(self.path) == self.identity

    @property
    def may_come_back(self) -> bool:
        """Whether it may be on a disk that is not there at the moment: not even the folder around it is."""
        return not self.path.parent.exists()


def identity_of(path: Path) -> Identity | None:
    """What tells the folder at a path from another at the same path; None where there is none."""
    try:
        state = path.stat()
    except OSError:
        return None
    return state.st_dev, state.st_ino


class Register:
    """The known environments of one cache. Blocking; safe while other processes use it. A cache that cannot be written is left alone."""

    def __init__(self, cache: Path) -> None:
        self._folder = cache / FOLDER

    def find(self, path: Path) -> KnownEnvironment | None:
        """What is known of the environment at a path; None where another has taken its place, or it is gone."""
        known = _read(self._file(path))
        return known if known is not None and known.path == path and known.is_there else None

    def every(self) -> Iterator[KnownEnvironment]:
        """All that is known, in order of path; also of environments that are not there any more."""
        found = filter(None, map(_read, self._files()))
        yield from sorted(found, key=lambda known: known.path)

    def last_noted(self, path: Path) -> float | None:
        """When the use of an environment was last noted, in seconds since the epoch; None where it is not known. Costs one `stat`."""
        try:
            return self._file(path).stat().st_mtime
        except OSError:
            return None

    def is_due(self, path: Path, now: float) -> bool:
        """Whether the use of an environment is to be noted: it is not known, or was not used for a day."""
        noted = self.last_noted(path)
        return noted is None or not now - DAY_SECONDS < noted <= now

    def touch(self, path: Path, now: float) -> bool:
        """Note that an environment was used as it was; False where it is not known."""
        if self.find(path) is None:
            return False
        with suppress(OSError):
            os.utime(self._file(path), (now, now))
        return True

    def note(
        self,
        path: Path,
        *,
        now: float,
        python: str,
        project: Path | None = None,
        rests_on_store: bool = False,
        removed: Collection[Name] = (),
        installed: Mapping[Name, str],
    ) -> None:
        """Note that an environment was used, and what it holds now.

        Args:
            path: its folder, absolute.
            now: seconds since the epoch.
            python: the full version of its Python.
            project: whose it is; None leaves what was known.
            rests_on_store: whether something in it is a symbolic link into the store; once it was, it stays so.
            removed: what was taken out.
            installed: the sha256 of the wheel of each distribution that is known to be in it; what else was known stays.
        """
        identity = identity_of(path)
        if identity is None:
            return
        before = self.find(path)
        wheels = {} if before is None else dict(before.wheels)
        wheels = {name: digest for name, digest in wheels.items() if name not in removed} | dict(installed)
        known = KnownEnvironment(
            path=path,
            identity=identity,
            project=project or (before.project if before is not None else None),
            python=python,
            used=now,
            rests_on_store=rests_on_store or (before is not None and before.rests_on_store),
            wheels=tuple(sorted(wheels.items())),
        )
        with suppress(OSError):
            self._write(known)

    def forget(self, path: Path) -> None:
        """Take an environment out of the register."""
        with suppress(OSError):
            self._file(path).unlink()

    def _file(self, path: Path) -> Path:
        return self._folder / f"{path_digest(path)}.json"

    def _files(self) -> list[Path]:
        try:
            return [Path(entry.path) for entry in os.scandir(self._folder) if entry.name.endswith(".json")]
        except OSError:
            return []

    def _write(self, known: KnownEnvironment) -> None:
        file = self._file(known.path)
        if not file.exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            self._make_room()
        handle, new = tempfile.mkstemp(prefix=".tmp-", dir=self._folder)
        try:
            with open(handle, "w", encoding="utf-8", errors="surrogateescape") as stream:
                json.dump(_as_data(known), stream)
            os.utime(new, (known.used, known.used))
            crash_point("register.written")
            os.replace(new, file)
        except OSError:
            os.unlink(new)
            raise

    def _make_room(self) -> None:
        """Drop those that were used longest ago, where there are too many."""
        files = self._files()
        if len(files) >= _MOST:
            oldest_first = sorted(files, key=_mtime)
            for file in oldest_first[: len(files) - _MOST + 1]:
                file.unlink(missing_ok=True)


def _mtime(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0


def _as_data(known: KnownEnvironment) -> dict[str, Any]:
    return {
        "path": str(known.path),
        "identity": known.identity,
        "project": None if known.project is None else str(known.project),
        "python": known.python,
        "rests_on_store": known.rests_on_store,
        "wheels": dict(known.wheels),
    }


def _read(file: Path) -> KnownEnvironment | None:
    """What a file says; None where it is gone, or damaged."""
    try:
        data = json.loads(file.read_text("utf-8", "surrogateescape"))
        device, inode = data["identity"]
        return KnownEnvironment(
            path=Path(data["path"]),
            identity=(int(device), int(inode)),
            project=None if data["project"] is None else Path(data["project"]),
            python=str(data["python"]),
            used=_mtime(file),
            rests_on_store=data.get("rests_on_store") is True,
            wheels=tuple(sorted((Name(name), str(digest)) for name, digest in data["wheels"].items())),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
