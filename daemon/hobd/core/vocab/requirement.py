"""A requirement: a name, what is asked of it, when, and where it is to come from (PEP 508, uv-lock.md 1.8)."""

from msgspec import Struct, field
from msgspec.structs import replace
from packaging.specifiers import SpecifierSet

from hobd.core.markers import TRUE, Marker
from hobd.core.vocab.names import Name
from hobd.core.vocab.source import Source


class ConflictItem(Struct, frozen=True, kw_only=True):
    """One item of a `conflicts` set: an extra or a group of a package, or (neither) the whole project."""

    package: Name
    extra: Name | None = None
    group: Name | None = None


class Requirement(Struct, frozen=True, kw_only=True):
    """What a project, a group or a distribution requires."""

    name: Name
    extras: tuple[Name, ...] = ()
    """In the order in which they were written."""
    groups: tuple[Name, ...] = ()
    specifier: SpecifierSet = field(default_factory=SpecifierSet)
    """Empty where any version will do, and for sources other than an index."""
    marker: Marker = TRUE
    """Canonical; requirements of an extra carry `extra == 'x'`."""
    source: Source | None = None
    """None: any configured index. A `Registry` pins the index; everything else is a direct source."""
    conflict: ConflictItem | None = None
    """The extra or group that an index source was declared for."""

    def under(self, marker: Marker) -> "Requirement":
        """The same requirement, and only where `marker` holds too."""
        return replace(self, marker=self.marker & marker)
