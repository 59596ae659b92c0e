"""Core metadata of a distribution, cut to what resolving needs."""

from msgspec import Struct
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from hobd.core.vocab.names import Name
from hobd.core.vocab.requirement import Requirement


class Metadata(Struct, frozen=True, kw_only=True):
    """What a distribution says about itself (core metadata 2.x)."""

    name: Name
    version: Version
    requires_dist: tuple[Requirement, ...] = ()
    """In file order; requirements of extras carry `extra == 'x'` in their marker."""
    requires_python: SpecifierSet | None = None
    provides_extras: tuple[Name, ...] = ()
    """In the order of declaration."""
    groups: tuple[tuple[Name, tuple[Requirement, ...]], ...] = ()
    """Dependency groups, includes flattened, of source trees only; sorted by name."""
    is_dynamic: bool = False
    """The version is made by the build: a lock does not record it."""
