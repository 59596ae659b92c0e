"""Which dependency groups are wanted (SYN-7)."""

from msgspec import Struct

from hobd.core.lockfile.model import LockedPackage
from hobd.core.vocab.names import Name

DEFAULT_GROUPS = ("dev",)


class GroupWishes(Struct, frozen=True, kw_only=True):
    """`--group`, `--no-group`, `--only-group` and their kin. Exclusions win."""

    include: frozenset[Name] = frozenset()
    """`--group`, `--dev`."""
    only: frozenset[Name] = frozenset()
    """`--only-group`, `--only-dev`: then the projects themselves are left out, and the default groups."""
    exclude: frozenset[Name] = frozenset()
    """`--no-group`, `--no-dev`."""
    switched: frozenset[Name] = frozenset()
    """Of these what was told by a switch alone, `--dev` and its kin: such a group need not exist."""
    everything: bool = False
    """`--all-groups`."""
    no_defaults: bool = False
    """`--no-default-groups`."""
    defaults: tuple[str, ...] | str | None = None
    """The default groups of the project that is asked from, which hold for all members; None: each member's own."""

    @property
    def is_only(self) -> bool:
        """Whether groups alone are wanted."""
        return bool(self.only)

    @property
    def named(self) -> frozenset[Name]:
        """All groups that were named: each must exist."""
        return (self.include | self.only | self.exclude) - self.switched

    def asks_for(self, group: Name) -> bool:
        """Whether a group is wanted because it was asked for, not because it is a default."""
        return group not in self.exclude and (self.everything or group in self.include or group in self.only)

    def wants(self, group: Name, package: LockedPackage) -> bool:
        """Whether a package's group is wanted."""
        return self.asks_for(group) or self._is_wanted_default(group, package.default_groups)

    def wants_of_manifest(self, group: Name, defaults: tuple[str, ...] | str | None) -> bool:
        """Whether a group of a root without `[project]` is wanted."""
        return self.asks_for(group) or self._is_wanted_default(group, defaults)

    def _is_wanted_default(self, group: Name, defaults: tuple[str, ...] | str | None) -> bool:
        if self.no_defaults or self.is_only or group in self.exclude:
            return False
        chosen = defaults if self.defaults is None else self.defaults
        return chosen == "all" or group in (DEFAULT_GROUPS if chosen is None or isinstance(chosen, str) else chosen)


def known_groups(package: LockedPackage) -> tuple[Name, ...]:
    """The groups that a package has, empty ones too."""
    recorded = () if package.metadata is None else tuple(name for name, _ in package.metadata.requires_dev)
    return tuple(dict.fromkeys((*(name for name, _ in package.dev_dependencies), *recorded)))


def known_extras(package: LockedPackage) -> tuple[Name, ...]:
    """The extras that a package has, empty ones too."""
    recorded = () if package.metadata is None else package.metadata.provides_extras
    return tuple(dict.fromkeys((*(name for name, _ in package.optional_dependencies), *recorded)))
