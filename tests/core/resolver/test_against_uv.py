"""Small projects are locked, or refused, in the very words of uv."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from hobd.core.lockfile.build import build_lock
from hobd.core.lockfile.model import Lock
from hobd.core.lockfile.parse import parse
from hobd.core.lockfile.render import render
from hobd.core.resolver.solve import Unsatisfiable, solve
from tests.core.resolver.cases import FAILURES, LOCKS, Case
from tests.core.resolver.posed_cases import problem_of
from tests.core.resolver.small_index import SmallIndex

UV = Path(sys.executable).parent / "uv"


@pytest.mark.parametrize("name", LOCKS)
def test_the_lock_is_the_same_to_the_byte(name: str, tmp_path: Path) -> None:
    code, _ = uv_lock(LOCKS[name], tmp_path)
    assert code == 0
    problem = problem_of(LOCKS[name])
    lock = build_lock(problem, solve(problem, SmallIndex(LOCKS[name].index)), None)
    assert render(lock) == (tmp_path / "uv.lock").read_text()
    assert_same_lock(parse(render(lock)), lock)


@pytest.mark.parametrize("name", FAILURES)
def test_the_explanation_is_the_same_to_the_letter(name: str, tmp_path: Path) -> None:
    code, told = uv_lock(FAILURES[name], tmp_path)
    assert code == 1
    with pytest.raises(Unsatisfiable) as failure:
        solve(problem_of(FAILURES[name]), SmallIndex(FAILURES[name].index))
    assert failure.value.code == 1
    assert without_trailing_blanks(shown(failure.value)) == without_trailing_blanks(told)


def assert_same_lock(parsed: Lock, built: Lock) -> None:
    assert parsed.packages == built.packages
    assert parsed.resolution_markers == built.resolution_markers


def shown(error: Unsatisfiable) -> str:
    """The error as the command line shows it."""
    text = f"error: {error.message}\n"
    for cause in error.causes:
        text += "  cause: " + cause.replace("\n", "\n         ") + "\n"
    return text + "".join(f"\nhint: {hint}\n" for hint in error.hints)


def without_trailing_blanks(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().splitlines()]


def uv_lock(case: Case, folder: Path) -> tuple[int, str]:
    """Lock with uv; its exit code and what it tells, without the line about the interpreter."""
    SmallIndex(case.index).write(folder / "links")
    (folder / "pyproject.toml").write_text(pyproject(case))
    command = [str(UV), "lock", "--offline", "--python", sys.executable, "--cache-dir", str(folder / "cache")]
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder)}
    found = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=environment)
    lines = [line for line in found.stderr.splitlines() if not line.startswith(("Using CPython", "warning: The direct dependency"))]
    return found.returncode, "\n".join(lines)


def pyproject(case: Case) -> str:
    lines = ["[project]", 'name = "p"', 'version = "1"', f'requires-python = "{case.python}"', f"dependencies = {listed(case.requires)}"]
    for table, entries in (("project.optional-dependencies", case.extras), ("dependency-groups", case.groups)):
        lines += [f"[{table}]", *(f"{name} = {listed(texts)}" for name, texts in entries.items())]
    lines += ["[tool.uv]", "no-index = true", 'find-links = ["links"]']
    keys = {
        "environments": case.environments,
        "required-environments": case.required,
        "override-dependencies": case.overrides,
        "constraint-dependencies": case.constraints,
        "exclude-dependencies": case.excludes,
    }
    lines += [f"{key} = {listed(texts)}" for key, texts in keys.items() if texts]
    lines += [f'{key} = "{value}"' for key, value in case.settings.items()]
    if case.conflicts:
        sets = ", ".join("[" + ", ".join(map(conflict_text, items)) + "]" for items in case.conflicts)
        lines.append(f"conflicts = [{sets}]")
    text = "\n".join(lines) + "\n"
    tomllib.loads(text)
    return text


def listed(texts: object) -> str:
    return "[" + ", ".join(f'"{text}"' for text in texts) + "]"  # type: ignore[attr-defined]  # any iterable of text


def conflict_text(item: str) -> str:
    kind, _, name = item.partition(":")
    return '{ package = "p" }' if kind == "project" else f'{{ {kind} = "{name}" }}'
