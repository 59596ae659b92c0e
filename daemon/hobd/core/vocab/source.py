"""Where a distribution comes from: the kinds of `source` in a lock (uv-lock.md 1.7) and of requirements (1.8)."""

from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True, order=True)
class Registry:
    """A package index.

    `url` is what the lock writes: the address without credentials, or for a local folder its path
    relative to the lock (POSIX separators). `is_path` tells the two apart.
    """

    url: str
    is_path: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Git:
    """A git repository. `reference` is what was asked for, `commit` the 40 hex digits that it meant."""

    url: str
    """Without credentials, query and fragment."""
    reference_kind: str | None = None
    """`branch`, `tag`, `rev`, or None for the default branch."""
    reference: str | None = None
    subdirectory: str | None = None
    path: str | None = None
    lfs: bool = False
    commit: str | None = None
    login: str | None = field(default=None, compare=False, repr=False)
    """`user:password` as the address had it, escaped: how to get there, no part of what it is. Never shown or written."""


@dataclass(frozen=True, slots=True, order=True)
class Url:
    """An archive at an address, as given but for the fragment."""

    url: str
    subdirectory: str | None = None
    fragment: str = field(default="", compare=False)
    """What stood behind the `#`: it may promise a digest, and is no part of what the source is. Locks do not write it."""


@dataclass(frozen=True, slots=True, order=True)
class Path:
    """A local archive: its path relative to the lock, or absolute where the user wrote it so."""

    path: str
    fragment: str = field(default="", compare=False)
    """See `Url.fragment`."""


@dataclass(frozen=True, slots=True, order=True)
class Directory:
    """A local folder that is built and installed."""

    path: str


@dataclass(frozen=True, slots=True, order=True)
class Editable:
    """A local folder that is installed so that edits of its code take effect."""

    path: str


@dataclass(frozen=True, slots=True, order=True)
class Virtual:
    """A local folder that is never installed: only its dependencies count."""

    path: str


Source: TypeAlias = Registry | Git | Url | Path | Directory | Editable | Virtual
"""Where a locked package comes from."""

LocalTree: TypeAlias = Directory | Editable | Virtual
"""Sources whose metadata is read from a folder."""

_KINDS = (Registry, Git, Url, Path, Directory, Editable, Virtual)


def source_order(source: Source) -> tuple[int, str, str]:
    """Sort key of sources: registry URL < registry path < git < url < path < directory < editable < virtual (uv-lock.md 1.9)."""
    kind = _KINDS.index(type(source)) * 2 + (1 if isinstance(source, Registry) and source.is_path else 0)
    text = source.path if isinstance(source, Path | Directory | Editable | Virtual) else source.url
    extra = repr(source) if isinstance(source, Git | Url) else ""
    return kind, text, extra
