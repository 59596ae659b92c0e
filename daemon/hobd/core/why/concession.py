"""Which bound of a project's own would have to give way, for all the rest of an unsatisfiable problem to go together."""

from collections.abc import Iterable, Iterator

from msgspec.structs import replace
from packaging.specifiers import SpecifierSet

from hobd.core.resolver.problem import Problem
from hobd.core.resolver.proof import Needs, Start, facts
from hobd.core.resolver.unsatisfiable import Unsatisfiable
from hobd.core.vocab.names import Name
from hobd.core.vocab.requirement import Requirement


def bounds_in_the_way(problem: Problem, error: Unsatisfiable) -> tuple[Requirement, ...]:
    """The requirements with bounds that the project states itself and the proof speaks of, in its order; each name once."""
    named = {each.name: each for each in _stated(problem) if each.specifier}
    return tuple(named[name] for name in dict.fromkeys(_names(error)) if name in named)


def without_bounds(problem: Problem, name: Name) -> Problem:
    """The problem as if the project took any version of a package."""
    roots = (
        replace(
            root,
            requires_dist=_freed(root.requires_dist, name),
            groups=tuple((group, _freed(listed, name)) for group, listed in root.groups),
        )
        for root in problem.roots
    )
    groups = tuple((group, _freed(listed, name)) for group, listed in problem.dependency_groups)
    return replace(problem, roots=tuple(roots), requirements=_freed(problem.requirements, name), dependency_groups=groups)


def _freed(requirements: Iterable[Requirement], name: Name) -> tuple[Requirement, ...]:
    return tuple(replace(each, specifier=SpecifierSet()) if each.name == name else each for each in requirements)


def _stated(problem: Problem) -> Iterator[Requirement]:
    yield from problem.requirements
    for groups in (problem.dependency_groups, *(root.groups for root in problem.roots)):
        yield from (each for _, listed in groups for each in listed)
    yield from (each for root in problem.roots for each in root.requires_dist)


def _names(error: Unsatisfiable) -> Iterator[Name]:
    for fact in facts(error.told):
        if isinstance(fact, Start):
            continue
        packages = (fact.package, fact.on) if isinstance(fact, Needs) else (fact.package,)
        yield from (package.name for package in packages if package.name is not None)
