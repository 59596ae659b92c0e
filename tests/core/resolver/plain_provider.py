"""What resolvelib asks while it resolves for one interpreter: which versions there are, and what they need."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from packaging.version import Version
from resolvelib import AbstractProvider

from hobd.core.resolver.candidates import moment
from hobd.core.resolver.first_party import names_prerelease
from hobd.core.resolver.knowledge import IndexedFile, Knowledge, NoPage, Release, Unusable
from hobd.core.resolver.pages import bounds_of
from hobd.core.resolver.specifiers import versions_matching
from hobd.core.resolver.versions import EVERY_VERSION, Point, VersionSet, point
from hobd.core.tags import InvalidWheelName, Tags, parse_wheel_name
from hobd.core.vocab.metadata import Metadata
from hobd.core.vocab.names import Name
from hobd.core.vocab.requirement import Requirement
from hobd.core.vocab.source import Registry, Source

Identifier: TypeAlias = tuple[Name, Name | None]
"""A distribution, or one of its extras."""


@dataclass(frozen=True, slots=True)
class Need:
    """One requirement on a distribution or an extra."""

    name: Name
    extra: Name | None
    versions: VersionSet
    source: Source | None
    text: str
    names_prerelease: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A version that may be chosen."""

    name: Name
    extra: Name | None
    place: Point
    source: Source
    file: IndexedFile | None
    metadata: Metadata = field(compare=False, hash=False)


