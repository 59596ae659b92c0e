"""What is installed where a command looks, with the metadata (PIP-4, PIP-5)."""

from collections.abc import Collection, Iterable
from pathlib import Path

from msgspec.structs import replace
from packaging.version import Version

from hobd.core.plan.described import Described, Inventory, find_faults
from hobd.core.plan.model import Installed
from hobd.core.tags import Tags
from hobd.core.vocab.metadata import Metadata
from hobd.core.vocab.names import Name
from hobd.environments.inspect import read_installed
from hobd.environments.installed_metadata import read_installed_metadata
from hobd.service.pip.python import Site
from hobd.service.session import Session
from hobd.service.syncs.target import marker_environment, solving_target

_OLDEST = Version("0")


def read_listing(folders: Iterable[Path], session: Session) -> tuple[Described, ...]:
    """What is installed, by name and version, without metadata: as much as listings need."""
    context = session.context
    return _sorted(Described(installed=one, metadata=None) for one in read_installed(folders, context.evidence, context.memory.installed))


def read_inventory(site: Site, session: Session, version: str | None = None, platform: str | None = None) -> Inventory:
    """What is installed, with metadata.

    Args:
        version: `--python-version`: what to judge for, if not for the environment's own Python.
        platform: `--python-platform`, likewise.
    """
    listing = read_listing(site.environment.scheme.site_packages, session)
    described = tuple(replace(one, metadata=metadata_of(one.installed, session)) for one in listing)
    return Inventory(distributions=described, markers=marker_environment(site.interpreter, version, platform))


def metadata_of(installed: Installed, session: Session) -> Metadata | None:
    """What an installed distribution says of itself; None where it cannot be read."""
    return read_installed_metadata(installed, session.context.evidence, session.context.memory.installed)


def warn_of_faults(inventory: Inventory, site: Site, session: Session, about: Collection[Name] | None = None) -> None:
    """What `--strict` is for: warn of all that does not fit, or of what concerns some packages."""
    for fault in find_faults(inventory, tags_for(site, session), about):
        session.context.voice.warn(fault)


def tags_for(site: Site, session: Session, platform: str | None = None, version: str | None = None) -> Tags:
    """What wheels the environment, or the platform and the Python that are named, can use."""
    asked = None if version is None else Version(version)
    return solving_target(site.interpreter, asked, platform, session.context.environ)[1]


def _sorted(described: Iterable[Described]) -> tuple[Described, ...]:
    return tuple(sorted(described, key=lambda one: (one.name, one.version or _OLDEST, one.installed.version)))
