"""Whether an old lock still fits, and if not, what of it can be used (uv-lock.md section 5).

    valid        nothing has to be resolved
    preferable   its versions and its forks are where the new resolution begins
    versions     only its versions are
    unusable     nothing is

The checks stand in the order in which they decide: the first hit wins, the gravest come first.
"""

from collections.abc import Callable, Mapping
from enum import Enum
from functools import reduce
from operator import or_

from msgspec import Struct, field

from hobd.core.lockfile.cutoff_change import describe_cutoff_change
from hobd.core.lockfile.model import Lock
from hobd.core.lockfile.satisfaction import LocalFacts, find_mismatch
from hobd.core.markers import FALSE, TRUE, Marker, RequiresPython
from hobd.core.resolver.problem import Problem
from hobd.core.vocab.source import Registry, Source


class Freshness(Enum):
    """What of an old lock can be used."""

    VALID = "valid"
    PREFERABLE = "preferable"
    VERSIONS = "versions"
    UNUSABLE = "unusable"


class Upgrade(Enum):
    """What was asked to be upgraded."""

    NOTHING = "nothing"
    SOME = "some"
    """`--upgrade-package`, `--upgrade-group`."""
    EVERYTHING = "everything"
    """`--upgrade`."""


class Verdict(Struct, frozen=True, kw_only=True):
    """What of a lock can be used, and why not all of it."""

    freshness: Freshness
    reason: str = ""
    """For the log; empty for a valid lock."""
    notice: str | None = None
    """A sentence that the user is told on stderr."""
    is_warning: bool = False
    """Whether the notice is a warning."""

    @property
    def is_valid(self) -> bool:
        """Whether nothing has to be resolved."""
        return self.freshness is Freshness.VALID


class Circumstances(Struct, frozen=True, kw_only=True):
    """What counts besides the lock and the problem."""

    root: str
    """The absolute path of the lock's folder: what paths are relative to."""
    local: Mapping[Source, LocalFacts] = field(default_factory=dict)
    """What the packages of `packages_to_read` say now. One that is left out is trusted: a URL while offline."""
    indexes: frozenset[Registry] | None = None
    """The configured indexes that may be used, as a lock writes them; None where none is configured at all."""
    hash_algorithms: Mapping[str, str] = field(default_factory=dict)
    """The algorithm that an index is configured to want, by its URL as a lock writes it."""
    upgrade: Upgrade = Upgrade.NOTHING
    is_refresh: bool = False
    """Whether something is to be asked again although the cache has it."""


def judge(lock: Lock, problem: Problem, circumstances: Circumstances) -> Verdict:
    """What of an old lock can be used for a problem."""
    for check in _CHECKS:
        verdict = check(lock, problem, circumstances)
        if verdict is not None:
            return verdict
    return Verdict(freshness=Freshness.VALID)


def _modes(lock: Lock, problem: Problem, _: Circumstances) -> Verdict | None:
    was, wanted = lock.options, problem.options
    for name, old, new in (
        ("resolution mode", was.resolution_mode, wanted.resolution_mode),
        ("fork strategy", was.fork_strategy, wanted.fork_strategy),
    ):
        if old != new:
            notice = f"Ignoring existing lockfile due to change in {name}: `{old}` vs. `{new}`"
            return Verdict(freshness=Freshness.UNUSABLE, reason=f"the {name} changed", notice=notice)
    return None


def _cutoffs(lock: Lock, problem: Problem, _: Circumstances) -> Verdict | None:
    change = describe_cutoff_change(lock, problem.options, moment=problem.cutoff.before)
    if change is None:
        return None
    notice = f"Resolving despite existing lockfile due to {change}"
    return Verdict(freshness=Freshness.PREFERABLE, reason="the cut-off of uploads changed", notice=notice)


def _upgrade(_: Lock, __: Problem, circumstances: Circumstances) -> Verdict | None:
    if circumstances.upgrade is not Upgrade.EVERYTHING:
        return None
    return Verdict(freshness=Freshness.UNUSABLE, reason="everything is to be upgraded")


def _coverage(lock: Lock, problem: Problem, _: Circumstances) -> Verdict | None:
    """Forks must cover what the lock is for, and must not miss the new Pythons altogether."""
    covered, supported = _fork_union(lock), _supported(lock)
    if not (~covered).is_disjoint(supported):
        return _coverage_warning("fork markers not covering the supported environments", covered, supported)
    pythons = _python_marker(problem.requires_python)
    if covered.is_disjoint(pythons):
        return _coverage_warning("fork markers being disjoint with `requires-python`", covered, pythons)
    return None


