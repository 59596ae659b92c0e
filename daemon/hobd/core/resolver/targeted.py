"""Choosing where there is one environment: nothing splits, what is installed may stay, and Python has to fit at once.

installed? ─in range─→ stays, unless it is to be upgraded
    │ no                            └─ then it stays where nothing better is to be had
    ▼
page ── chooser ─→ candidate ─→ usable? ─→ builds admit it? ─→ Python admits it? ─→ decide
"""

from hobd.core.resolver.attempt import Attempt, Decide, Reject
from hobd.core.resolver.candidates import Candidate
from hobd.core.resolver.pages import bounds_of
from hobd.core.resolver.rejection import requires_python
from hobd.core.resolver.target import Target
from hobd.core.resolver.versions import Point, VersionSet, releases_between
from hobd.core.resolver.world import World
from hobd.core.vocab.names import Name


def keep_installed(world: World, name: Name, wanted: VersionSet, found: Candidate | None, *, descending: bool) -> Decide | None:
    """The installed version, where that is to be taken.

    Args:
        found: the best that the indexes have; not looked at unless the name is to be upgraded.
        descending: whether higher versions are better.
    """
    target, installed = world.problem.target, world.installed.get(name)
    if target is None or installed is None or installed[0] not in wanted:
        return None
    place = installed[0]
    if not target.may_improve(name) or found is None:
        return Decide(place)
    return Decide(place) if (place >= found.place if descending else place <= found.place) else None


def choose_here(world: World, target: Target, candidate: Candidate) -> Attempt:
    """Whether a usable version admits the Python that is solved for, and the one that would build it."""
    text = candidate.requires_python
    if text is None:
        return Decide(candidate.place)
    lower = world.pages.lower_python(text)
    if not candidate.wheels and target.builds_with is not None and lower > world.pages.lower_python(f">={target.builds_with}"):
        return needs_python(candidate.place, text, is_for_build=True)
    if lower > world.problem.requires_python.bounds.lower_order:
        return needs_python(candidate.place, text)
    return Decide(candidate.place)


def needs_python(place: Point, text: str, *, is_for_build: bool = False) -> Reject:
    """The version needs another Python than there is."""
    bounds = bounds_of(text)
    return Reject(place, requires_python(text), releases_between(bounds.lower, bounds.upper), is_for_build)
