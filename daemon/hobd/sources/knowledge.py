"""The solver's port to the network: it asks in its thread, the event loop fetches, and what was prefetched is there at once.

solver thread ── page, metadata ──→ facts, memory? ── yes ─→ answer
                                      └─ no ─→ event loop: learn it (once, however many ask) ─→ facts
              ── prefetch_… ──────→ queue ─→ event loop: learn it in the task group, nobody waits
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Hashable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Generic, TypeVar

import anyio
import anyio.abc
import anyio.from_thread

from hobd.core.resolver.knowledge import Foresight, Guess, IndexedFile, NoPage, Page, Release, Unusable
from hobd.core.vocab.distribution import File
from hobd.core.vocab.metadata import Metadata
from hobd.core.vocab.names import Name
from hobd.core.vocab.source import Registry, Source
from hobd.errors import HobError
from hobd.sources.direct import Direct, DirectSources
from hobd.sources.index import Indexes
from hobd.sources.remote_metadata import RemoteMetadata

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

PageKey = tuple[Name, Registry | None]
MetadataKey = tuple[Name, str, str]


class Facts(Generic[Key, Value]):
    """What was learned in one resolution. `find` may be called in any thread, all else in the event loop only.

    Failures are facts too: whoever asks for what failed while it was prefetched, fails with it.
    """

    def __init__(self) -> None:
        self._known: dict[Key, Value | HobError] = {}
        self._under_way: dict[Key, anyio.Event] = {}

    def find(self, key: Key) -> tuple[Value] | None:
        """The fact, in a tuple; None where it is not known yet.

        Raises:
            HobError: it could not be learned.
        """
        found = self._known.get(key, _UNKNOWN)
        if found is _UNKNOWN:
            return None
        if isinstance(found, HobError):
            raise found
        return (found,)  # type: ignore[return-value] # the marker for the unknown is gone by now

    def is_started(self, key: Key) -> bool:
        """Whether it is known, or under way."""
        return key in self._known or key in self._under_way

    async def learn(self, key: Key, work: Callable[[], Awaitable[Value]]) -> None:
        """Make it known: by `work`, or by waiting for the same work that is under way."""
        while key not in self._known:
            running = self._under_way.get(key)
            if running is not None:
                await running.wait()  # if whoever worked was cancelled, the next one takes over
                continue
            done = self._under_way[key] = anyio.Event()
            try:
                self._known[key] = await work()
            except HobError as error:
                self._known[key] = error
            finally:
                del self._under_way[key]
                done.set()


class _Unknown:
    pass


_UNKNOWN = _Unknown()


class NetworkKnowledge:
    """Implements `Knowledge`. Its methods are called in a thread that anyio started from the event loop.

    Cancelling the task that runs the thread cancels what the thread waits for.
    """

    def __init__(self, indexes: Indexes, remote: RemoteMetadata, direct: DirectSources, tasks: anyio.abc.TaskGroup) -> None:
        self._indexes = indexes
        self._remote = remote
        self._direct = direct
        self._tasks = tasks
        self._loop = asyncio.get_running_loop()  # anyio has no way to hand work to the loop without waiting for it
        self._waiting: deque[Callable[[], Coroutine[Any, Any, None]]] = deque()
        self._prefetching: set[anyio.CancelScope] = set()
        self._pages: Facts[PageKey, Page | NoPage] = Facts()
        self._metadata: Facts[MetadataKey, Metadata | Unusable] = Facts()
        self._sources: Facts[Source, Direct] = Facts()
        self._foresight: Foresight | None = None
        self._found_pages: dict[PageKey, Page] = {}
        self._found_metadata: dict[MetadataKey, Metadata | Unusable] = {}

    def page(self, name: Name, index: Registry | None) -> Page | NoPage:
        """See `Knowledge.page`."""
        return self._remembered_page(name, index) or _now(self._pages, (name, index), partial(self._learn_page, name, index))

    def metadata(self, name: Name, release: Release, file: IndexedFile) -> Metadata | Unusable:
        """See `Knowledge.metadata`."""
        work = partial(self._learn_metadata, name, release, file)
        return self._remembered_metadata(name, release, file) or _now(self._metadata, _metadata_key(name, file), work)

    def source_metadata(self, name: Name | None, source: Source) -> Metadata | Unusable:
        """See `Knowledge.source_metadata`."""
        return _now(self._sources, source, partial(self._direct.learn, name, source)).metadata

    def pinned(self, source: Source) -> Source:
        """See `Knowledge.pinned`."""
        found = self._sources.find(source)
        return source if found is None else found[0].source

    def source_files(self, source: Source) -> tuple[File, ...]:
        """See `Knowledge.source_files`."""
        found = self._sources.find(source)
        return () if found is None else found[0].files

    def foresee(self, foresight: Foresight) -> None:
        """See `Knowledge.foresee`."""
        self._foresight = foresight

    def prefetch_pages(self, names: Sequence[PageKey]) -> None:
        """See `Knowledge.prefetch_pages`."""
        for name, index in names:
            if not self._pages.is_started((name, index)) and self._remembered_page(name, index) is None:
                self._start(partial(self._prefetch, self._pages, (name, index), partial(self._learn_page, name, index)))

    def prefetch_metadata(self, name: Name, release: Release, file: IndexedFile) -> None:
        """See `Knowledge.prefetch_metadata`."""
        key = _metadata_key(name, file)
        if not self._metadata.is_started(key) and self._remembered_metadata(name, release, file) is None:
            work = partial(self._learn_metadata, name, release, file)
            self._start(partial(self._prefetch, self._metadata, key, work))

    def stop_prefetching(self) -> None:
        """The resolution is over: what nobody asked for is not waited for."""
        self._waiting.clear()
        for scope in self._prefetching:
            scope.cancel()

    def _remembered_page(self, name: Name, index: Registry | None) -> Page | None:
        """A page that needs no visit to the event loop: such a visit costs more than all else of a warm resolution."""
        key = name, index
        found = self._found_pages.get(key)
        if found is None and not self._pages.is_started(key):
            found = self._indexes.find_page(name, index)
            if found is not None:
                self._found_pages[key] = found
        return found

    def _remembered_metadata(self, name: Name, release: Release, file: IndexedFile) -> Metadata | Unusable | None:
        """Metadata that needs no visit to the event loop."""
        key = _metadata_key(name, file)
        found = self._found_metadata.get(key)
        if found is None and not self._metadata.is_started(key):
            found = self._remote.find(name, release, file)
            if found is not None:
                self._found_metadata[key] = found
        return found

    async def _learn_page(self, name: Name, index: Registry | None) -> Page | NoPage:
        page = await self._indexes.page(name, index)
        if isinstance(page, Page) and index is None and self._foresight is not None:
            self._follow(partial(self._foresight.after_page, name, page))
        return page

    async def _learn_metadata(self, name: Name, release: Release, file: IndexedFile) -> Metadata | Unusable:
        metadata = await self._remote.metadata(name, release, file)
        if isinstance(metadata, Metadata) and self._foresight is not None:
            self._follow(partial(self._foresight.after_metadata, name, metadata))
        return metadata

    def _follow(self, guess: Callable[[], Guess]) -> None:
        """Prefetch what is guessed. What memory has already is looked through no further: the solver will be there at once."""
        assert self._foresight is not None  # whoever has a guess has it from there
        guesses = [guess]
        while guesses:
            try:
                found = guesses.pop()()
            except HobError:
                continue  # a page is not what it should be: whoever really needs it will be told
            for name in found.pages:
                key = name, None
                if not self._pages.is_started(key) and self._indexes.find_page(name, None) is None:
                    self._tasks.start_soon(self._prefetch, self._pages, key, partial(self._learn_page, name, None))
            for name, release, file in found.metadata:
                metadata = self._remote.find(name, release, file)
                if isinstance(metadata, Metadata):
                    guesses.append(partial(self._foresight.after_metadata, name, metadata))
                elif metadata is None and not self._metadata.is_started(_metadata_key(name, file)):
                    work = partial(self._learn_metadata, name, release, file)
                    self._tasks.start_soon(self._prefetch, self._metadata, _metadata_key(name, file), work)

    def _start(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Have the event loop do this, and go on: handing over one after the other would wait for the loop each time."""
        self._waiting.append(work)
        if len(self._waiting) == 1:
            self._loop.call_soon_threadsafe(self._start_waiting)

    def _start_waiting(self) -> None:
        while self._waiting:
            self._tasks.start_soon(self._waiting.popleft())

    async def _prefetch(self, facts: Facts[Key, Value], key: Key, work: Callable[[], Awaitable[Value]]) -> None:
        with anyio.CancelScope() as scope:
            self._prefetching.add(scope)
            try:
                await facts.learn(key, work)
            finally:
                self._prefetching.discard(scope)


@asynccontextmanager
async def open_knowledge(
    indexes: Indexes, remote: RemoteMetadata, direct: DirectSources, tasks: anyio.abc.TaskGroup
) -> AsyncIterator[NetworkKnowledge]:
    """Knowledge for one resolution.

    Args:
        tasks: where prefetching runs; it outlives the block by no more than the cancelling of what is still under way.
    """
    knowledge = NetworkKnowledge(indexes, remote, direct, tasks)
    try:
        yield knowledge
    finally:
        knowledge.stop_prefetching()


def _now(facts: Facts[Key, Value], key: Key, work: Callable[[], Awaitable[Value]]) -> Value:
    found = facts.find(key)
    if found is None:
        anyio.from_thread.run(facts.learn, key, work)
        found = facts.find(key)
    assert found is not None  # learn() returns only once it is known
    return found[0]


def _metadata_key(name: Name, file: IndexedFile) -> MetadataKey:
    return name, file.index.url, file.file.location
