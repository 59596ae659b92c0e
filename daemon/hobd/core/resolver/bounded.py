"""A problem that only demands what a resolution chose anyway is answered by that resolution (features.md, ADD-2).

    a       ─solve─→ a 1.2, b 3.0 ─lock─┐
    a>=1.2  ────────────────────────────┴─solve─→ a 1.2, b 3.0: each is preferred, each fits, nothing is ever in the way

So who writes a bound for what was just locked need not solve again. But a resolution starts from the forks of the lock and works
them off in an order of its own, and the order shows in the result (uv-lock.md 3.5): forks may have to be joined once more.
"""

from collections.abc import Iterable

from msgspec.structs import replace
from packaging.specifiers import SpecifierSet

from hobd.core.resolver.merge import join
from hobd.core.resolver.problem import Problem, RootProject
from hobd.core.resolver.resolution import ForkSolution, Resolution
from hobd.core.resolver.world import metadata_of
from hobd.core.vocab.names import Name
from hobd.core.vocab.requirement import Requirement

_Groups = tuple[tuple[Name, tuple[Requirement, ...]], ...]


def with_bounds(problem: Problem, resolution: Resolution, bounded: Problem) -> Resolution | None:
    """The resolution of a problem that puts bounds on requirements which had none.

    Args:
        problem: the one without.
        resolution: its resolution.
        bounded: the one with bounds.
    Returns:
        What solving `bounded` from the lock of `resolution` comes to; None where that is not certain.
    """
    is_same_but_for_bounds = _without_specifiers(problem) == _without_specifiers(bounded)
    forks = _in_order_of_solving_again(problem, resolution)
    if forks is None or not (is_same_but_for_bounds and _is_met(problem, bounded, resolution)):
        return None
    if forks != resolution.forks:
        joined = join(forks, ())
        resolution = replace(resolution, fork_markers=joined.fork_markers, nodes=joined.nodes, edges=joined.edges)
    distributions = dict(resolution.distributions)
    roots = {root.name: root for root in bounded.roots}
    for node, chosen in resolution.distributions.items():
        root = roots.get(node.name)
        if root is not None and root.source == node.source:
            distributions[node] = replace(chosen, metadata=metadata_of(root))
    return replace(resolution, distributions=distributions)


def _is_met(problem: Problem, bounded: Problem, resolution: Resolution) -> bool:
    """Whether all that was chosen, in whichever fork, is within bounds where none were before."""
    pairs = [(old.specifier, new) for old, new in zip(_stated(problem), _stated(bounded), strict=True) if old.specifier != new.specifier]
    chosen = [(node.name, node.version) for node in resolution.distributions]
    return all(
        not old and all(new.specifier.contains(version, prereleases=True) for name, version in chosen if name == new.name)
        for old, new in pairs
    )


def _in_order_of_solving_again(problem: Problem, resolution: Resolution) -> tuple[ForkSolution, ...] | None:
    """The forks in the order in which a resolution that starts from them completes them; None where a lock does not tell them apart."""
    python = problem.requires_python
    simplified = [marker.simplify(python) for marker in resolution.fork_markers]
    if problem.conflicts or len(set(simplified)) < len(simplified) or any(marker.is_true for marker in simplified):
        return None
    lowest = [marker.complexify(python).python_bounds().lower_order for marker in simplified]
    is_lowest_first = problem.fork_strategy == "fewest" or problem.resolution_mode == "lowest"
    order = sorted(range(len(lowest)), key=lowest.__getitem__, reverse=not is_lowest_first)  # stable: see `in_order_of_solving`
    return tuple(resolution.forks[place] for place in order) if simplified else resolution.forks


def _stated(problem: Problem) -> list[Requirement]:
    """All that projects, scripts and groups state themselves, in one order."""
    found = [*problem.requirements, *_in_groups(problem.dependency_groups)]
    for root in problem.roots:
        found += [*root.requires_dist, *_in_groups(root.groups)]
    return found


def _in_groups(groups: _Groups) -> Iterable[Requirement]:
    return (each for _, group in groups for each in group)


def _without_specifiers(problem: Problem) -> Problem:
    """The problem as if nothing that is stated named versions."""
    groups = _unbound_groups(problem.dependency_groups)
    requirements = _unbound(problem.requirements)
    return replace(
        problem,
        roots=tuple(map(_unbound_root, problem.roots)),
        requirements=requirements,
        dependency_groups=groups,
        manifest=replace(problem.manifest, requirements=requirements, dependency_groups=groups),
    )


def _unbound_root(root: RootProject) -> RootProject:
    return replace(root, requires_dist=_unbound(root.requires_dist), groups=_unbound_groups(root.groups))


def _unbound_groups(groups: _Groups) -> _Groups:
    return tuple((name, _unbound(group)) for name, group in groups)


def _unbound(requirements: Iterable[Requirement]) -> tuple[Requirement, ...]:
    return tuple(replace(each, specifier=SpecifierSet()) for each in requirements)
