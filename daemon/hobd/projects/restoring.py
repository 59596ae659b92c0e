"""Files that are to be what they were if what follows an edit fails (features.md, ADD-13).

before ─edit→ ours ─┬─ fails: still ours? ─┬─ yes ─→ before
                    └─ ends well           └─ no: somebody else's: left alone, and told of
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from hobd.projects.lockfiles import write_atomically


class Restorer:
    """Files as they were when an edit began, and as it left them."""

    def __init__(self, edited: Iterable[Path], derived: Iterable[Path]) -> None:
        self._before = {path: _content(path) for path in sorted(set(edited))}
        self._ours = dict(self._before)
        self._derived = {path: _content(path) for path in derived}

    def settle(self, path: Path) -> None:
        """What a file holds now is the edit's own. To be called as soon as it is written."""
        self._ours[path] = _content(path)

    def restore(self) -> tuple[Path, ...]:
        """Put back what the edit changed; files that were not there are removed.

        Returns:
            Files that somebody else changed meanwhile: they are left as they are.
        Raises:
            WorldError: a file cannot be put back.
        """
        for path, before in self._derived.items():
            put_back(path, before)
        foreign: list[Path] = []
        for path, before in self._before.items():
            if _content(path) in (before, self._ours[path]):
                put_back(path, before)
            else:
                foreign.append(path)
        return tuple(foreign)


@contextmanager
def restoring(edited: Iterable[Path], derived: Iterable[Path], tell: Callable[[Path], None]) -> Iterator[Restorer]:
    """Put files back if the block fails or is cancelled.

    Args:
        edited: files that the block may edit, and people too.
        derived: files that the block may write and that follow from those: locks. They are put back whoever wrote them.
        tell: is told of each that cannot be put back, as somebody else changed it too.
    Raises:
        WorldError: a file cannot be put back.
    """
    restorer = Restorer(edited, derived)
    try:
        yield restorer
    except BaseException:
        for path in restorer.restore():
            tell(path)
        raise


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None


def put_back(path: Path, content: bytes | None) -> None:
    """Have a file hold what it held; None: have no file there.

    Raises:
        WorldError, OSError: it cannot be read, written or removed.
    """
    if content == _content(path):
        return
    if content is None:
        path.unlink(missing_ok=True)
    else:
        write_atomically(path, content)
