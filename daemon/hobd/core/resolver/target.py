"""The one environment that a resolution is for, where it is not for all of a project's (uv-lock.md 4, of `pip`)."""

from collections.abc import Mapping

from msgspec import Struct
from packaging.version import Version

from hobd.core.tags import Tags
from hobd.core.vocab.metadata import Metadata
from hobd.core.vocab.names import Name
from hobd.core.vocab.source import Registry

INSTALLED = Registry("installed")
"""Stands for the environment itself where indexes are meant: what is there needs no index."""


class InstalledVersion(Struct, frozen=True, kw_only=True):
    """A distribution that is in the environment already."""

    name: Name
    version: Version
    metadata: Metadata


class Target(Struct, frozen=True, kw_only=True):
    """What markers and wheels have to fit."""

    values: Mapping[str, str]
    """Of markers, by their names in PEP 508."""
    tags: Tags
    implementation: str = "CPython"
    """As people write it, for hints."""
    is_requested: bool = False
    """Whether the user named the Python version (`--python-version`): then it need not be that of an interpreter that is here."""
    builds_with: Version | None = None
    """The Python that builds run with, where that is another one: source distributions have to admit it too."""
    installed: tuple[InstalledVersion, ...] = ()
    """What may stay as it is: names that are to be reinstalled are left out."""
    upgrades_everything: bool = False
    upgrades: frozenset[Name] = frozenset()
    """Names of which what is installed counts only where nothing better is to be had."""

    def may_improve(self, name: Name) -> bool:
        """Whether another version than the installed one is to be looked for."""
        return self.upgrades_everything or name in self.upgrades
