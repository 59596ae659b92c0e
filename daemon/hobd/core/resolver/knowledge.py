"""The port through which the solver learns: versions of a name, metadata of a candidate.

The solver runs in a thread and calls these plainly; an implementation may block there (never in the event
loop) while it fetches. `prefetch` lets it be told ahead, so that it rarely has to.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from packaging.version import Version

from hobd.core.resolver.versions import Point
from hobd.core.vocab.distribution import File
from hobd.core.vocab.metadata import Metadata
from hobd.core.vocab.names import Name
from hobd.core.vocab.source import Registry, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedFile:
    """One file, and the index that offered it."""

    file: File
    index: Registry
    is_flat: bool = False
    """From a flat location (`find-links`): such files are taken as they are, without cut-off, yanks or a look at their tags."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One version of a project: all its files, wheels and sdists, in page order."""

    version: Version
    files: tuple[IndexedFile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What the indexes know of a name under the index strategy. Files with invalid names are left out."""

    name: Name
    places: Sequence[Point]
    """The versions, ascending."""
    releases: Sequence[Release]
    """Of each version; may be computed lazily."""
    later: "Page | None" = None
    """The next index's page under `unsafe-first-match`: looked at only when no release here will do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoPage:
    """No index could serve the name."""

    name: Name
    reason: str
    """`not-found`, `no-index`, `offline` or `unauthorized`: the explanation's words differ (uv-lock.md 7.3)."""
    hint: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusable:
    """A candidate whose metadata is not to be had, or is invalid: the version is rejected with this reason."""

    reason: str
    """As it follows the package in a sentence: `has invalid metadata`."""
    detail: str | None = None
    """What exactly is wrong, for the hint."""


class Knowledge(Protocol):
    """All that the solver may ask. Implementations raise `HobError` only for what ends the resolution (network, credentials)."""

    def page(self, name: Name, index: Registry | None) -> Page | NoPage:
        """The versions of a name, from one index where it is pinned, else from all under the index strategy."""

    def metadata(self, name: Name, release: Release, file: IndexedFile) -> Metadata | Unusable:
        """Metadata of one candidate by one of its files (a wheel's where there is one; an sdist may be built)."""

    def source_metadata(self, name: Name | None, source: Source) -> Metadata | Unusable:
        """Metadata of a direct source: git, url, path, directory, editable, virtual. `pinned` fills in the commit of a `Git` source."""

    def pinned(self, source: Source) -> Source:
        """The source with what was learned about it: a git reference with its commit."""

    def source_files(self, source: Source) -> tuple[File, ...]:
        """The file of a direct archive with its digest, for the lock; empty for trees and git."""

    def prefetch_pages(self, names: Sequence[tuple[Name, Registry | None]]) -> None:
        """These pages will be asked for soon. Never blocks."""

    def prefetch_metadata(self, name: Name, release: Release, file: IndexedFile) -> None:
        """This metadata will be asked for soon. Never blocks."""
