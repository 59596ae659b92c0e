"""Which index knows a project: the order in which they are asked, and what their refusals mean (features.md, section 4; uv-lock.md 4.4).

first-index         one after the other, until one has a page; a refusal (401, 403) ends the search
unsafe-first-match  all; the versions of an earlier index are tried before those of a later one
unsafe-best-match   all; the versions of all are tried as one list, and an earlier index wins a tie
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import anyio
from msgspec import Struct

from hobd.core.formats.urls import path_url, without_credentials
from hobd.core.resolver.knowledge import NoPage, Page
from hobd.core.vocab.evidence import Evidence
from hobd.core.vocab.index import Index, IndexSettings, Refresh
from hobd.core.vocab.names import Name
from hobd.core.vocab.source import Registry
from hobd.errors import HobError
from hobd.sources.failures import FetchFailed, OfflineMiss
from hobd.sources.flat_index import FlatIndex, parse_flat_page
from hobd.sources.http_cache import HttpCache
from hobd.sources.local_files import LocalFiles
from hobd.sources.local_index import read_local_page
from hobd.sources.registries import local_folder, registry_of
from hobd.sources.releases import Listing, Releases, refuse_others
from hobd.sources.threads import in_thread

_FLAT = "flat"
"""The kind of a page that lists files of many projects: its address may be that of a project's own page too."""
_AUTHENTICATION_STATUSES = (401, 403, 407, 511)
OFFLINE_HINT = (
    "Packages were unavailable because the network was disabled. When the network is disabled, "
    "registry packages may only be read from the cache."
)
_NO_INDEX_HINT = (
    "Packages were unavailable because index lookups were disabled and no additional package locations were provided "
    "(try: `--find-links <uri>`)"
)

Found = tuple[Registry, Listing]


class _Refused(Struct, frozen=True):
    """An index that would not answer: the search ends here, and the explanation says so."""

    hint: str


