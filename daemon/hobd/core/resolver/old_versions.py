"""What of an old lock a new resolution starts from: versions that are taken again where they fit (uv-lock.md 4.4, section 5)."""

from typing import Literal

from packaging.version import Version

from hobd.core.lockfile.model import Lock, LockedPackage
from hobd.core.markers import RequiresPython
from hobd.core.resolver.problem import Preference, RootProject
from hobd.core.vocab.names import Name
from hobd.core.vocab.settings import Upgrade
from hobd.core.vocab.source import Git, Registry

Keep = Literal["nothing", "versions", "versions and forks"]
"""What of the old lock a new resolution starts from (uv-lock.md, section 5)."""


def preferences_of(
    lock: Lock | None, upgrade: Upgrade, roots: tuple[RootProject, ...], keep: Keep
) -> tuple[tuple[Name, tuple[Preference, ...]], ...]:
    """The versions of the old lock, without those that are to be upgraded; sorted by name."""
    if lock is None or keep == "nothing" or upgrade.everything:
        return ()
    upgraded = upgrade.packages | upgraded_by_group(upgrade, roots)
    found: dict[Name, list[Preference]] = {}
    for package in lock.packages:
        if package.version is not None and package.name not in upgraded:
            found.setdefault(package.name, []).append(_preference(package, package.version, lock.requires_python))
    return tuple((name, tuple(preferences)) for name, preferences in sorted(found.items()))


def _preference(package: LockedPackage, version: Version, python: RequiresPython) -> Preference:
    """The preference for a version, within the Pythons of the lock: its markers do not say them."""
    index = package.source.url if isinstance(package.source, Registry) else None
    return Preference(version=version, index=index, markers=tuple(marker.complexify(python) for marker in package.resolution_markers))


def upgraded_by_group(upgrade: Upgrade, roots: tuple[RootProject, ...]) -> frozenset[Name]:
    """The direct requirements of the groups that are to be upgraded."""
    return frozenset(requirement.name for root in roots for name, group in root.groups if name in upgrade.groups for requirement in group)


def git_pins(lock: Lock | None, upgrade: Upgrade, roots: tuple[RootProject, ...]) -> tuple[Git, ...]:
    """The repositories of the old lock with the commits that they stood at: branches only move with an upgrade (SRC-3)."""
    if lock is None or upgrade.everything:
        return ()
    upgraded = upgrade.packages | upgraded_by_group(upgrade, roots)
    return tuple(package.source for package in lock.packages if isinstance(package.source, Git) and package.name not in upgraded)
