"""What lies in the cache, one thing at a time: what it is, what it takes up, and who has a use for it."""

from collections.abc import Mapping
from enum import Enum
from pathlib import Path

from msgspec import Struct

from hobd.core.vocab.settings_layer import CacheBudget


class CacheKind(Enum):
    """What kind of thing it is, in the words that people read."""

    WHEEL = "wheel"
    BYTECODE = "bytecode"
    BUILD = "build"
    """What is known of a build, and the metadata that came of it."""
    ARCHIVE = "archive"
    ANSWER = "index answer"
    REPOSITORY = "repository"
    ENVIRONMENT = "environment"
    """Of a script, or of what `--with` asks for."""
    OVERLAY = "overlay"
    SCRIPT = "script"
    RECORD = "record"
    """What was learnt of interpreters, locks and environments."""
    TEMPORARY = "temporary"
    OTHER = "other"


class CacheItem(Struct, frozen=True, kw_only=True):
    """One thing in the cache that can be removed without the others."""

    kind: CacheKind
    path: Path
    title: str
    """What people call it: `numpy 2.1.0`, or the name of its folder."""
    size_bytes: int
    """Of the disk. Files that an environment shares with the store count for the store alone."""
    own_bytes: int
    """What of that would be free without it: not what environments link to."""
    inodes: int
    """Files and folders."""
    used: float
    """The last use: seconds since the epoch, to the day."""
    digest: str | None = None
    """The sha256 of the wheel that it is, or is made from."""
    is_linked: bool = False
    """Whether environments hold links to its files."""
    is_usable: bool = True
    """Not where it is damaged, or was laid down by a version of hob that did so in another way."""


class CacheListing(Struct, frozen=True, kw_only=True):
    """A cache, as people want to see it."""

    path: Path
    items: tuple[CacheItem, ...]
    users: Mapping[str, tuple[Path, ...]]
    """The environments that hold a wheel, by its sha256."""
    budget: CacheBudget
    swept: tuple[CacheItem, ...]
    """What the next sweep takes."""
    pruned: tuple[CacheItem, ...]
    """What `hob cache prune` takes."""
    frame_bytes: int = 0
    """Of the disk: the folders that things lie in, and files that are there for all of them."""
    frame_inodes: int = 0
    """How many these are."""

    @property
    def size_bytes(self) -> int:
        """Of the disk, all in all."""
        return self.frame_bytes + sum(item.size_bytes for item in self.items)

    @property
    def own_bytes(self) -> int:
        """What would be free without the cache."""
        return self.frame_bytes + sum(item.own_bytes for item in self.items)

    @property
    def inodes(self) -> int:
        """Files and folders."""
        return self.frame_inodes + sum(item.inodes for item in self.items)

    def used_by(self, item: CacheItem) -> tuple[Path, ...]:
        """The environments that a thing is in use by, as far as hob knows them."""
        return self.users.get(item.digest or "", ())