class Indexes:
    """The indexes as one request has configured them.

    Args:
        root: the folder of the lock, from which the paths of registries that are configured no more start.
    """

    def __init__(
        self, settings: IndexSettings, cache: HttpCache, refresh: Refresh, evidence: Evidence, root: Path, files: LocalFiles
    ) -> None:
        self._settings = settings
        self._cache = cache
        self._refresh = refresh
        self._evidence = evidence
        self._root = root
        self._files = files
        configured = (*settings.indexes, *settings.find_links)
        self._by_registry = {registry_of(index): index for index in configured}
        folders = ((index, local_folder(index, root)) for index in configured)  # requirements name folders by their `file:` URLs
        self._by_registry |= {Registry(url=path_url(str(folder))): index for index, folder in folders if folder is not None}
        self._flat: dict[str, FlatIndex] = {}
        self._flat_locks: dict[str, anyio.Lock] = {}

    async def page(self, name: Name, pinned: Registry | None) -> Page | NoPage:
        """What the indexes know of a project.

        Args:
            pinned: the only index to ask; None for all that are not explicit.
        Raises:
            HobError: an index could not be asked, for another reason than that it does not know the name or us.
        """
        found, refusal = ([], None) if self._settings.no_index else await self._search(name, pinned)
        links = await self._links(name) if pinned is None else []
        if not found and not links:
            return self._absence(name, refusal)
        if self._settings.strategy != "first-index" and len(found) > 1:
            return _chained(name, [[one, *links] for one in found], is_one_list=self._settings.strategy == "unsafe-best-match")
        return _page(name, [*found, *links])

    def find_page(self, name: Name, pinned: Registry | None) -> Page | None:
        """What memory has of a project, where nothing need be asked for it. May be called in any thread."""
        found = [] if self._settings.no_index else self._find(name, self._asked(pinned))
        links = self._find_links(name) if pinned is None else []
        if found is None or links is None or not (found or links):
            return None
        return _page(name, [*found, *links])

    def _find(self, name: Name, indexes: Sequence[Index]) -> list[Found] | None:
        """What the first index that has the project says; None where it, or one before it, has to be asked."""
        if self._settings.strategy != "first-index" and len(indexes) > 1:
            return None
        for index in indexes:
            if not index.is_flat:
                kept = self._cache.find(page_url(index.url, name), control=index.cache_control_api, is_refresh=self._is_refresh(name))
                return None if kept is None else [(registry_of(index), kept.value)]
            flat = self._flat.get(index.url)
            listing = None if flat is None else flat.listing(name)
            if flat is None or listing is not None:
                return None if listing is None else [(registry_of(index), listing)]
        return []

    def _find_links(self, name: Name) -> list[Found] | None:
        """What the flat locations have of a project; None where one was not read yet."""
        flats = [(index, self._flat.get(index.url)) for index in self._settings.find_links]
        if any(flat is None for _, flat in flats):
            return None
        listings = ((index, flat.listing(name)) for index, flat in flats if flat is not None)
        return [(registry_of(index), listing) for index, listing in listings if listing is not None]

    async def listing(self, name: Name, index: Index) -> Listing | None:
        """What one index has of a project; None where it has nothing, would not answer us, or is offline and not in the cache.

        Raises:
            HobError: it could not be asked.
        """
        found = await self._ask(name, index, index.ignore_error_codes or ())
        return found if isinstance(found, Listing) else None

    def index(self, registry: Registry) -> Index:
        """The configured index that a registry means; a plain one where none is configured any more."""
        known = self._by_registry.get(registry)
        if known is not None:
            return known
        return Index(url=str(self._root / registry.url) if registry.is_path else registry.url)

    def folder(self, registry: Registry) -> Path | None:
        """The folder of an index on this machine; None for one on the web."""
        return local_folder(self.index(registry), self._root)

    async def _search(self, name: Name, pinned: Registry | None) -> tuple[list[Found], _Refused | None]:
        indexes = self._asked(pinned)
        if self._settings.strategy == "first-index" or len(indexes) < 2:
            return await self._search_in_turn(name, indexes)
        return await self._search_all(name, indexes), None

    def _asked(self, pinned: Registry | None) -> Sequence[Index]:
        """The indexes that are asked for a name, in order."""
        if pinned is not None:
            return (self.index(pinned),)
        return [index for index in self._settings.indexes if not index.is_explicit]

    async def _search_in_turn(self, name: Name, indexes: Sequence[Index]) -> tuple[list[Found], _Refused | None]:
        for index in indexes:
            listing = await self._ask(name, index, index.ignore_error_codes or ())
            if isinstance(listing, _Refused):
                return [], listing
            if listing is not None:
                return [(registry_of(index), listing)], None
        return [], None

    async def _search_all(self, name: Name, indexes: Sequence[Index]) -> list[Found]:
        answers: dict[int, Listing | HobError] = {}

        async def ask(position: int, index: Index) -> None:
            try:
                listing = await self._ask(name, index, _AUTHENTICATION_STATUSES)
            except HobError as error:
                answers[position] = error
                tasks.cancel_scope.cancel()
            else:
                if isinstance(listing, Listing):
                    answers[position] = listing

        async with anyio.create_task_group() as tasks:
            for position, index in enumerate(indexes):
                tasks.start_soon(ask, position, index)
        return list(_told(indexes, answers))

    async def _ask(self, name: Name, index: Index, ignored: Sequence[int]) -> Listing | _Refused | None:
        try:
            return await self._listing(name, index)
        except OfflineMiss:
            return None
        except FetchFailed as failure:
            if failure.status == 404 or failure.status in ignored:
                return None
            refusal = _refusal(index, failure.status)
            if refusal is None:
                raise
            return refusal

    async def _listing(self, name: Name, index: Index) -> Listing | None:
        if index.is_flat:
            return (await self._flat_index(index)).listing(name)
        folder = local_folder(index, self._root)
        if folder is not None:
            return await in_thread(read_local_page, folder, name, self._evidence)
        from hobd.core.formats.simple_api import ACCEPT, parse_page

        def parse(body: bytes, content_type: str, url: str) -> Listing:
            page = parse_page(body, content_type, url)
            if not page.may_list_others:
                refuse_others(name, page.filenames)
            return Listing(name, page.filenames, page.file)

        return await self._cache.get(
            page_url(index.url, name),
            parse,
            headers={"Accept": ACCEPT},
            control=index.cache_control_api,
            is_refresh=self._is_refresh(name),
        )

    def _is_refresh(self, name: Name) -> bool:
        return self._refresh.everything or name in self._refresh.packages

    async def _links(self, name: Name) -> list[Found]:
        found: list[Found] = []
        for index in self._settings.find_links:
            try:
                listing = (await self._flat_index(index)).listing(name)
            except OfflineMiss:
                continue
            if listing is not None:
                found.append((registry_of(index), listing))
        return found

    async def _flat_index(self, index: Index) -> FlatIndex:
        async with self._flat_locks.setdefault(index.url, anyio.Lock()):
            known = self._flat.get(index.url)
            if known is None:
                known = self._flat[index.url] = await self._read_flat(index)
        return known

    async def _read_flat(self, index: Index) -> FlatIndex:
        folder = local_folder(index, self._root)
        if folder is not None:
            self._evidence.saw(folder)
            return await in_thread(self._files.flat_index, folder)
        from hobd.core.formats.simple_api import ACCEPT

        return await self._cache.get(
            without_credentials(index.url),
            parse_flat_page,
            headers={"Accept": ACCEPT},
            control=index.cache_control_api,
            is_refresh=self._refresh.everything,
            kind=_FLAT,
        )

    def _absence(self, name: Name, refusal: _Refused | None) -> NoPage:
        if refusal is not None:
            return NoPage(name=name, reason="unauthorized", hint=refusal.hint)
        if self._settings.no_index:
            return NoPage(name=name, reason="no-index", hint=None if self._settings.find_links else _NO_INDEX_HINT)
        if self._cache.is_offline:
            return NoPage(name=name, reason="offline", hint=OFFLINE_HINT)
        return NoPage(name=name, reason="not-found")


