"""Whether an unpacked wheel is still what was unpacked: by a look at every file, or by reading it through.

Size and time notice edits, and a file that was put in another's place. They do not notice a disk that lost a bit, nor
somebody who wrote into a file through a link in an environment, at the same length, and put its time back. Reading does;
that takes as long as unpacking again, so it is done where somebody asks for certainty: on reinstallation and with strict wheels.
"""

import hashlib
import os
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from hobd.core.formats.record import DIGEST_ALGORITHMS, render_digest
from hobd.core.formats.wheel_manifest import Manifest, StoredFile
from hobd.files_program import FilesProgram

_CHUNK = 1 << 20

_MANY = 1000
"""Files; below that, starting a program costs more than it saves."""


def is_intact(tree: Path, files: Sequence[StoredFile], *, is_deep: bool = False) -> bool:
    """Whether every file is as it was unpacked, by size and time; with `is_deep` by its content too."""
    try:
        root = os.open(tree, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return False
    try:
        for file in files:
            state = os.stat(file.source, dir_fd=root, follow_symlinks=False)
            if state.st_size != file.size or state.st_mtime_ns != file.mtime_ns:
                return False
        return not is_deep or all(_checksum(root, file) == file.crc for file in files)
    except OSError:
        return False
    finally:
        os.close(root)


class Unpacked(NamedTuple):
    """A folder, and what was unpacked there."""

    tree: Path
    files: Sequence[StoredFile]
    is_deep: bool = False
    """Whether its files are read."""


def find_intact(trees: Sequence[Unpacked], program: Path | None) -> list[bool]:
    """`is_intact` for many; `program` is `hob-files`, if it may be used."""
    if program is None or sum(len(one.files) for one in trees) < _MANY:
        return [is_intact(one.tree, one.files, is_deep=one.is_deep) for one in trees]
    outcome: Sequence[int | None]
    try:
        with FilesProgram(program) as hands:
            for one in trees:
                hands.send(_check_orders(one))
            outcome = hands.finish()
    except OSError:  # it cannot be started
        outcome = [None] * len(trees)
    return [
        (errno == 0 and not one.is_deep) or is_intact(one.tree, one.files, is_deep=one.is_deep)
        for one, errno in zip(trees, outcome, strict=True)
    ]


def _check_orders(one: Unpacked) -> bytes:
    checks = [f"C{file.source}\0{file.size}\0{file.mtime_ns}" for file in one.files]
    return "\0".join([f"T{one.tree}", *checks, ""]).encode("utf-8", "surrogateescape")


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
