"""Files that are to be what they were if what follows an edit fails (features.md, ADD-13)."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from hobd.projects.lockfiles import write_atomically


@contextmanager
def restoring(paths: Iterable[Path]) -> Iterator[None]:
    """Put files back if the block fails or is cancelled: those that were not there are removed.

    Args:
        paths: of the files that the block may change.
    Raises:
        WorldError: a file cannot be put back.
    """
    before = {path: _content(path) for path in sorted(set(paths))}
    try:
        yield
    except BaseException:
        for path, content in before.items():
            _put_back(path, content)
        raise


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _put_back(path: Path, content: bytes | None) -> None:
    if content == _content(path):
        return
    if content is None:
        path.unlink(missing_ok=True)
    else:
        write_atomically(path, content)