def _told(indexes: Sequence[Index], answers: Mapping[int, Listing | HobError]) -> Iterator[Found]:
    """The answers in the order of the indexes; the first failure is everyone's."""
    for position in sorted(answers):
        answer = answers[position]
        if isinstance(answer, HobError):
            raise answer
        yield registry_of(indexes[position]), answer


def page_url(index_url: str, name: Name) -> str:
    """The address of one project's page, without credentials: those of the index are the credential book's."""
    return _page_below(without_credentials(index_url), name)


@lru_cache(maxsize=4096)
def _page_below(index_url: str, name: Name) -> str:
    parts = urlsplit(index_url)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{name}/", fragment=""))


def _page(name: Name, listings: Sequence[Found], later: Page | None = None, *, is_one_list: bool = False) -> Page:
    releases = Releases(listings)
    state = (later and later.state, *((registry, listing.serial) for registry, listing in listings))
    worked_out = listings[0][1].worked_out.setdefault(listings[0][0], {}) if len(listings) == 1 else {}
    return Page(
        name=name, places=releases.places, releases=releases, state=state, later=later, is_one_list=is_one_list, worked_out=worked_out
    )


def _chained(name: Name, tiers: list[list[Found]], *, is_one_list: bool) -> Page:
    later: Page | None = None
    for tier in reversed(tiers):
        later = _page(name, tier, later, is_one_list=is_one_list)
    assert later is not None  # there are several tiers
    return later


def _refusal(index: Index, status: int | None) -> _Refused | None:
    shown = without_credentials(index.url)
    if status == 401:
        return _Refused(f"An index URL ({shown}) could not be queried due to a lack of valid authentication credentials (401 Unauthorized)")
    if status == 403:
        return _Refused(
            f"An index ({shown}) returned a 403 Forbidden error. Check that the index URL is correct and the credentials are valid."
        )
    return None
