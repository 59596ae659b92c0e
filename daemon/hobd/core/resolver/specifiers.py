"""Version specifiers as sets of versions (PEP 440; uv-lock.md 4.2)."""

from collections.abc import Callable
from functools import lru_cache

from packaging.specifiers import Specifier, SpecifierSet
from packaging.version import Version

from hobd.core.resolver.cuts import BOTTOM, TOP, Cut, before, before_release, behind_locals, behind_posts
from hobd.core.resolver.versions import EVERY_VERSION, VersionSet, point


def versions_matching(specifiers: SpecifierSet) -> VersionSet:
    """The versions that satisfy all of the specifiers; all versions for an empty list. Pre-releases are like any other."""
    result = EVERY_VERSION
    for specifier in specifiers:
        result &= versions_of(specifier)
    return result


def versions_of(specifier: Specifier) -> VersionSet:
    """The versions that satisfy one comparison.

    `==1.0` includes `1.0+anything`; `<1.0` and `<1.0.post1` exclude pre-releases of their version unless it is one
    itself; `>1.0` excludes `1.0.postN` and `1.0+local`.
    """
    return _versions_of(specifier.operator, specifier.version)


@lru_cache(maxsize=8192)
def _versions_of(operator: str, text: str) -> VersionSet:
    """Asked by text: `1` and `1.0` are equal, and told as they are written."""
    if text.endswith(".*"):
        series = VersionSet(_series(Version(text.removesuffix(".*"))))
        return ~series if operator == "!=" else series
    version = Version(text)
    if operator == "!=":
        return ~VersionSet(_equal(version))
    return VersionSet(_INTERVALS[operator](version))


def _series(version: Version) -> tuple[Cut, Cut]:
    """`==X.*`: everything that begins like this."""
    if version.post is not None:
        following = version.__replace__(post=version.post + 1, dev=0)
        return before(version.__replace__(dev=0)), before(following)
    if version.pre is not None:
        following = version.__replace__(pre=(version.pre[0], version.pre[1] + 1), dev=0)
        return before(version.__replace__(dev=0)), before(following)
    release = version.release
    return before_release(version.epoch, release), before_release(version.epoch, (*release[:-1], release[-1] + 1))


def _equal(version: Version) -> tuple[Cut, Cut]:
    if version.local is not None:
        place = point(version)
        return place.before, place.behind
    return before(version), behind_locals(version)


def _exactly(version: Version) -> tuple[Cut, Cut]:
    place = point(version)
    return place.before, place.behind


def _compatible(version: Version) -> tuple[Cut, Cut]:
    prefix = version.release[:-1]
    return before(version), before_release(version.epoch, (*prefix[:-1], prefix[-1] + 1))


def _less(version: Version) -> tuple[Cut, Cut]:
    if version.is_prerelease:
        return BOTTOM, before(version)
    if version.post is not None:
        return BOTTOM, before(version.__replace__(dev=0))
    return BOTTOM, before_release(version.epoch, version.release, text=str(version))


def _greater(version: Version) -> tuple[Cut, Cut]:
    if version.dev is not None:
        return before(version.__replace__(dev=version.dev + 1, local=None)), TOP
    return (behind_locals if version.post is not None else behind_posts)(version), TOP


_INTERVALS: dict[str, Callable[[Version], tuple[Cut, Cut]]] = {
    "==": _equal,
    "===": _exactly,
    "~=": _compatible,
    "<": _less,
    "<=": lambda version: (BOTTOM, behind_locals(version)),
    ">": _greater,
    ">=": lambda version: (before(version), TOP),
}
