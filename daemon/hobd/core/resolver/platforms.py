"""Platforms that a version without source distribution leaves out (uv-lock.md 4.6)."""

from collections import deque

from hobd.core.markers import FALSE, TRUE, Marker
from hobd.core.resolver.attempt import Decide, Reject, Split
from hobd.core.resolver.candidates import Candidate
from hobd.core.resolver.environment import Environment
from hobd.core.resolver.package import Kind, Package
from hobd.core.resolver.rejection import Rejection
from hobd.core.resolver.state import ForkState
from hobd.core.resolver.world import World
from hobd.core.tags import coverage, parse_wheel_name

_SYSTEMS = tuple(Marker.parse(f"sys_platform == '{name}'") for name in ("darwin", "linux", "win32"))
_LABELS = dict(zip(_SYSTEMS, ("macOS", "Linux", "Windows"), strict=True))


def split_for_platform(world: World, state: ForkState, package: Package, candidate: Candidate) -> Reject | Split | None:
    """Where a required platform has no usable file: split it off, or reject the version; None where all are served."""
    environment = state.environment
    for required in (*world.problem.environments, *world.problem.required_environments):
        covered = candidate.coverage & environment.marker
        if not environment.admits(required) or not covered.is_disjoint(required) or needed_on(state, package).is_disjoint(required):
            continue
        parts = divide(environment, required.restrict(required | covered))
        if parts is None:
            return Reject(candidate.place, no_wheels_for(required))
        return Split(tuple((part, None) for part in parts))
    return None


def may_miss_platforms(world: World, candidate: Candidate) -> bool:
    """Whether some required platform may have no usable file of a version: `split_for_platform` finds out."""
    if not (world.problem.environments or world.problem.required_environments):
        return False
    return candidate.sdist is None and not candidate.coverage.is_true


def uncovered(world: World, state: ForkState, package: Package, wheel: str) -> Rejection | None:
    """Why a direct wheel cannot be used: a required platform that it does not serve."""
    covered = coverage(parse_wheel_name(wheel))
    for required in (*world.problem.environments, *world.problem.required_environments):
        if state.environment.admits(required) and covered.is_disjoint(required) and not needed_on(state, package).is_disjoint(required):
            return no_wheels_for(required)
    return None


def split_for_local_version(environment: Environment, local: Candidate, public: Candidate) -> Decide | Split:
    """Take a local version where it can be installed, and the public one where only that can."""
    remainder = public.coverage & ~local.coverage
    if remainder.is_false or not environment.admits(remainder):
        return Decide(local.place)
    if not environment.admits(local.coverage):
        return Decide(public.place)
    for system in _SYSTEMS:
        if local.coverage.is_disjoint(system) and not remainder.is_disjoint(system):
            remainder |= system
    parts = divide(environment, remainder)
    if parts is None:
        return Decide(local.place)
    return Split(((parts[0], public.place), (parts[1], local.place)))


def divide(environment: Environment, marker: Marker) -> tuple[Environment, Environment] | None:
    """The parts with and without a marker; None where one of them is empty."""
    if not environment.admits(marker) or not environment.admits(~marker):
        return None
    return environment.narrowed(marker), environment.narrowed(~marker)


def no_wheels_for(required: Marker) -> Rejection:
    """The version has no wheels for a platform."""
    label = _LABELS.get(required)
    if label is None:
        text = required.to_text()
        label = None if text is None else f"`{text}`"
    return Rejection(verb="has", what=f"no {label}-compatible wheels" if label else "no compatible wheels")


def needed_on(state: ForkState, package: Package) -> Marker:
    """Where a package is required, as far as the fork's search knows."""
    ancestors = _ancestors(state, package)
    root = next((each for each in ancestors if each.kind is Kind.ROOT), None)
    if root is None:
        return FALSE
    found: dict[Package, Marker] = {root: TRUE}
    queue = deque([root])
    while queue:
        current = queue.popleft()
        for child in _children(state, current):
            if child not in ancestors:
                continue
            marker = found.get(child, FALSE) | (child.marker & found[current])
            if marker != found.get(child):
                found[child] = marker
                queue.append(child)
    return found.get(package, FALSE)


def _ancestors(state: ForkState, package: Package) -> set[Package]:
    found, stack = {package}, [package]
    while stack:
        current = stack.pop()
        for need in state.search.demands(current):
            if need.dependent not in found:
                found.add(need.dependent)
                stack.append(need.dependent)
    return found


def _children(state: ForkState, package: Package) -> list[Package]:
    return [need.on for need in state.search.needs(package)]
