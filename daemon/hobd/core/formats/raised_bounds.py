"""Raising what a requirement allows to versions that it left out (features.md, ADD-16).

    requirement  ─relaxed─→ without what keeps new versions away ─solve─→ versions ─raised─→ requirement that admits them
    >=1,<2,!=1.5            >=1,!=1.5                                     2.4               >=1,<3,!=1.5

Each comparison keeps its operator and its number of parts, and those that admit the versions stay as they are.
"""

from collections.abc import Collection, Iterable

from packaging.specifiers import Specifier, SpecifierSet
from packaging.version import Version

_LOWER = (">", ">=", "!=")
"""They keep no new version away."""


def relaxed(specifiers: SpecifierSet) -> SpecifierSet:
    """The specifiers without upper and exact bounds; `~=` becomes its lower bound."""
    kept = [each for each in specifiers if each.operator in _LOWER]
    kept += [Specifier(f">={each.version}") for each in specifiers if each.operator == "~="]
    return SpecifierSet(kept)


def raised(specifiers: SpecifierSet, versions: Collection[Version]) -> SpecifierSet | None:
    """The specifiers, changed where they leave out a version.

    Args:
        specifiers: of one requirement.
        versions: that it is to admit; several where a lock holds one for each of some environments.
    Returns:
        None where no change of bounds admits them all: an exclusion stands against it, or `==` against two.
    """
    found = SpecifierSet(_raised(each, versions) for each in specifiers)
    return found if all(found.contains(version, prereleases=True) for version in versions) else None


def _raised(specifier: Specifier, versions: Collection[Version]) -> Specifier:
    if specifier.operator in _LOWER or all(specifier.contains(version, prereleases=True) for version in versions):
        return specifier
    lowest, highest = min(versions), max(versions)
    operator, is_prefix = specifier.operator, specifier.version.endswith(".*")
    parts = len(Version(specifier.version.removesuffix(".*")).release)
    if operator == "~=":
        version = _release_text(lowest, _cut(lowest, parts)) + lowest.public.removeprefix(lowest.base_version)
    elif operator == "<":
        *head, last = _cut(highest, parts)
        version = _release_text(highest, (*head, last + 1))
    elif operator == "<=":
        version = highest.public
    else:
        version = f"{_release_text(lowest, _cut(lowest, parts))}.*" if is_prefix else str(lowest)
    return Specifier(f"{operator}{version}")


def _cut(version: Version, parts: int) -> tuple[int, ...]:
    """The release in that many parts."""
    return (*version.release, *(0 for _ in range(parts)))[:parts]


def _release_text(version: Version, release: Iterable[int]) -> str:
    """A release in the epoch of a version."""
    return (f"{version.epoch}!" if version.epoch else "") + ".".join(map(str, release))
