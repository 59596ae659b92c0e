"""Choosing a version for a package in a fork: what to try, what cannot be used there, and where environments differ.

direct source ── its one version ─→ in range? Python?
index ── page ── chooser ─→ candidate ─→ usable? ─→ Python? ─→ platforms? ─→ local version? ─→ decide
                                                      └──────── split ────────┘
"""

from hobd.core.markers import Marker, PythonBounds
from hobd.core.resolver.attempt import Attempt, Decide, Forbid, Reject, Split
from hobd.core.resolver.candidates import Candidate, no_wheels_for
from hobd.core.resolver.environment import Environment
from hobd.core.resolver.package import Kind, Package
from hobd.core.resolver.page_versions import Versions
from hobd.core.resolver.pages import bounds_of
from hobd.core.resolver.platforms import may_miss_platforms, split_for_local_version, split_for_platform, uncovered
from hobd.core.resolver.rejection import Rejection
from hobd.core.resolver.state import ForkState
from hobd.core.resolver.targeted import choose_here, keep_installed, needs_python
from hobd.core.resolver.versions import VersionSet
from hobd.core.resolver.world import ROOT_PLACE, World
from hobd.core.tags import fits_python, parse_wheel_name
from hobd.core.vocab.names import Name
from hobd.core.vocab.source import Path, Source, Url


def choose(world: World, state: ForkState, package: Package) -> Attempt:
    """What to try for a package next.

    A version that was chosen for the same range before is chosen again: nothing that the choice rests on has changed.
    """
    if package.kind is Kind.ROOT:
        return Decide(ROOT_PLACE)
    if package.name is None:
        return Forbid()  # no version of Python can be chosen: it only tells why something else cannot
    known = state.search.known(package)
    assert known is not None
    source = state.direct.get(package.name)
    if source is not None:
        return _choose_direct(world, state, package, source, known.versions)
    earlier = state.chosen.get(package)
    if earlier is not None and earlier[0] == known.versions:
        return Decide(earlier[1])
    attempt = _choose_indexed(world, state, package, known.versions)
    if isinstance(attempt, Decide) and package.name not in state.indexes:
        state.chosen[package] = (known.versions, attempt.place)
    return attempt


def _choose_direct(world: World, state: ForkState, package: Package, source: Source, wanted: VersionSet) -> Attempt:
    """The one version of a direct source, if it is in range and fits the fork's Pythons."""
    assert package.name is not None
    metadata = world.direct_metadata(package.name, source)
    if isinstance(metadata, Rejection):
        return Forbid(metadata if package.kind is Kind.PACKAGE else None)
    place = world.place_of(metadata.version)
    if place not in wanted:
        return Forbid()
    wheel = _wheel_of(source)
    if wheel is not None:
        if not fits_python(parse_wheel_name(wheel), world.problem.requires_python.bounds):
            return Reject(place, no_wheels_for(world.problem.requires_python.bounds))
        missing = uncovered(world, state, package, wheel)
        if missing is not None:
            return Reject(place, missing)
    text = None if metadata.requires_python is None else str(metadata.requires_python)
    return Decide(place) if text is None or _fits(world, text, state.environment.python) else needs_python(place, text)


def _wheel_of(source: Source) -> str | None:
    """The file name of a direct wheel."""
    text = source.url if isinstance(source, Url) else source.path if isinstance(source, Path) else ""
    name = text.rpartition("/")[2].partition("?")[0]
    return name if name.endswith(".whl") else None


def _choose_indexed(world: World, state: ForkState, package: Package, wanted: VersionSet) -> Attempt:
    assert package.name is not None
    index = state.indexes.get(package.name)
    versions = world.pages.of(package.name, index)
    chooser, environment = world.chooser, state.environment
    found = versions if isinstance(versions, Versions) else None
    if found is not None and index is None and (settled := _choose_settled(world, state, package.name, found, wanted)) is not None:
        return settled
    candidate = None if found is None else chooser.choose(package.name, found, wanted, index, environment)
    kept = keep_installed(world, package.name, wanted, candidate, descending=chooser.prefers_high(package.name, environment))
    if kept is not None:
        return kept
    if isinstance(versions, Rejection):
        return Forbid(versions if package.kind is Kind.PACKAGE else None)
    if candidate is None:
        return Forbid()
    if candidate.rejection is not None:
        return Reject(candidate.place, candidate.rejection)
    if world.problem.target is not None:
        return choose_here(world, world.problem.target, candidate)
    text = candidate.requires_python
    if text is not None and not _fits(world, text, state.environment.python):
        return split_by_python(world, state.environment, text) or needs_python(candidate.place, text)
    if not candidate.has_file_below(state.environment.python.upper):
        return Reject(candidate.place, no_wheels_for(world.problem.requires_python.bounds))
    return _choose_by_platform(world, state, package, candidate, versions, wanted)


def _choose_settled(world: World, state: ForkState, name: Name, versions: Versions, wanted: VersionSet) -> Decide | None:
    """What the long way comes to for nearly every package of a lock: its old version, of which nothing splits anything."""
    place, python = world.chooser.settled(name), state.environment.python
    if place is None or place not in wanted or versions.has_locals or world.problem.target is not None:
        return None
    candidate = versions.find_first(place)
    if candidate is None or candidate.rejection is not None or may_miss_platforms(world, candidate):
        return None
    text = candidate.requires_python
    fits = (text is None or _fits(world, text, python)) and candidate.has_file_below(python.upper)
    return Decide(place) if fits else None


def _choose_by_platform(
    world: World, state: ForkState, package: Package, candidate: Candidate, versions: Versions, wanted: VersionSet
) -> Attempt:
    """A version without source distribution may leave out platforms that matter."""
    if candidate.sdist is not None or candidate.coverage.is_true:
        return Decide(candidate.place)
    missing = split_for_platform(world, state, package, candidate)
    if missing is not None:
        return missing
    if candidate.place.version.local is None:
        return Decide(candidate.place)
    public = world.place_of(candidate.place.version.__replace__(local=None))
    assert package.name is not None
    base = world.chooser.choose(package.name, versions, wanted & public.only, state.indexes.get(package.name), state.environment)
    if base is None or base.rejection is not None:
        return Decide(candidate.place)
    return split_for_local_version(state.environment, candidate, base)


def _fits(world: World, text: str, python: PythonBounds) -> bool:
    """Whether a distribution admits the oldest Python of a fork; newer ones do not count (2.2)."""
    return world.pages.lower_python(text) <= python.lower_order


def split_by_python(world: World, environment: Environment, text: str) -> Split | None:
    """Split where a distribution's Pythons begin, the newer part solved first; None where that cuts nothing off."""
    if world.problem.fork_strategy != "requires-python" or environment.is_single:
        return None
    limit = bounds_of(text).lower
    older = environment.python.intersect(PythonBounds(None, limit))
    newer = environment.python.intersect(PythonBounds(limit, None))
    if limit is None or older.is_empty or newer.is_empty:
        return None
    markers = [_marker_of(older), _marker_of(newer)]
    return Split(tuple((environment.narrowed(marker), None) for marker in markers if environment.admits(marker)))


def _marker_of(python: PythonBounds) -> Marker:
    return Environment.everywhere(python).python_marker
