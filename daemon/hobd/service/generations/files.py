"""What a command does to the files of a project: noted with the generation that it makes, so that both can be taken back."""

import hashlib
from pathlib import Path

from hobd.core.plan.file_changes import FileChange
from hobd.core.vocab.project import Workspace

_PYPROJECT = "pyproject.toml"


class FileWatch:
    """The files that commands edit, as they were when this one began."""

    def __init__(self, workspace: Workspace) -> None:
        self._root = workspace.root
        folders = dict.fromkeys((workspace.root, *(member.root for member in workspace.members)))
        self._paths = (workspace.lockfile, *(folder / _PYPROJECT for folder in folders))
        self._before = self._read()

    def changes(self) -> tuple[FileChange, ...]:
        """What has changed since, in order of path."""
        after = self._read()
        changed = (FileChange(path, text, after[path]) for path, text in sorted(self._before.items()) if text != after[path])
        return tuple(changed)

    def state(self) -> tuple[tuple[str, str | None], ...]:
        """The sha256 of each file as it is now; None where there is none."""
        texts = sorted(self._read().items())
        return tuple((path, None if text is None else _digest(text)) for path, text in texts)

    def settle(self) -> None:
        """What has changed so far is noted elsewhere: begin anew."""
        self._before = self._read()

    def _read(self) -> dict[str, str | None]:
        return {shown_path(path, self._root): read_whole(path) for path in self._paths}


def shown_path(path: Path, root: Path) -> str:
    """Relative to the root where it lies below; members may lie elsewhere."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def read_whole(path: Path) -> str | None:
    """The text of a file, undecodable bytes as surrogates; None where it cannot be read."""
    try:
        return path.read_bytes().decode("utf-8", "surrogateescape")
    except OSError:
        return None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