class Provider(AbstractProvider[Need, Choice, Identifier]):
    """What resolvelib asks: which versions there are, and what they need."""

    def __init__(
        self,
        knowledge: Knowledge,
        environment: Mapping[str, str],
        tags: Tags | None,
        constraints: tuple[Requirement, ...],
        cutoff: datetime | None,
        checkpoint: Callable[[], None],
    ) -> None:
        self._knowledge = knowledge
        self._environment = environment
        self._tags = tags
        self._cutoff = cutoff
        self._checkpoint = checkpoint
        self._constraints: dict[Name, list[Need]] = {}
        self._stated_prereleases: set[Name] = set()
        self._choices: dict[tuple[Name, Point, Source], Choice | None] = {}
        self.absences: dict[Name, NoPage] = {}
        """Names that no index serves, and why."""
        python = Version(environment["python_full_version"]).release
        self._python = (1, point(Version(".".join(map(str, python))))[1], 0)
        for constraint in constraints:
            for need in self.needs_of(Requirement(name=constraint.name, specifier=constraint.specifier, marker=constraint.marker), ()):
                self._constraints.setdefault(need.name, []).append(need)
        self.note_stated([need for needs in self._constraints.values() for need in needs])

    def note_stated(self, needs: Iterable[Need]) -> None:
        """These were asked for by the user: they may call for pre-releases."""
        self._stated_prereleases.update(need.name for need in needs if need.names_prerelease)

    def needs_of(self, requirement: Requirement, extras: tuple[Name, ...]) -> Iterator[Need]:
        """What a requirement asks for here: the distribution, and each of the extras."""
        if not requirement.marker.evaluate(self._environment, extras):
            return
        source = requirement.source
        is_direct = source is not None and not isinstance(source, Registry)
        versions = EVERY_VERSION if is_direct else versions_matching(requirement.specifier)
        text = f"{requirement.name}{requirement.specifier}"
        wants_prerelease = names_prerelease(requirement.specifier)
        for extra in (None, *requirement.extras):
            yield Need(requirement.name, extra, versions, source, text, wants_prerelease)

    def identify(self, requirement_or_candidate: Need | Choice) -> Identifier:
        """What resolvelib keeps apart."""
        return requirement_or_candidate.name, requirement_or_candidate.extra

    def get_preference(
        self,
        identifier: Identifier,
        resolutions: Mapping[Identifier, Choice],
        candidates: Mapping[Identifier, Iterator[Choice]],
        information: Mapping[Identifier, Iterator[Any]],
        backtrack_causes: Sequence[Any],
    ) -> tuple[bool, bool, bool, str]:
        """Direct sources and pins first, then what caused trouble, then by name."""
        needs = [each.requirement for each in information[identifier]]
        is_direct = any(need.source is not None for need in needs)
        is_pinned = any(need.versions.is_pin for need in needs)
        causes = any(self.identify(each.requirement) == identifier for each in backtrack_causes)
        return not is_direct, not is_pinned, not causes, identifier[0]

    def find_matches(
        self,
        identifier: Identifier,
        requirements: Mapping[Identifier, Iterator[Need]],
        incompatibilities: Mapping[Identifier, Iterator[Choice]],
    ) -> Callable[[], Iterator[Choice]]:
        """The versions that satisfy everything known, highest first, found when they are looked at."""
        self._checkpoint()
        name, extra = identifier
        needs = [*requirements[identifier], *self._constraints.get(name, ())]
        if extra is not None:
            needs += requirements.get((name, None), ())
        tried = {(each.place, each.source) for each in incompatibilities[identifier]}

        def find() -> Iterator[Choice]:
            for choice in self._all(name, needs):
                if (choice.place, choice.source) not in tried and all(self._fits(need, choice) for need in needs):
                    yield choice if extra is None else Choice(name, extra, choice.place, choice.source, choice.file, choice.metadata)

        return find

    def is_satisfied_by(self, requirement: Need, candidate: Choice) -> bool:
        """Whether a version will do for a requirement."""
        return self._fits(requirement, candidate)

    def get_dependencies(self, candidate: Choice) -> Iterator[Need]:
        """What a version needs; an extra needs its distribution at just that version too."""
        extra = candidate.extra
        if extra is not None:
            yield Need(candidate.name, None, candidate.place.only, candidate.source, f"{candidate.name}=={candidate.place}")
        for requirement in candidate.metadata.requires_dist:
            if extra is None or not requirement.marker.evaluate(self._environment, ()):
                yield from self.needs_of(requirement, () if extra is None else (extra,))

    @staticmethod
    def _fits(need: Need, choice: Choice) -> bool:
        return choice.place in need.versions and (need.source is None or need.source == choice.source)

    def _all(self, name: Name, needs: list[Need]) -> Iterator[Choice]:
        """Every usable version of a name: of its direct source if it has one, else of its index."""
        source = next((need.source for need in needs if need.source is not None), None)
        if source is not None and not isinstance(source, Registry):
            metadata = self._knowledge.source_metadata(name, source)
            if not isinstance(metadata, Unusable):
                yield Choice(name, None, point(metadata.version), source, None, metadata)
            return
        page = self._knowledge.page(name, source)
        if isinstance(page, NoPage):
            self.absences[name] = page
            return
        wanted = [(point(release.version), release) for release in reversed(page.releases)]
        stable = [each for each in wanted if not each[0].version.is_prerelease]
        prereleases = [each for each in wanted if each[0].version.is_prerelease] if name in self._stated_prereleases else []
        for place, release in [*stable, *prereleases]:
            if all(place in need.versions for need in needs):
                choice = self._choice(name, place, release, needs)
                if choice is not None:
                    yield choice

    def _choice(self, name: Name, place: Point, release: Release, needs: list[Need]) -> Choice | None:
        """A version with the file to install, if one of its files can be used here."""
        is_pinned = any(need.versions.is_single for need in needs)
        file = self._best_file([each for each in release.files if each.file.yanked is None or is_pinned])
        if file is None:
            return None
        key = (name, place, file.index)
        if key not in self._choices:
            metadata = self._knowledge.metadata(name, release, file)
            is_usable = not isinstance(metadata, Unusable) and self._admits(str(metadata.requires_python or ""))
            self._choices[key] = Choice(name, None, place, file.index, file, metadata) if is_usable else None  # type: ignore[arg-type]  # it is usable
        return self._choices[key]

    def _best_file(self, files: list[IndexedFile]) -> IndexedFile | None:
        """The wheel that fits best, else a source distribution."""
        usable = [each for each in files if self._exists(each) and self._admits(each.file.requires_python or "")]
        ranked = [(fitness, each) for each in usable if each.file.is_wheel and (fitness := self._fitness(each)) is not None]
        if ranked:
            return max(ranked, key=lambda pair: pair[0])[1]
        return next((each for each in usable if each.file.filename.endswith((".tar.gz", ".zip"))), None)

    def _fitness(self, each: IndexedFile) -> tuple[int, tuple[int, str]] | None:
        try:
            wheel = parse_wheel_name(each.file.filename)
        except InvalidWheelName:
            return None
        return (0, wheel.build) if self._tags is None else self._tags.fitness(wheel)

    def _exists(self, each: IndexedFile) -> bool:
        if self._cutoff is None or each.is_flat:
            return True
        return each.file.upload_time is not None and moment(each.file.upload_time) < self._cutoff

    def _admits(self, requires_python: str) -> bool:
        """Whether a distribution is for the interpreter's Python or newer ones than it began with: upper bounds do not count."""
        return not requires_python or bounds_of(requires_python).lower_order <= self._python
