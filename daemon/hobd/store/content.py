"""Whether an unpacked wheel is still what was unpacked: by a look at every file, or by reading it through.

Size and time notice edits, and a file that was put in another's place. They do not notice a disk that lost a bit, nor
somebody who wrote into a file through a link in an environment, at the same length, and put its time back. Reading does;
that takes as long as unpacking again, so it is done where somebody asks for certainty: on reinstallation and with strict wheels.
"""

import hashlib
import os
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from hobd.core.formats.record import DIGEST_ALGORITHMS, render_digest
from hobd.core.formats.stored_files import StoredFile, StoredFiles
from hobd.core.formats.wheel_manifest import Manifest
from hobd.store.temporary import discard

_CHUNK = 1 << 20


def is_intact(tree: Path, groups: Sequence[StoredFiles], *, is_deep: bool = False) -> bool:
    """Whether every file is as it was unpacked, by size and time; with `is_deep` by its content too."""
    try:
        root = os.open(tree, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return False
    try:
        files = [file for group in groups for file in group]
        for file in files:
            state = os.stat(file.source, dir_fd=root, follow_symlinks=False)
            if not file.is_of(state.st_size, state.st_mtime_ns):
                return False
        return not is_deep or all(_checksum(root, file) == file.crc for file in files)
    except OSError:
        return False
    finally:
        os.close(root)


def drop_changed(cache: Path, trees: Iterable[str]) -> None:
    """Take unpacked wheels or bytecode away that are not as they were: they are made anew by who needs them. Blocks."""
    for tree in trees:
        entry = Path(tree).parent
        discard(entry, cache / entry.relative_to(cache).parts[0])


def find_wrong_digests(tree: Path, manifest: Manifest) -> tuple[str, ...]:
    """Files whose content is not what RECORD promises, or of which it promises nothing, in words. Blocks.

    Raises:
        OSError: one cannot be read.
    """
    root = os.open(tree, os.O_RDONLY | os.O_DIRECTORY)
    try:
        return tuple(_wrong_digests(root, manifest))
    finally:
        os.close(root)


def _wrong_digests(root: int, manifest: Manifest) -> Iterator[str]:
    for file in manifest.files:
        algorithm = file.digest.partition("=")[0]
        if algorithm not in DIGEST_ALGORITHMS:
            yield f"`{file.source}` has no digest in RECORD"
        elif _digest(root, file, algorithm) != file.digest.rstrip("="):
            yield f"`{file.source}` has another digest than in RECORD"


def _checksum(root: int, file: StoredFile) -> int:
    crc = 0
    for piece in _pieces(root, file):
        crc = zlib.crc32(piece, crc)
    return crc


def _digest(root: int, file: StoredFile, algorithm: str) -> str:
    hasher = hashlib.new(algorithm)
    for piece in _pieces(root, file):
        hasher.update(piece)
    return render_digest(algorithm, hasher.digest())


def _pieces(root: int, file: StoredFile) -> Iterator[bytes]:
    opened = os.open(file.source, os.O_RDONLY | os.O_NOFOLLOW, dir_fd=root)
    try:
        while piece := os.read(opened, _CHUNK):
            yield piece
    finally:
        os.close(opened)
