"""The work of the solver in lines, as `-v` tells it: uv's own words where uv has them."""

from collections.abc import Iterator

from hobd.core.resolver.cuts import comparisons
from hobd.core.resolver.dependencies import Dependency
from hobd.core.resolver.environment import Environment
from hobd.core.resolver.events import (
    Backjumped,
    Clashed,
    Event,
    ForkCompleted,
    ForkOpened,
    ForkSplit,
    Needed,
    Nothing,
    Refused,
    Reranked,
    Searching,
    Selected,
)
from hobd.core.resolver.sources import show
from hobd.core.resolver.versions import VersionSet


def trace(event: Event, folder: str) -> Iterator[str]:
    """The lines of one event.

    Args:
        folder: absolute, of the lock: local sources are told by where they are.
    """
    match event:
        case Searching(package, versions, source):
            place = "" if source is None else f" @ `{show(source, folder)}`"
            yield f"Searching for a compatible version of {package}{place} ({_range(versions)})"
        case Selected(package, place, filename, is_preference):
            kind = "preference" if is_preference else "compatible"
            yield f"Selecting: {package.name}=={place} [{kind}] ({filename})"
        case Needed(package, place, dependencies, is_first_party):
            for each in dependencies:
                lead = "Adding direct dependency" if is_first_party else f"Adding transitive dependency for {package}=={place}"
                yield f"{lead}: {_needed(each)}"
        case Nothing(package):
            yield f"No compatible version found for: {package}"
        case Refused(package, place, rejection):
            yield f"Not using {package}=={place}, which {rejection.sentence(is_plural=False)}"
        case Clashed(package, culprits, is_dependency):
            kind = "dependency" if is_dependency else "unit propagation"
            yield f"Recording {kind} conflict of {package} from incompatibility of ({', '.join(map(str, culprits))})"
        case Backjumped(count):
            yield f"Backtracked {count} decision{'' if count == 1 else 's'}"
        case Reranked(package, is_culprit):
            blame, change = ("culprit", "deprioritizing and backtracking") if is_culprit else ("affected", "prioritizing")
            yield f"Package {package} has too many conflicts ({blame}), {change}"
        case _:
            yield from _fork(event)


def _fork(event: Event) -> Iterator[str]:
    match event:
        case ForkOpened(environment):
            yield f"Solving {_place(environment)}"
        case ForkSplit(package, place, environments):
            version = "" if place is None else f"=={place}"
            parts = ", ".join(map(str, environments))
            yield f"Splitting resolution on {package}{version} into {len(environments)} resolutions ({parts})"
        case ForkCompleted(environment, count, tried):
            if tried:
                listed = ", ".join(f"{name} {number}" for name, number in tried)
                yield f"Tried {sum(number for _, number in tried)} versions: {listed}"
            yield f"Distinct solution for {_place(environment)} with {count} package(s)"


def _place(environment: Environment) -> str:
    return environment.describe() or "all marker environments"


def _needed(dependency: Dependency) -> str:
    return f"{dependency.package}{_range(dependency.versions)}"


def _range(versions: VersionSet) -> str:
    return " | ".join(", ".join(comparisons(low, high)) or "*" for low, high in versions.intervals()) or "∅"
