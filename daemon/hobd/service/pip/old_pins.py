"""The pins of an output file that is there already: they are taken again where they fit, until they are upgraded (PIP-6)."""

from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from msgspec import Struct
from packaging.version import Version

from hobd.core.lockfile.pylock import parse_pylock
from hobd.core.resolver.problem import Preference
from hobd.core.vocab.digest import Digest
from hobd.core.vocab.names import Name
from hobd.core.vocab.requirement import Requirement
from hobd.projects.files import read_text
from hobd.service.pip.expected import read_digest
from hobd.service.pip.sheets import SheetReader
from hobd.service.session import Session

Preferences = tuple[tuple[Name, tuple[Preference, ...]], ...]


class OldPins(Struct, frozen=True, kw_only=True):
    """What a file pins, without what is to be upgraded."""

    preferences: Preferences = ()
    """Sorted by name."""
    digests: Mapping[tuple[Name, Version], tuple[Digest, ...]] = {}
    """The hashes beside pins: they stay as long as the version does."""


class _Pin(Struct, frozen=True):
    name: Name
    preference: Preference
    digests: tuple[Digest, ...] = ()


async def read_old_pins(file: Path | None, session: Session, values: Mapping[str, str] | None, *, is_pylock: bool) -> OldPins:
    """What the output file pins.

    Args:
        file: None where nothing is written.
        is_pylock: whether it is a `pylock.toml`, else a list of requirements.
        values: of markers: pins that do not hold do not count; None where there is no one environment.
    Raises:
        RequestError: it is there, and something else: then it is not overwritten.
    """
    upgrade = session.settings.resolver.upgrade
    if file is None or upgrade.everything:
        return OldPins()
    session.context.evidence.saw(file)
    if not file.is_file():
        return OldPins()
    pins = list(_locked(file, session)) if is_pylock else await _listed(file, session, values)
    found: dict[Name, list[_Pin]] = {}
    for pin in pins:
        if pin.name not in upgrade.packages:
            found.setdefault(pin.name, []).append(pin)
    return OldPins(
        preferences=tuple((name, tuple(pin.preference for pin in found[name])) for name in sorted(found)),
        digests={(pin.name, pin.preference.version): pin.digests for pins in found.values() for pin in pins if pin.digests},
    )


async def _listed(file: Path, session: Session, values: Mapping[str, str] | None) -> list[_Pin]:
    listed = await SheetReader(session=session, flag="-r", seen=set()).read(session.shown(file))
    pins = []
    for each in listed.stated:
        requirement = each.requirement
        version = _pinned(requirement)
        if version is not None and (values is None or requirement.marker.evaluate(values)):
            preference = Preference(version=version, index=None, markers=(requirement.marker,))
            pins.append(_Pin(requirement.name, preference, tuple(map(read_digest, each.hashes))))
    return pins


def _locked(file: Path, session: Session) -> Iterator[_Pin]:
    lock = parse_pylock(read_text(file, session.context.evidence) or "", session.shown(file), PurePosixPath(file.parent), None)
    for package in lock.packages:
        if package.version is not None:
            yield _Pin(package.name, Preference(version=package.version, index=None))


def _pinned(requirement: Requirement) -> Version | None:
    specifiers = list(requirement.specifier)
    if len(specifiers) != 1 or specifiers[0].operator != "==" or specifiers[0].version.endswith(".*"):
        return None
    return Version(specifiers[0].version)
