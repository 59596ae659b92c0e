"""Generations under a daemon that answers again what it has answered: programs keep theirs, and nobody is led to an old one."""

import os
import subprocess
from pathlib import Path

from tests.e2e.house import Home, installed

WHERE = ("run", "python", "-c", "import sys; print(sys.prefix)")
ON = "[tool.hob]\ngenerations = true\n"
LAZY = "print('begun', flush=True); input(); import banana; print(banana.VERSION, banana.__file__)"


def where(home: Home, project: Path) -> str:
    said = home.hob(*WHERE, cwd=project)
    assert said.code == 0, said.err
    return Path(said.out.strip()).relative_to(project).as_posix()


def test_a_running_job_keeps_its_generation_and_the_next_one_gets_the_present(home: Home) -> None:
    project = home.project("demo", "banana<2", extra=ON)
    home.hob("sync", cwd=project)
    assert [where(home, project) for _ in range(3)] == [".venv.d/1"] * 3

    with home.start("run", "python", "-c", LAZY, cwd=project, stdin=subprocess.PIPE) as job:
        assert job.stdout is not None
        job.stdout.readline()
        assert home.hob("add", "banana>1", cwd=project).code == 0
        assert [where(home, project) for _ in range(2)] == [".venv.d/2"] * 2
        said, _ = job.communicate("\n", timeout=20)

    assert said.split() == ["1", str(next(project.glob(".venv.d/1/lib/python*/site-packages/banana.py")))]
    assert home.hob("undo", cwd=project).code == 0
    assert [where(home, project) for _ in range(2)] == [".venv.d/1"] * 2
    assert home.hob("undo", "--to", "2", cwd=project).code == 0
    assert where(home, project) == ".venv.d/2"


def test_a_job_sees_its_own_environment_as_that_of_the_project(home: Home) -> None:
    project = home.project("demo", "cherry", extra=ON)
    home.hob("sync", cwd=project)
    generation = {"VIRTUAL_ENV": str(project / ".venv.d" / "1")}

    assert home.hob("add", "banana", cwd=project, **generation).code == 0
    said = home.hob("sync", "--inexact", cwd=project, **generation)
    active = home.hob("sync", "--active", cwd=project, **generation)

    assert (said.code, "VIRTUAL_ENV" in said.err) == (0, False)
    assert (active.code, os.readlink(project / ".venv"), installed(project)) == (0, ".venv.d/2", ["banana-2.0", "cherry-3.1"])


def test_what_is_laid_over_a_generation_runs_its_programs_too(home: Home) -> None:
    project = home.project("demo", "cherry", extra=ON)
    home.hob("sync", cwd=project)

    assert home.hob("run", "--with", "apple", "cherry", cwd=project).out == "a cherry\n"
    seen = home.hob("run", "--with", "apple", "python", "-c", "import apple, cherry; print(cherry.__file__)", cwd=project)
    assert Path(seen.out.strip()).is_relative_to(project / ".venv.d" / "1")


def test_two_adds_at_once_are_two_steps_back(home: Home) -> None:
    project = home.project("demo", extra=ON)
    home.hob("sync", cwd=project)
    before = (project / "pyproject.toml").read_text()

    adds = [home.start("add", name, cwd=project) for name in ("banana", "cherry")]
    assert [add.wait(60) for add in adds] == [0, 0]
    for add in adds:
        add.communicate()
    assert (os.readlink(project / ".venv"), installed(project)) == (".venv.d/3", ["banana-2.0", "cherry-3.1"])

    assert home.hob("undo", cwd=project).code == 0
    assert len(installed(project)) == 1
    assert home.hob("undo", cwd=project).code == 0
    assert (installed(project), (project / "pyproject.toml").read_text()) == ([], before)
