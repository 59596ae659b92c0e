"""Exports: held against uv where it can be asked, and against what it once wrote."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from hobd.core.lockfile.export import check_export, export
from hobd.core.lockfile.export_pylock import is_pylock_name
from hobd.core.lockfile.parse import parse
from hobd.core.plan.conflicts import ConflictingWishes
from hobd.core.plan.wanted import NotInLock, Wishes
from hobd.core.vocab.names import Name
from tests.core.lockfile.exporting import CASES, PROJECTS, Case, some, wishes
from tests.core.lockfile.goldens import golden
from tests.core.lockfile.made import package, to

UV = Path(sys.executable).with_name("uv")
WINDOWS = "sys_platform == 'win32'"
EXPORTED = Path(__file__).with_name("exported")


def asked_of_uv(case: Case, folder: Path, *words: str) -> str:
    """What uv exports."""
    PROJECTS[case.lock].write(folder, case.lock)
    environment = {"HOME": str(folder), "UV_CACHE_DIR": str(folder / "cache"), "UV_PYTHON_DOWNLOADS": "never"}
    command = [str(UV), "export", "--frozen", "--offline", "--no-header", "--quiet", *case.flags.split(), *words]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return done.stdout


def found(lock: str, flags: str) -> Case:
    return next(case for case in CASES if (case.lock, case.flags) == (lock, flags))


def name_of(case: Case) -> str:
    return f"{case.lock} {case.flags}"


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_requirements_are_those_of_uv(case: Case, tmp_path: Path) -> None:
    assert case.requirements() == asked_of_uv(case, tmp_path)


@pytest.mark.parametrize("case", [case for case in CASES if case.lock in ("conflicting-groups", "forking-markers")], ids=name_of)
def test_a_pylock_is_that_of_uv(case: Case, tmp_path: Path) -> None:
    assert case.pylock(tmp_path) == asked_of_uv(case, tmp_path, "--format", "pylock.toml")


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_a_bill_of_materials_is_that_of_uv_but_for_the_occasion(case: Case, tmp_path: Path) -> None:
    ours, theirs = json.loads(case.cyclonedx()), json.loads(asked_of_uv(case, tmp_path, "--format", "cyclonedx1.5"))
    assert list(ours) == list(theirs)
    assert ours["metadata"]["component"] == theirs["metadata"]["component"]
    assert ours["components"] == theirs["components"]
    assert ours["dependencies"] == theirs["dependencies"]


def test_what_an_extra_needs_is_wanted_only_where_the_extra_is() -> None:
    head = 'version = 1\nrequires-python = ">=3.11"\n[[package]]\nname = "app"\nversion = "1"\nsource = { virtual = "." }\n'
    tables = (
        head + f"dependencies = [{to('plain')}, {to('some', WINDOWS)}]\n",
        package("dep"),
        package("fast", e=f"{to('dep')}\n{to('fast', extra='e')}"),
        package("plain", to("fast")),
        package("some", to("fast", extra="e")),
    )
    rows = export(parse("\n".join(tables)), Wishes(projects=(Name("app"),)))
    assert {row.package.name: row.marker.to_text() for row in rows} == {
        "app": None,
        "dep": WINDOWS,
        "fast": None,
        "plain": None,
        "some": WINDOWS,
    }


def test_every_source_has_its_line() -> None:
    case = found("every-source", "--extra one --no-default-groups")
    assert case.requirements() == (EXPORTED / "every-source.txt").read_text()


def test_a_pylock_tells_files_with_their_digests(tmp_path: Path) -> None:
    assert found("conflicting-groups", "--group b").pylock(tmp_path) == (EXPORTED / "conflicting-groups.toml").read_text()


def test_a_workspace_without_a_project_at_its_root_gets_a_component_of_its_own() -> None:
    assert found("no-root-project", "--all-packages").cyclonedx() == (EXPORTED / "no-root-project.json").read_text()


def test_what_excludes_each_other_is_only_listed_never_installed() -> None:
    lock = parse(golden("conflicting-groups"))
    both = wishes("conflicting-groups", include=some("a", "b"))
    check_export(lock, both, allows_conflicts=True)
    with pytest.raises(ConflictingWishes, match="Groups `a` and `b` are incompatible"):
        check_export(lock, both, allows_conflicts=False)


def test_a_group_that_is_not_there_is_refused() -> None:
    with pytest.raises(NotInLock, match="Group `docs` is not defined"):
        check_export(parse(golden("conflicting-groups")), wishes("conflicting-groups", include=some("docs")), allows_conflicts=True)


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("pylock.toml", True),
        ("pylock.dev.toml", True),
        ("pylock.a.b.toml", False),
        ("pylock..toml", False),
        ("PYLOCK.toml", False),
        ("x.toml", False),
    ],
)
def test_a_pylock_has_a_name_of_its_own(name: str, is_one: bool) -> None:
    assert is_pylock_name(name) is is_one
