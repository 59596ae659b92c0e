"""`hob run --with` and `--isolated`."""

import os
import time
from pathlib import Path

from tests.service.runs import Runner
from tests.support.wheels import make_wheel

_WHERE = "import sys; print(sys.prefix)"


def test_a_run_sees_more_than_the_project_and_the_project_stays_as_it_is(runner: Runner) -> None:
    project = runner.home.project("plum", "banana")
    runner.hob("sync", cwd=project)
    code = "import banana, cherry; print(banana.VERSION)"

    first = runner.hob("run", "--with", "cherry", "python", "-c", code, cwd=project)
    again = runner.hob("run", "--with", "cherry", "python", "-c", code, cwd=project)

    assert (first.out, first.err) == ("2\n", "Installed 1 package in [TIME]\n")
    assert (again.out, again.err) == ("2\n", "")
    assert runner.hob("run", "-q", "python", "-c", "import cherry", cwd=project).code == 1


def test_an_overlay_takes_precedence(runner: Runner) -> None:
    project = runner.home.project("plum", "apple")
    code = "import apple, banana; print(banana.VERSION)"

    assert runner.hob("run", "-q", "--with", "banana<2", "python", "-c", code, cwd=project).out == "1\n"


def test_what_the_project_has_needs_no_overlay(runner: Runner) -> None:
    project = runner.home.project("plum", "apple")

    assert runner.hob("run", "-q", "--with", "banana>=1,<3", "python", "-c", _WHERE, cwd=project).out == f"{project / '.venv'}\n"


def test_an_overlay_stays_the_same_place_for_the_same_wish(runner: Runner) -> None:
    project = runner.home.project("plum")
    words = ("run", "-q", "--with", "cherry,banana", "env")

    first, again = (dict(line.split("=", 1) for line in runner.hob(*words, cwd=project).out.splitlines()) for _ in range(2))

    assert first["VIRTUAL_ENV"] == again["VIRTUAL_ENV"]
    assert first["PATH"].startswith(first["VIRTUAL_ENV"] + "/bin:")


def test_programs_of_all_layers_see_all_layers(runner: Runner) -> None:
    program = {"console_scripts": {"look": "look:main"}}
    make_wheel(
        runner.home.wheels, "look", "1.0", files={"look.py": "def main():\n    import banana\n    print('seen')\n"}, entry_points=program
    )
    project = runner.home.project("plum", "look")

    said = runner.hob("run", "-q", "--with", "banana", "look", cwd=project)

    assert (said.out, said.err) == ("seen\n", "")


def test_requirements_come_from_files_that_name_other_files(runner: Runner) -> None:
    project = runner.home.project("plum", "apple")
    (project / "wanted.txt").write_text("banana<2 # old\n-r more.txt\n")
    (project / "more.txt").write_text("cherry\n")

    said = runner.hob(
        "run", "-q", "--with-requirements", "wanted.txt", "python", "-c", "import cherry, banana; print(banana.VERSION)", cwd=project
    )

    assert said.out == "1\n"


def test_an_isolated_run_has_an_environment_of_its_own_that_is_swept_later(runner: Runner) -> None:
    project = runner.home.project("plum", "banana")
    words = ("run", "-q", "--isolated", "python", "-c", "import banana; " + _WHERE)

    said = runner.hob(*words, cwd=project)
    place = Path(said.out.strip())
    assert place.is_dir()
    assert not (project / ".venv").exists()
    os.utime(place, (time.time() - 3600,) * 2)
    other = Path(runner.hob(*words, cwd=project).out.strip())

    assert other != place
    assert not place.exists()


def test_what_cannot_be_laid_over_is_told(runner: Runner) -> None:
    project = runner.home.project("plum")
    runner.hob("sync", cwd=project)

    said = runner.hob("run", "--with", "banana>99", "true", cwd=project)

    assert said == runner.uv("run", "--with", "banana>99", "true", cwd=project)
    assert said.err.startswith("error: No solution found when resolving `--with` dependencies\n")
