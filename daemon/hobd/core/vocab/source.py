"""Where a distribution comes from: the kinds of `source` in a lock (uv-lock.md 1.7) and of requirements (1.8)."""

from typing import TypeAlias

from msgspec import Struct


class Registry(Struct, frozen=True, order=True):
    """A package index.

    `url` is what the lock writes: the address without credentials, or for a local folder its path
    relative to the lock (POSIX separators). `is_path` tells the two apart.
    """

    url: str
    is_path: bool = False


class _Reached(Struct, frozen=True, eq=False):
    """A source that also says how to get there, which is no part of what it is: compared and ordered without it."""

    @property
    def identity(self) -> tuple[str | bool | None, ...]:
        """What it is."""
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Reached) and type(other) is type(self) and other.identity == self.identity

    def __lt__(self, other: "_Reached") -> bool:
        return self.identity < other.identity if type(other) is type(self) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.identity)


class Git(_Reached, frozen=True):
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
    login: str | None = None
    """`user:password` as the address had it, escaped: how to get there, no part of what it is. Never shown or written."""

    @property
    def identity(self) -> tuple[str | bool | None, ...]:
        """Everything but the login."""
        return self.url, self.reference_kind, self.reference, self.subdirectory, self.path, self.lfs, self.commit

    def __repr__(self) -> str:
        return f"Git{self.identity}"


class Url(_Reached, frozen=True):
    """An archive at an address, as given but for the fragment."""

    url: str
    subdirectory: str | None = None
    fragment: str = ""
    """What stood behind the `#`: it may promise a digest, and is no part of what the source is. Locks do not write it."""

    @property
    def identity(self) -> tuple[str | bool | None, ...]:
        """Everything but the fragment."""
        return self.url, self.subdirectory


class Path(_Reached, frozen=True):
    """A local archive: its path relative to the lock, or absolute where the user wrote it so."""

    path: str
    fragment: str = ""
    """See `Url.fragment`."""

    @property
    def identity(self) -> tuple[str | bool | None, ...]:
        """Everything but the fragment."""
        return (self.path,)


class Directory(Struct, frozen=True, order=True):
    """A local folder that is built and installed."""

    path: str


class Editable(Struct, frozen=True, order=True):
    """A local folder that is installed so that edits of its code take effect."""

    path: str


class Virtual(Struct, frozen=True, order=True):
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
