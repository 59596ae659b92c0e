"""The problems of the small projects."""

import sys

from packaging.markers import default_environment
from packaging.version import Version

from hobd.core.lockfile.model import Manifest, Options
from hobd.core.lockfile.order import requirement_order
from hobd.core.markers import Marker
from hobd.core.resolver.problem import Problem
from hobd.core.vocab.names import Name
from hobd.core.vocab.requirement import ConflictItem, Requirement
from tests.core.resolver.cases import Case
from tests.core.resolver.small_index import project, requirements

_PYTHON = Version(".".join(map(str, sys.version_info[:3])))


def _conflict_item(item: str) -> ConflictItem:
    kind, _, name = item.partition(":")
    return ConflictItem(package=Name("p"), **({} if kind == "project" else {kind: Name(name)}))


def problem_of(case: Case) -> Problem:
    """What there is to solve in a case."""
    overrides, constraints, excludes = requirements(*case.overrides), requirements(*case.constraints), tuple(map(Name, case.excludes))
    options = Options(
        resolution_mode=case.settings.get("resolution", "highest"),
        prerelease_mode=case.settings.get("prerelease", "if-necessary"),
        fork_strategy=case.settings.get("fork-strategy", "requires-python"),
    )
    return project(
        *case.requires,
        python=case.python,
        extras=case.extras,
        groups=case.groups,
        conflicts=tuple(tuple(map(_conflict_item, items)) for items in case.conflicts),
        environments=tuple(map(Marker.parse, case.environments)),
        required_environments=tuple(map(Marker.parse, case.required)),
        overrides=overrides,
        constraints=constraints,
        excludes=excludes,
        installed_python=_PYTHON,
        current_environment=tuple((key, str(value)) for key, value in default_environment().items()),
        options=options,
        manifest=Manifest(overrides=_in_order(overrides), constraints=_in_order(constraints), excludes=excludes),
        resolution_mode=options.resolution_mode,
        prerelease_mode=options.prerelease_mode,
        fork_strategy=options.fork_strategy,
    )


def _in_order(listed: tuple[Requirement, ...]) -> tuple[Requirement, ...]:
    return tuple(sorted(listed, key=requirement_order))
