"""The grounds of a verdict: the state of every path that an answer rests on, taken before it was read."""

import os
import stat
from pathlib import Path

from hob.v1 import verdict_pb2

_LARGEST_CONTENT = 8192
"""Bytes of a file that a verdict repeats: it is there for what people write and tools write again."""


class Grounds:
    """An `Evidence` that remembers one `stat` for each path it is told of. May be used from several threads.

    Where it is told what a small file held, that is a ground too, but only if the file was looked at for nothing else: to others its
    times may matter.
    """

    def __init__(self, now_ns: int) -> None:
        self._files: dict[tuple[bytes, bool], verdict_pb2.FileGround] = {}
        self._contents: dict[bytes, bytes] = {}
        self._seen_again: set[bytes] = set()
        self.read_ns = now_ns
        self.expires_ns = 0
        """When the answer ends, in nanoseconds since the epoch; 0: never."""
        self.spoiled: str | None = None

    def saw(self, path: Path, *, is_link: bool = False) -> None:
        """See `Evidence.saw`. The first state that was seen counts: what changed since then changes the answer."""
        key = os.fsencode(path), is_link
        if key not in self._files:
            self._files.setdefault(key, ground_of(key[0], is_link))
        else:
            self._seen_again.add(key[0])

    def held(self, path: Path, content: bytes) -> None:
        """See `Evidence.held`."""
        if len(content) <= _LARGEST_CONTENT:
            self._contents.setdefault(os.fsencode(path), content)

    def expires(self, seconds: float) -> None:
        """See `Evidence.expires`."""
        ends_ns = int(seconds * 1e9)
        self.expires_ns = min(self.expires_ns or ends_ns, ends_ns)

    def spoil(self, reason: str) -> None:
        """See `Evidence.spoil`."""
        self.spoiled = self.spoiled or reason

    def files(self) -> list[verdict_pb2.FileGround]:
        """All grounds, in order of path."""
        return [self._with_content(ground) for _, ground in sorted(self._files.items())]

    def _with_content(self, ground: verdict_pb2.FileGround) -> verdict_pb2.FileGround:
        content = self._contents.get(ground.path)
        if content is None or ground.is_link or not ground.exists or ground.path in self._seen_again:
            return ground
        found = verdict_pb2.FileGround(content=content)
        found.MergeFrom(ground)
        return found


def ground_of(path: bytes, is_link: bool) -> verdict_pb2.FileGround:
    """The state of one path now. A folder's size says nothing and counts as 0."""
    try:
        found = os.lstat(path) if is_link else os.stat(path)
    except (OSError, ValueError):
        return verdict_pb2.FileGround(path=path, exists=False, is_link=is_link)
    size = 0 if stat.S_ISDIR(found.st_mode) else found.st_size
    return verdict_pb2.FileGround(
        path=path,
        exists=True,
        is_link=is_link,
        dev=found.st_dev,
        ino=found.st_ino,
        size=size,
        mtime_ns=found.st_mtime_ns,
        ctime_ns=found.st_ctime_ns,
    )
