"""The pins of an output file that is there already: they are taken again where they fit, until they are upgraded (PIP-6)."""

from pathlib import Path

from packaging.version import Version

from hobd.core.formats.requirement import InvalidRequirement, parse_requirement
from hobd.core.formats.requirements_file import parse_requirements_file
from hobd.core.resolver.problem import Preference
from hobd.core.vocab.names import Name
from hobd.core.vocab.requirement import Requirement
from hobd.projects.files import read_text
from hobd.service.session import Session

Preferences = tuple[tuple[Name, tuple[Preference, ...]], ...]


def read_preferences(file: Path, session: Session) -> Preferences:
    """The versions that a file pins, without those that are to be upgraded; sorted by name.

    Raises:
        InvalidRequirementsFile: it is no list of requirements.
    """
    upgrade = session.settings.resolver.upgrade
    text = None if upgrade.everything else read_text(file, session.context.evidence)
    found: dict[Name, list[Preference]] = {}
    for line in parse_requirements_file(text or "", session.shown(file)):
        requirement = _read(line.value) if line.kind == "requirement" else None
        version = None if requirement is None else _pinned(requirement)
        if requirement is not None and version is not None and requirement.name not in upgrade.packages:
            preference = Preference(version=version, index=None, markers=(requirement.marker,))
            found.setdefault(requirement.name, []).append(preference)
    return tuple((name, tuple(preferences)) for name, preferences in sorted(found.items()))


def _read(text: str) -> Requirement | None:
    try:
        return parse_requirement(text)
    except InvalidRequirement:
        return None  # a reference to a place: it pins no version


def _pinned(requirement: Requirement) -> Version | None:
    specifiers = list(requirement.specifier)
    if len(specifiers) != 1 or specifiers[0].operator != "==" or specifiers[0].version.endswith(".*"):
        return None
    return Version(specifiers[0].version)
