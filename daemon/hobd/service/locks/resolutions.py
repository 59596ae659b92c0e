"""Solving a problem over what the network knows. The same problem, asked again of the same pages, is a lookup.

problem ─→ solved before? ─no─→ solve, and take down every question that the solver puts
                │yes                                                 │
                ▼                                                    ▼
      put the same questions ─ other answers ─→ solve anew       keep both, for the next time
                └ the same answers ─→ the same resolution: solving depends on nothing else
"""

import hashlib
import threading
from collections import deque
from collections.abc import Callable, Hashable, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from hobd.core.lockfile.model import Lock
from hobd.core.resolver.events import Effort, Hear, Observer
from hobd.core.resolver.knowledge import Foresight, IndexedFile, Knowledge, NoPage, Page, Release, Unusable
from hobd.core.resolver.problem import Problem
from hobd.core.resolver.resolution import Resolution
from hobd.core.resolver.solve import solve
from hobd.core.vocab.distribution import File
from hobd.core.vocab.metadata import Metadata
from hobd.core.vocab.names import Name
from hobd.core.vocab.source import Registry, Source
from hobd.errors import HobError

_MOST_KEPT = 4


class Questions(Struct):
    """What a solver asked, and what tells the answers from others. None of them holds a page."""

    pages: list[tuple[Name, Registry | None, Hashable]] = field(default_factory=list)
    metadata: list[tuple[Name, Release, IndexedFile, Metadata | Unusable]] = field(default_factory=list)
    sources: list[tuple[Name | None, Source, Metadata | Unusable]] = field(default_factory=list)
    pins: dict[Source, Source] = field(default_factory=dict)
    archives: dict[Source, tuple[File, ...]] = field(default_factory=dict)

    def are_answered_alike(self, knowledge: Knowledge, checkpoint: Callable[[], None]) -> bool:
        """Whether the answers are still the same; all that has to be asked of the network is asked at once.

        Raises:
            HobError: an answer is not to be had.
        """
        knowledge.prefetch_pages([(name, index) for name, index, _ in self.pages])
        for name, index, state in self.pages:
            checkpoint()
            if state is None or _state_of(knowledge.page(name, index)) != state:
                return False
        for name, release, file, _ in self.metadata:
            knowledge.prefetch_metadata(name, release, file)
        return (
            all(_is_same(knowledge.metadata(name, release, file), said) for name, release, file, said in self.metadata)
            and all(_is_same(knowledge.source_metadata(name, source), said) for name, source, said in self.sources)
            and all(knowledge.pinned(source) == pinned for source, pinned in self.pins.items())
            and all(knowledge.source_files(source) == files for source, files in self.archives.items())
        )


def _state_of(page: Page | NoPage) -> Hashable:
    return page.state if isinstance(page, Page) else page


def _is_same(left: Metadata | Unusable, right: Metadata | Unusable) -> bool:
    """Whether two answers are the same in their spelling too: `1.0` and `1.0.0` are equal, and not the same in a lock."""
    return left is right or (left == right and repr(left) == repr(right))


class Recorder(Struct):
    """Knowledge that takes down what it is asked."""

    knowledge: Knowledge
    questions: Questions = field(default_factory=Questions)

    def page(self, name: Name, index: Registry | None) -> Page | NoPage:
        """See `Knowledge.page`."""
        found = self.knowledge.page(name, index)
        self.questions.pages.append((name, index, _state_of(found)))
        return found

    def metadata(self, name: Name, release: Release, file: IndexedFile) -> Metadata | Unusable:
        """See `Knowledge.metadata`."""
        found = self.knowledge.metadata(name, release, file)
        self.questions.metadata.append((name, release, file, found))
        return found

    def source_metadata(self, name: Name | None, source: Source) -> Metadata | Unusable:
        """See `Knowledge.source_metadata`."""
        found = self.knowledge.source_metadata(name, source)
        self.questions.sources.append((name, source, found))
        return found

    def pinned(self, source: Source) -> Source:
        """See `Knowledge.pinned`."""
        found = self.questions.pins[source] = self.knowledge.pinned(source)
        return found

    def source_files(self, source: Source) -> tuple[File, ...]:
        """See `Knowledge.source_files`."""
        found = self.questions.archives[source] = self.knowledge.source_files(source)
        return found

    def foresee(self, foresight: Foresight) -> None:
        """See `Knowledge.foresee`."""
        self.knowledge.foresee(foresight)

    def prefetch_pages(self, names: Sequence[tuple[Name, Registry | None]]) -> None:
        """See `Knowledge.prefetch_pages`."""
        self.knowledge.prefetch_pages(names)

    def prefetch_metadata(self, name: Name, release: Release, file: IndexedFile) -> None:
        """See `Knowledge.prefetch_metadata`."""
        self.knowledge.prefetch_metadata(name, release, file)