def _coverage_warning(cause: str, left: Marker, right: Marker) -> Verdict:
    texts = " vs ".join(f"`{marker.to_text() or 'true'}`" for marker in (left, right))
    notice = f"Resolving despite existing lockfile due to {cause}: {texts}"
    return Verdict(freshness=Freshness.VERSIONS, reason=cause, notice=notice, is_warning=True)


def _fork_union(lock: Lock) -> Marker:
    """Where the lock holds: the union of its forks, extras aside; without forks all its Pythons."""
    if not lock.resolution_markers:
        return _python_marker(lock.requires_python)
    forks = (marker.complexify(lock.requires_python).without_extras() for marker in lock.resolution_markers)
    return reduce(or_, forks, FALSE)


def _supported(lock: Lock) -> Marker:
    """What the lock is for: its Pythons, within the supported environments."""
    pythons = _python_marker(lock.requires_python)
    if not lock.supported_markers:
        return pythons
    return pythons & reduce(or_, (marker.complexify(lock.requires_python) for marker in lock.supported_markers), FALSE)


def _python_marker(requires_python: RequiresPython) -> Marker:
    return TRUE.complexify(requires_python)


def _shape(lock: Lock, problem: Problem, _: Circumstances) -> Verdict | None:
    """What decides which forks there are."""
    bounds = lock.requires_python
    simplified = [
        (lock.supported_markers, problem.environments, "the supported environments changed"),
        (lock.required_markers, problem.required_environments, "the required environments changed"),
    ]
    for was, wanted, reason in simplified:
        if list(was) != [marker.simplify(bounds) for marker in wanted]:
            return Verdict(freshness=Freshness.VERSIONS, reason=reason)
    if lock.options.minimum_libc_version != problem.options.minimum_libc_version:
        return Verdict(freshness=Freshness.VERSIONS, reason="the minimum libc version changed")
    if list(map(frozenset, lock.conflicts)) != list(map(frozenset, problem.conflicts)):
        return Verdict(freshness=Freshness.VERSIONS, reason="the conflicts changed")
    return None


def _pythons(lock: Lock, problem: Problem, _: Circumstances) -> Verdict | None:
    """Only the bounds count: holes and spelling change nothing in a lock."""
    was, wanted = lock.requires_python.bounds, problem.requires_python.bounds
    if (was.lower_order, was.upper_order) == (wanted.lower_order, wanted.upper_order):
        return None
    reason = f"`requires-python` changed from `{lock.requires_python}` to `{problem.requires_python}`"
    return Verdict(freshness=Freshness.VERSIONS if lock.resolution_markers else Freshness.PREFERABLE, reason=reason)


def _prereleases(lock: Lock, problem: Problem, _: Circumstances) -> Verdict | None:
    was, wanted = lock.options, problem.options
    if was.prerelease_mode != wanted.prerelease_mode:
        modes = f"`{was.prerelease_mode}` vs. `{wanted.prerelease_mode}`"
        notice = f"Resolving despite existing lockfile due to change in pre-release mode: {modes}"
        return Verdict(freshness=Freshness.PREFERABLE, reason="the pre-release mode changed", notice=notice)
    if dict(was.prerelease_package) != dict(wanted.prerelease_package):
        return Verdict(freshness=Freshness.PREFERABLE, reason="the pre-release mode of a package changed")
    return None


def _requests(lock: Lock, _: Problem, circumstances: Circumstances) -> Verdict | None:
    if circumstances.upgrade is Upgrade.SOME:
        return Verdict(freshness=Freshness.PREFERABLE, reason="some packages are to be upgraded")
    if not _has_wanted_hashes(lock, circumstances.hash_algorithms):
        return Verdict(freshness=Freshness.PREFERABLE, reason="an index wants another hash algorithm")
    if circumstances.is_refresh:
        return Verdict(freshness=Freshness.PREFERABLE, reason="the cache is to be refreshed")
    return None


def _has_wanted_hashes(lock: Lock, algorithms: Mapping[str, str]) -> bool:
    for package in lock.packages if algorithms else ():
        wanted = algorithms.get(package.source.url) if isinstance(package.source, Registry) else None
        files = (*package.wheels, *(() if package.sdist is None else (package.sdist,)))
        if wanted is not None and any(file.digest is None or file.digest.algorithm != wanted for file in files):
            return False
    return True


def _content(lock: Lock, problem: Problem, circumstances: Circumstances) -> Verdict | None:
    mismatch = find_mismatch(lock, problem, root=circumstances.root, local=circumstances.local, indexes=circumstances.indexes)
    return None if mismatch is None else Verdict(freshness=Freshness.PREFERABLE, reason=mismatch)


_CHECKS: tuple[Callable[[Lock, Problem, Circumstances], Verdict | None], ...] = (
    _modes,
    _cutoffs,
    _upgrade,
    _coverage,
    _shape,
    _pythons,
    _prereleases,
    _requests,
    _content,
)
