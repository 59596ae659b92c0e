"""What if a requirement were added: the problem posed anew, and what its answer means."""

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace
from packaging.version import Version

from hobd.core.lockfile.model import Lock, LockedPackage
from hobd.core.resolver.amendments import Amendments
from hobd.core.resolver.problem import Preference, Problem
from hobd.core.resolver.resolution import Resolution
from hobd.core.vocab.names import Name
from hobd.core.vocab.requirement import Requirement
from hobd.core.vocab.source import Registry


class Absence(Struct, frozen=True, kw_only=True):
    """A requirement on a name that does not count."""

    parent: str
    version: str
    why: str
    """As it follows `anyio v4.3.0 requires uvloop>=0.17`."""
    specifier: str


def alone(problem: Problem, asked: Requirement) -> Problem:
    """The requirement without anything that it could conflict with: can it be met at all?"""
    return replace(
        problem, roots=(), requirements=(asked,), asked=asked.name, dependency_groups=(), conflicts=(), preferences=(), initial_forks=None
    )


def with_constraint(problem: Problem, asked: Requirement) -> Problem:
    """The problem with the requirement on something that is locked already: the same packages ask for it, and no more."""
    return replace(_without_preference(problem, asked), constraints=(*problem.constraints, asked))


def with_requirement(problem: Problem, asked: Requirement) -> Problem:
    """The problem with the requirement as one of the root's own."""
    return replace(_without_preference(problem, asked), requirements=(*problem.requirements, asked), asked=asked.name)


def with_preference(problem: Problem, asked: Requirement) -> Problem | None:
    """The problem in which the one version that is asked for is taken wherever it fits; None where more than one is asked for."""
    exact = [each for each in asked.specifier if each.operator == "==" and not each.version.endswith(".*")]
    if len(exact) != 1 or len(asked.specifier) != 1:
        return None
    index = asked.source.url if isinstance(asked.source, Registry) else None
    wanted = (asked.name, (Preference(version=Version(exact[0].version), index=index),))
    return replace(problem, preferences=(*_without_preference(problem, asked).preferences, wanted))


def _without_preference(problem: Problem, asked: Requirement) -> Problem:
    return replace(problem, preferences=tuple((name, kept) for name, kept in problem.preferences if name != asked.name))


def as_stated(problem: Problem, asked: Requirement) -> Requirement:
    """The requirement from the index that the project pins the name to."""
    own = (*(each for root in problem.roots for each in root.requires_dist), *problem.requirements)
    pinned = [each.source for each in own if each.name == asked.name and isinstance(each.source, Registry)]
    return replace(asked, source=pinned[0]) if pinned else asked


def is_locked(lock: Lock, asked: Requirement) -> bool:
    """Whether the lock holds what is asked for."""
    return any(is_met(package, asked) for package in lock.packages)


def is_met(package: LockedPackage, asked: Requirement) -> bool:
    """Whether a package is what is asked for."""
    version = package.version
    return package.name == asked.name and version is not None and asked.specifier.contains(version, prereleases=True)


def absences(problem: Problem, resolution: Resolution, name: Name) -> tuple[Absence, ...]:
    """The requirements on a name that do not count, and why: what is in the lock asks for it, but not here."""
    return tuple(dict.fromkeys(_absences(problem, resolution, name)))


def _absences(problem: Problem, resolution: Resolution, name: Name) -> Iterator[Absence]:
    amendments = Amendments(problem)
    for node, chosen in resolution.distributions.items():
        parent = (chosen.metadata.name, chosen.metadata.version)
        for requirement in chosen.metadata.requires_dist:
            if requirement.name == name:
                why = _why_absent(requirement, problem, is_excluded=amendments.excludes(parent, name))
                yield Absence(parent=node.name, version=str(node.version), why=why, specifier=str(requirement.specifier))


def _why_absent(requirement: Requirement, problem: Problem, *, is_excluded: bool) -> str:
    if is_excluded:
        return "but `exclude-dependencies` drops it"
    marker = requirement.marker
    extras = sorted(name for name in marker.extra_names() if marker.assume_extra(name, active=False).is_false)
    if extras:
        return f"only with its extra `{extras[0]}`, which nothing asks for"
    text = marker.to_text()
    supported = problem.environments and all(each.is_disjoint(marker) for each in problem.environments)
    place = "`environments` leave out" if supported else "the project's Pythons leave out"
    return f"only where {text}, which {place}" if text else "but an override replaces it"