class _Listener(Struct):
    """An observer that takes down what the user is warned of: a lookup warns of it too."""

    observer: Observer
    warnings: list[str] = field(default_factory=list)

    @property
    def hear(self) -> Hear | None:
        """See `Observer`."""
        return self.observer.hear

    def warn(self, text: str) -> None:
        """See `Observer`."""
        self.warnings.append(text)
        self.observer.warn(text)

    def pause(self, effort: Effort) -> None:
        """See `Observer`."""
        self.observer.pause(effort)


class _Solved(Struct, frozen=True, eq=False):
    """A problem, and all that its resolution rests on."""

    problem: Problem
    spelling: bytes
    questions: Questions
    warnings: tuple[str, ...]
    resolution: Resolution
    locks: list[Lock] = field(default_factory=list)
    """The lock that it comes to where there was none before, once somebody wanted it."""


class Resolutions:
    """The last few resolutions. May be used from several threads."""

    def __init__(self) -> None:
        self._kept: deque[_Solved] = deque(maxlen=_MOST_KEPT)
        self._alone = threading.Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def clear(self) -> None:
        """Forget them."""
        with self._alone:
            self._kept.clear()

    def find_or_solve(self, problem: Problem, knowledge: Knowledge, observer: Observer, checkpoint: Callable[[], None]) -> Resolution:
        """The resolution of a problem. Blocks where `knowledge` does; run it in a thread.

        Args:
            observer: who wants to hear of single steps sees the problem solved.

        Raises:
            Unsatisfiable: there is no solution.
        """
        spelling = _spelling_of(problem)
        known = self._find(problem, spelling) if observer.hear is None else None
        if known is not None and _still_holds(known, knowledge, checkpoint):
            for text in known.warnings:
                observer.warn(text)
            return known.resolution
        recorder, listener = Recorder(knowledge), _Listener(observer)
        resolution = solve(problem, recorder, checkpoint=checkpoint, observer=listener)
        with self._alone:
            if known is not None and known in self._kept:
                self._kept.remove(known)
            self._kept.append(_Solved(problem, spelling, recorder.questions, tuple(listener.warnings), resolution))
        return resolution

    def lock_of(self, problem: Problem, resolution: Resolution) -> Lock:
        """The lock that a resolution comes to where there was none before: built once, as long as the resolution is kept."""
        from hobd.core.lockfile.build import build_lock

        with self._alone:
            known = next((each for each in self._kept if each.resolution is resolution), None)
        if known is None:
            return build_lock(problem, resolution, None)
        if not known.locks:
            known.locks.append(build_lock(problem, resolution, None))
        return known.locks[0]

    def _find(self, problem: Problem, spelling: bytes) -> _Solved | None:
        with self._alone:
            candidates = [each for each in self._kept if each.spelling == spelling]
        return next((each for each in candidates if each.problem == problem), None)


def _still_holds(known: _Solved, knowledge: Knowledge, checkpoint: Callable[[], None]) -> bool:
    try:
        return known.questions.are_answered_alike(knowledge, checkpoint)
    except HobError:
        return False  # solving will meet the same, and tell it with all that belongs to it


def _spelling_of(problem: Problem) -> bytes:
    """What tells problems apart that are equal but not the same: versions and specifiers of one meaning are spelled in many ways."""
    return hashlib.sha256(repr(replace(problem, previous=None)).encode("utf-8", "surrogateescape")).digest()
