"""Which backend builds a project, and what it needs (PEP 518, PEP 517)."""

from dataclasses import dataclass

LEGACY_BACKEND = "setuptools.build_meta:__legacy__"
LEGACY_REQUIRES = ("setuptools >= 40.8.0",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """The build backend of a source tree."""

    requires: tuple[str, ...] = LEGACY_REQUIRES
    """PEP 508 texts."""
    name: str = LEGACY_BACKEND
    """`package.module:object`."""
    path: tuple[str, ...] = ()
    """Folders inside the source tree that hold the backend (`backend-path`), relative to it."""

    @property
    def shown(self) -> str:
        """The name as messages write it: with a dot in place of the colon."""
        return self.name.replace(":", ".")
