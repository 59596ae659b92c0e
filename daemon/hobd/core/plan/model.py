"""Pins, what is installed, and the steps between them.

Lock ─select─→ Selection (pins) ─diff with Installed─→ Plan (remove, install, keep)
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from msgspec import Struct, field
from packaging.version import InvalidVersion, Version

from hobd.core.formats.cache_info import CacheInfo
from hobd.core.formats.direct_url import DirectUrl
from hobd.core.lockfile.model import LockedFile, LockedPackage
from hobd.core.vocab.digest import Digest
from hobd.core.vocab.names import Name
from hobd.core.vocab.source import Directory, Editable, Registry


class Pin(Struct, frozen=True, kw_only=True):
    """A package of the lock that is wanted, and the file to install it from."""

    package: LockedPackage
    index: int
    """Its place among the packages of the lock."""
    file: LockedFile | None = None
    """The chosen wheel or sdist; None where a folder or repository is built."""
    is_member: bool = False
    """Whether it is a project of the workspace."""
    is_by_hand: bool = False
    """Whether it was asked for without a lock: its origin then does not say that it is not editable."""
    promised: tuple[Digest, ...] = ()
    """The files that may be installed, where somebody said which; empty: any that the index has."""
    stays: bool = False
    """Whether it was chosen because it is installed: it is not compared."""

    @property
    def name(self) -> Name:
        """Of the package."""
        return self.package.name

    @property
    def is_wheel(self) -> bool:
        """Whether it need not be built."""
        return self.file is not None and self.file.name.endswith(".whl")

    @property
    def is_editable(self) -> bool:
        """Whether edits of its code are to take effect."""
        return isinstance(self.package.source, Editable)

    @property
    def is_local(self) -> bool:
        """Whether it is built from a folder."""
        return isinstance(self.package.source, Directory | Editable)

    def __str__(self) -> str:
        """`name==version`, or with the source where that says more."""
        version = "" if self.package.version is None else f"=={self.package.version}"
        return f"{self.name}{version}"


class Reason(Struct, frozen=True, kw_only=True):
    """How a package came to be wanted: the one that asked for it first."""

    parent: int | None
    """The place of the one that asks; None for what a script or a root without `[project]` requires."""
    extra: Name | None = None
    """The parent's extra that asks."""
    group: Name | None = None
    """The parent's group that asks."""


class Selection(Struct, frozen=True, kw_only=True):
    """What one environment is to hold."""

    pins: tuple[Pin, ...]
    """Sorted by name."""
    packages: tuple[LockedPackage, ...] = ()
    """All of the lock."""
    reasons: Mapping[int, Reason] = field(default_factory=dict)
    """Why each package is wanted, by its place; nothing for the roots."""
    active_extras: frozenset[str] = frozenset()
    """Encoded extras, groups and projects that hold (uv-lock.md 3.9); empty without conflicts."""

    def because(self, pin: Pin) -> str | None:
        """`` `c` (v1) was included because `app` (v0.1) depends on `b` (v2) which depends on `c` ``; None for a root."""
        steps: list[str] = []
        place = pin.index
        while (reason := self.reasons.get(place)) is not None and reason.parent is not None and len(steps) <= len(self.packages):
            steps.append(_described(self.packages[reason.parent], reason))
            place = reason.parent
        if not steps:
            return None
        first, *rest = reversed(steps)
        path = "".join(f"{step} which depends on " for step in rest)
        subject = _described(pin.package, None) if pin.is_wheel or isinstance(pin.package.source, Registry) else f"`{pin.name}`"
        return f"{subject} was included because {first} depends on {path}`{pin.name}`"


def _described(package: LockedPackage, reason: Reason | None) -> str:
    """`` `name` (v1.0) ``, with the extra or group that asks."""
    part = "" if reason is None else f"[{reason.extra}]" if reason.extra else f":{reason.group}" if reason.group else ""
    version = "" if package.version is None else f" (v{package.version})"
    return f"`{package.name}{part}`{version}"


class Installed(Struct, frozen=True, kw_only=True):
    """One distribution in an environment."""

    name: Name
    version: str
    """As its metadata's folder or file spells it."""
    location: Path
    """The `.dist-info` or `.egg-info` folder, the `.egg-info` file, or the `.egg-link`."""
    kind: str = "dist-info"
    """`dist-info`, `egg-info-folder`, `egg-info-file` or `egg-link`."""
    origin: DirectUrl | None = None
    """From `direct_url.json`."""
    cache_info: CacheInfo | None = None
    build_info: str | None = None
    """The text of `uv_build.json`; None where it was not built here."""
    tags: tuple[str, ...] = ()
    """Of the wheel that it came from, `py3-none-any`; empty where it does not say."""
    lacks_wheel_file: bool = False
    """Whether it is a `.dist-info` without WHEEL."""
    installer: str | None = None
    is_broken: bool = False
    """Its metadata lacks RECORD or METADATA, or nothing but its metadata is left: it cannot be relied upon, nor removed cleanly."""

    @property
    def folder(self) -> Path:
        """The folder of packages that it is in."""
        return self.location.parent

    @property
    def parsed_version(self) -> Version | None:
        """None where it is none: old tools wrote what they liked."""
        return _parsed(self.version)

    @property
    def version_text(self) -> str:
        """As listings show it: normalized."""
        parsed = self.parsed_version
        return self.version if parsed is None else str(parsed)

    def has_version(self, version: Version) -> bool:
        """Whether it is of a version, whatever the spelling."""
        return self.parsed_version == version


@lru_cache(maxsize=8192)
def _parsed(text: str) -> Version | None:
    """Each version is asked for several times, of thousands of distributions."""
    try:
        return Version(text)
    except InvalidVersion:
        return None


class Plan(Struct, frozen=True, kw_only=True):
    """The steps from an environment to its lock: decided here, carried out in `environments`."""

    remove: tuple[Installed, ...] = ()
    """Installed, and not wanted, or in the way of what is installed. Sorted by name."""
    install: tuple[Pin, ...] = ()
    """Wanted, and not there as it should be. Sorted by name."""
    keep: tuple[Installed, ...] = ()
    """Wanted and there."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to be done."""
        return not self.remove and not self.install
