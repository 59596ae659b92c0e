"""What a project asks for is what uv records of it: `golden/lowered.json` holds projects with the locks that uv 0.13.8 makes of them."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from hobd.core.lockfile.model import Lock, LockedPackage, PackageMetadata
from hobd.core.lockfile.order import requirement_order
from hobd.core.lockfile.parse import parse
from hobd.core.resolver.problem import Problem, RootProject
from hobd.core.vocab.names import Name
from hobd.core.vocab.requirement import Requirement
from tests.projects.reading import discover, posed, write_files

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "golden" / "lowered.json").read_text())


def shown(requirements: Iterable[Requirement]) -> list[str]:
    """Requirements as a lock orders them, equal ones once."""
    return [
        f"{each.name}{list(each.extras)} {each.specifier} ; {each.marker} from {each.source} for {each.conflict}"
        for each in dict.fromkeys(sorted(requirements, key=requirement_order))
    ]


def by_group(groups: tuple[tuple[Name, tuple[Requirement, ...]], ...]) -> dict[str, list[str]]:
    return {name: shown(requirements) for name, requirements in groups}


@pytest.fixture(params=CASES, ids=[case["name"] for case in CASES])
def locked(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Problem, Lock]:
    """A project as it is posed, and as uv locked it."""
    case: dict[str, Any] = request.param
    write_files(tmp_path, {name: text.replace("ROOT", str(tmp_path)) for name, text in case["files"].items()})
    return posed(tmp_path / case["folder"]), parse(case["lock"].replace("ROOT", str(tmp_path)))


def package_of(root: RootProject, lock: Lock) -> LockedPackage:
    return next(package for package in lock.packages if package.name == root.name)


def test_requirements_of_members_are_recorded_with_their_sources(locked: tuple[Problem, Lock]) -> None:
    problem, lock = locked
    for root in problem.roots:
        package = package_of(root, lock)
        metadata = package.metadata or PackageMetadata()
        assert package.source == root.source
        assert shown(root.requires_dist) == shown(metadata.requires_dist)
        assert root.provides_extras == metadata.provides_extras
        assert by_group(root.groups) == by_group(metadata.requires_dev)
        assert root.default_groups == package.default_groups
        assert root.group_requires_python == package.group_requires_python


def test_what_else_was_asked_for_is_recorded(locked: tuple[Problem, Lock]) -> None:
    problem, lock = locked
    asked, recorded = problem.manifest, lock.manifest
    assert problem.options == lock.options
    assert problem.requires_python.text() == lock.requires_python.text()
    assert asked.members == recorded.members
    assert asked.default_groups == recorded.default_groups
    assert asked.excludes == recorded.excludes
    assert asked.dependency_metadata == recorded.dependency_metadata
    assert shown(asked.constraints) == shown(recorded.constraints)
    assert shown(asked.build_constraints) == shown(recorded.build_constraints)
    assert by_group(asked.dependency_groups) == by_group(recorded.dependency_groups)
    assert set(problem.conflicts) == set(lock.conflicts)


def test_everything_that_lowering_rests_on_is_evidence(tmp_path: Path) -> None:
    from tests.support.evidence import DiskNotes

    seen = DiskNotes()
    sources = '[tool.uv.sources]\na = {path = "a"}\nb = {path = "gone"}\n'
    project = '[project]\nname = "root"\nversion = "1"\ndependencies = ["a", "b"]\n'
    write_files(tmp_path, {"pyproject.toml": project + sources, "a/pyproject.toml": "[tool.uv]\npackage = false\n"})

    discover(tmp_path, seen)

    assert {tmp_path / "a", tmp_path / "a" / "pyproject.toml", tmp_path / "gone"} <= set(seen.paths)
