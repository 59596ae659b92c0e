"""The port through which the solver learns: versions of a name, metadata of a candidate.

The solver runs in a thread and calls these plainly; an implementation may block there (never in the event
loop) while it fetches. `prefetch` lets it be told ahead, so that it rarely has to.
"""

from collections.abc import Hashable, Sequence
from typing import Protocol

from msgspec import Struct, field
from packaging.version import Version

from hobd.core.resolver.versions import Point
from hobd.core.vocab.distribution import File
from hobd.core.vocab.metadata import Metadata
from hobd.core.vocab.names import Name
from hobd.core.vocab.source import Registry, Source


class IndexedFile(Struct, frozen=True, kw_only=True):
    """One file, and the index that offered it."""

    file: File
    index: Registry
    is_flat: bool = False
    """From a flat location (`find-links`): such files are taken as they are, without cut-off, yanks or a look at their tags."""


class Release(Struct, frozen=True, kw_only=True):
    """One version of a project: all its files, wheels and sdists, in page order."""

    version: Version
    files: tuple[IndexedFile, ...]


class Page(Struct, frozen=True, kw_only=True):
    """What the indexes know of a name under the index strategy. Files with invalid names are left out."""

    name: Name
    places: Sequence[Point]
    """The versions, ascending."""
    releases: Sequence[Release]
    """Of each version; may be computed lazily."""
    state: Hashable = None
    """Equal for pages that are the same in every file, as far as is known; None where nothing is."""
    later: "Page | None" = None
    """The next index's page under `unsafe-first-match` and `unsafe-best-match`."""
    is_one_list: bool = False
    """Whether the versions here and of later pages are tried by version (`unsafe-best-match`), not one page after the other."""
    worked_out: dict[Hashable, object] = field(default_factory=dict)
    """What was worked out of it before, by what that rests on beside it. None of it may know the page: whoever keeps it keeps no cycle."""


class NoPage(Struct, frozen=True, kw_only=True):
    """No index could serve the name."""

    name: Name
    reason: str
    """`not-found`, `no-index`, `offline` or `unauthorized`: the explanation's words differ (uv-lock.md 7.3)."""
    hint: str | None = None


class Unusable(Struct, frozen=True, kw_only=True):
    """A candidate whose metadata is not to be had, or is invalid: the version is rejected with this reason."""

    reason: str
    """As it follows the package in a sentence: `has invalid metadata`."""
    detail: str | None = None
    """What exactly is wrong, for the hint."""


class Guess(Struct, frozen=True):
    """What will likely be asked for soon."""

    pages: tuple[Name, ...] = ()
    """Of indexes that are not pinned."""
    metadata: tuple[tuple[Name, Release, IndexedFile], ...] = ()


class Foresight(Protocol):
    """Guesses what will be asked for next. Called in one thread, not the solver's."""

    def after_page(self, name: Name, page: Page) -> Guess:
        """What follows from a page that was not pinned to an index."""

    def after_metadata(self, name: Name, metadata: Metadata) -> Guess:
        """What follows from metadata."""


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

    def foresee(self, foresight: Foresight) -> None:
        """From now on, ask this what to prefetch whenever something new was fetched. Never blocks."""

    def prefetch_pages(self, names: Sequence[tuple[Name, Registry | None]]) -> None:
        """These pages will be asked for soon. Never blocks."""

    def prefetch_metadata(self, name: Name, release: Release, file: IndexedFile) -> None:
        """This metadata will be asked for soon. Never blocks."""
