"""What two environments hold, compared."""

from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from hobd.cli.report import Change
from hobd.core.plan.model import Installed
from hobd.core.vocab.evidence import NoEvidence
from hobd.environments.environment import find_package_folders
from hobd.environments.inspect import read_installed
from hobd.service.syncs.environment import gone

Packages: TypeAlias = Mapping[tuple[str, str, str | None], Installed]
"""Distributions by name, version and origin."""


def read_packages(root: Path) -> Packages:
    """What is installed in an environment, by name, version and origin."""
    installed = read_installed(find_package_folders(root), NoEvidence())
    return {(one.name, one.version_text, None if one.origin is None else one.origin.url): one for one in installed}


def compare(before: Packages, after: Packages) -> list[Change]:
    """What comes and goes between two environments."""
    went = [gone(one) for key, one in before.items() if key not in after]
    came = [gone(one) for key, one in after.items() if key not in before]
    return went + [Change(happened="added", name=one.name, version=one.version, origin=one.origin) for one in came]
