"""Guessing from what was just learned what will be needed next, so that the solver finds it there. Changes no result.

page of a name ─→ the version that will likely be tried ─→ its metadata ─→ pages of what it requires ─→ …

The solver tells ahead too (`announce`), but only once it has got there; guesses run ahead of it at the speed of the network.
"""

from collections.abc import Iterable

from hobd.core.resolver.candidates import Candidate
from hobd.core.resolver.environment import Environment
from hobd.core.resolver.knowledge import Guess, Page
from hobd.core.resolver.page_versions import Versions
from hobd.core.resolver.versions import VersionSet
from hobd.core.resolver.world import World
from hobd.core.vocab.metadata import Metadata
from hobd.core.vocab.names import Name
from hobd.core.vocab.requirement import Requirement

_MOST_NAMES = 2000
"""A graph of more names is followed no further than this: a guess must not become a crawl."""


class Foresight:
    """Guesses for one resolution, from requirements to pages to metadata to requirements.

    Used in the event loop while the solver works in its thread: what the two share is only read here.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        problem = world.problem
        self._environment = Environment.everywhere(
            problem.requires_python.bounds, None if problem.target is None else problem.target.values
        )
        self._asked: dict[Name, dict[VersionSet, None]] = {}
        self._extras: dict[Name, set[Name]] = {}
        self._versions: dict[Name, Versions] = {}
        self._metadata: dict[Name, dict[int, Metadata]] = {}
        self._expect(each.requirement for each in world.stated)

    def after_page(self, name: Name, page: Page) -> Guess:
        """What follows from a page of an index that was not pinned."""
        versions = self._versions[name] = Versions(page, self._world.pages.policy(name), lambda candidate: None)
        found = [self._likely(name, versions, wanted) for wanted in self._asked.get(name, ())]
        return Guess(metadata=tuple((name, each.release, each.resolved_by) for each in found if each is not None))

    def after_metadata(self, name: Name, metadata: Metadata) -> Guess:
        """What follows from the metadata of a version."""
        known = self._metadata.setdefault(name, {})
        if id(metadata) in known:
            return Guess()
        known[id(metadata)] = metadata
        return self._expect(self._needed(metadata, frozenset(self._extras.get(name, ()))))

    def _needed(self, metadata: Metadata, extras: frozenset[Name]) -> Iterable[Requirement]:
        """The requirements of a distribution with some extras that matter for the project."""
        parent = (metadata.name, metadata.version)
        for requirement in self._world.amendments.overridden(parent, metadata.requires_dist):
            marker = requirement.marker.assume_extras(extras.__contains__)
            if self._environment.needs(marker) and not self._world.amendments.excludes(parent, requirement.name):
                yield requirement

    def _expect(self, requirements: Iterable[Requirement]) -> Guess:
        """Take note of what is asked for, and of what that leads to by what is known already."""
        pages: list[Name] = []
        candidates: list[Candidate] = []
        queue = list(requirements)
        while queue:
            requirement = queue.pop()
            name = requirement.name
            if requirement.source is not None or not self._world.sources.is_free(name):
                continue
            asked = self._asked.get(name)
            if asked is None:
                if len(self._asked) >= _MOST_NAMES:
                    continue
                asked = self._asked[name] = {}
                pages.append(name)
            queue += self._newly_needed(name, requirement.extras)
            wanted = self._world.dependencies.versions(requirement.specifier)
            versions = self._versions.get(name)
            if wanted not in asked and versions is not None:
                likely = self._likely(name, versions, wanted)
                candidates += [] if likely is None else [likely]
            asked[wanted] = None
        return Guess(tuple(pages), tuple((each.name, each.release, each.resolved_by) for each in candidates))

    def _newly_needed(self, name: Name, extras: Iterable[Name]) -> Iterable[Requirement]:
        """What extras that were not asked for before add to the known metadata of a name."""
        known = self._extras.setdefault(name, set())
        new = set(extras) - known
        known |= new
        if new:
            for metadata in self._metadata.get(name, {}).values():
                yield from self._needed(metadata, frozenset(known))

    def _likely(self, name: Name, versions: Versions, wanted: VersionSet) -> Candidate | None:
        """The version that will be tried first, if its metadata can be had without a build."""
        candidate = self._world.chooser.choose(name, versions, wanted, None, self._environment)
        return candidate if candidate is not None and candidate.rejection is None and candidate.wheels else None
