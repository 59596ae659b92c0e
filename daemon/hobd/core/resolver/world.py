"""What all forks of one resolution share: the problem, the packages, the pages, and what was read of distributions."""

from collections.abc import Callable, Sequence

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from hobd.core.markers import InvalidRequiresPython, RequiresPython
from hobd.core.resolver.amendments import Amendments
from hobd.core.resolver.candidates import Candidate
from hobd.core.resolver.choice import Chooser, allowed_yanks
from hobd.core.resolver.dependencies import Dependencies
from hobd.core.resolver.first_party import Stated, collect, pinned_versions, root_requirements
from hobd.core.resolver.knowledge import Knowledge, Unusable
from hobd.core.resolver.package import Package, PackageTable
from hobd.core.resolver.pages import Pages
from hobd.core.resolver.problem import Problem, RootProject
from hobd.core.resolver.rejection import Rejection, unusable
from hobd.core.resolver.resolution import NodeKey
from hobd.core.resolver.sources import Sources
from hobd.core.resolver.versions import Point, point
from hobd.core.vocab.metadata import Metadata
from hobd.core.vocab.names import Name
from hobd.core.vocab.requirement import Requirement
from hobd.core.vocab.source import Source

ROOT_PLACE = point(Version("0"))
_UNKNOWN_VERSION = Version("0")
"""Stands for the dynamic version of a member while nobody has asked the build backend: nothing of a lock shows it."""


class World:
    """Shared by all forks; grows as the resolution learns."""

    def __init__(self, problem: Problem, knowledge: Knowledge, warn: Callable[[str], None]) -> None:
        self.problem = problem
        self.knowledge = knowledge
        self.table = PackageTable()
        self.amendments = Amendments(problem)
        self.members = {root.name for root in problem.roots}
        self._metadata: dict[Candidate, Metadata | Rejection] = {}
        self._direct: dict[tuple[Name, Source], Metadata | Rejection] = {
            (root.name, root.source): metadata_of(root) for root in problem.roots
        }
        self._points: dict[str, Point] = {}  # by spelling: `1` and `1.0` are equal, and locked as they are written
        self._python_texts: dict[int, tuple[Metadata, str | None]] = {}
        """By identity of the metadata, which is kept so that it stays the only one."""
        self.nodes: dict[tuple[Name, Name | None, Name | None, Point, Source], NodeKey] = {}
        """Each made once for all forks: comparing versions and sources takes longer than all else of a merge."""
        self.seen_nodes: dict[Package, tuple[Point, NodeKey]] = {}
        """The last one of each package whose name came from any index."""
        self.unusable: dict[tuple[Name, Version], Unusable] = {}
        """Versions whose metadata could not be had, for hints."""
        installed = () if problem.target is None else problem.target.installed
        self.installed = {each.name: (self.place_of(each.version), each.metadata) for each in installed}
        """What is in the one environment that is solved for: at that version, nothing else is looked at."""
        self._warn = warn
        self._warned: set[str] = set()
        self.stated = collect(problem, self.amendments, self._usable_direct)
        self.root_requirements = root_requirements(problem)
        self.chooser = Chooser(problem, self._selecting())
        self.pages = Pages(problem, knowledge, allowed_yanks(problem, pinned_versions(self._selecting(), self.amendments)), self.warn)
        self.sources = Sources(self.stated, self._overriding(), knowledge.pinned, problem.folder)
        self.dependencies = Dependencies(problem, self.table, self.amendments)

    def warn(self, text: str) -> None:
        """Tell the user something, once."""
        if text not in self._warned:
            self._warned.add(text)
            self._warn(text)

    def _overriding(self) -> tuple[Stated, ...]:
        return tuple(Stated(each, is_direct=False) for each in self.amendments.overrides())

    def _selecting(self) -> tuple[Stated, ...]:
        """All first-party requirements that may permit pre-releases and yanked versions."""
        return (*self.stated, *self._overriding())

    def place_of(self, version: Version) -> Point:
        """The point of a version, made once for each spelling."""
        text = str(version)
        found = self._points.get(text)
        if found is None:
            found = self._points[text] = point(version)
        return found

    def direct_metadata(self, name: Name, source: Source) -> Metadata | Rejection:
        """What a direct source says of itself."""
        found = self._direct.get((name, source))
        if found is None:
            learnt = self.knowledge.source_metadata(name, source)
            found = unusable(learnt.reason, learnt.detail, is_whole_package=True) if isinstance(learnt, Unusable) else learnt
            self._direct[(name, source)] = found
        return found

    def _usable_direct(self, name: Name, source: Source) -> Metadata | None:
        found = self.direct_metadata(name, source)
        return None if isinstance(found, Rejection) else found

    def python_text(self, metadata: Metadata) -> str | None:
        """What metadata says of Pythons, as text; None for nothing."""
        found = self._python_texts.get(id(metadata))
        if found is None:
            text = None if metadata.requires_python is None else str(metadata.requires_python)
            found = self._python_texts[id(metadata)] = metadata, text
        return found[1]

    def installed_metadata(self, name: Name, place: Point) -> Metadata | None:
        """What the installed distribution says of itself, if it is of this version."""
        found = self.installed.get(name)
        return found[1] if found is not None and found[0] == place else None

    def candidate_metadata(self, candidate: Candidate) -> Metadata | Rejection:
        """What a version of an index says of itself, or what the user says it says."""
        found = self._metadata.get(candidate)
        if found is None:
            found = self._metadata[candidate] = self._stated_metadata(candidate) or self._learn(candidate)
        return found

    def _learn(self, candidate: Candidate) -> Metadata | Rejection:
        learnt = self.knowledge.metadata(candidate.name, candidate.release, candidate.resolved_by)
        if not isinstance(learnt, Unusable):
            return learnt
        self.unusable[candidate.name, candidate.place.version] = learnt
        return unusable(learnt.reason, learnt.detail)

    def _stated_metadata(self, candidate: Candidate) -> Metadata | None:
        """The user's `dependency-metadata`: an entry for the version before one for all versions."""
        entries = [each for each in self.problem.dependency_metadata if each.name == candidate.name]
        version = candidate.place.version
        entry = next((each for each in entries if each.version == version), next((each for each in entries if each.version is None), None))
        if entry is None:
            return None
        return Metadata(
            name=candidate.name,
            version=version,
            requires_dist=entry.requires_dist,
            requires_python=None if entry.requires_python is None else SpecifierSet(entry.requires_python),
            provides_extras=entry.provides_extras or (),
        )


def metadata_of(root: RootProject) -> Metadata:
    """What a project of the workspace says of itself."""
    try:
        python = RequiresPython.parse(root.requires_python).specifiers if root.requires_python is not None else None
    except InvalidRequiresPython:
        python = None
    return Metadata(
        name=root.name,
        version=root.version or root.built_version or _UNKNOWN_VERSION,
        requires_dist=root.requires_dist,
        requires_python=python,
        provides_extras=root.provides_extras,
        groups=root.groups,
        is_dynamic=root.version is None,
    )


def requirements_of(metadata: Metadata, group: Name | None) -> Sequence[Requirement]:
    """The requirements of a distribution, or of one of its groups."""
    if group is None:
        return metadata.requires_dist
    return next((requirements for name, requirements in metadata.groups if name == group), ())
