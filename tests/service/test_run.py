"""`hob run` in projects and outside of them."""

import pytest

from tests.e2e.house import HOB
from tests.service.runs import Runner

_WHERE = "import sys; print(sys.prefix)"


def test_a_program_runs_in_the_environment_that_the_project_asks_for(runner: Runner) -> None:
    project = runner.home.project("plum", "apple")

    first = runner.hob("run", "python", "-c", "import apple; print(apple.NAME)", cwd=project)
    again = runner.hob("run", "python", "-c", "import apple; print(apple.NAME)", cwd=project)

    assert (first.code, first.out) == (0, "apple\n")
    assert "Creating virtual environment at: .venv" in first.err
    assert "Installed 2 packages" in first.err
    assert "Resolved" not in first.err
    assert (again.code, again.out, again.err) == (0, "apple\n", "")


def test_the_child_sees_its_environment(runner: Runner) -> None:
    project = runner.home.project("plum")
    runner.hob("sync", cwd=project)

    said = runner.hob("run", "env", cwd=project, HOB_DAEMON="off", HOB_CLIENT="/opt/hob")  # the client puts its own there

    seen = dict(line.split("=", 1) for line in said.out.splitlines())
    assert seen["VIRTUAL_ENV"] == str(project / ".venv")
    assert seen["PATH"].split(":")[0] == str(project / ".venv" / "bin")
    assert (seen["UV"], seen["UV_RUN_RECURSION_DEPTH"]) == (str(HOB), "1")
    assert "HOB_CLIENT" not in seen


def test_what_is_not_asked_for_stays_unless_exactness_is(runner: Runner) -> None:
    project = runner.home.project("plum", "cherry")
    runner.hob("sync", cwd=project)
    (project / "pyproject.toml").write_text((project / "pyproject.toml").read_text().replace('"cherry"', ""))

    assert runner.hob("run", "cherry", cwd=project).out == "a cherry\n"
    assert runner.hob("run", "--exact", "cherry", cwd=project).code == 2


def test_the_project_is_that_of_the_script(runner: Runner) -> None:
    project = runner.home.project("plum")
    (project / "where.py").write_text(_WHERE)

    assert runner.hob("run", "plum/where.py", cwd=runner.home.root).out == f"{project / '.venv'}\n"


def test_outside_of_projects_the_active_environment_comes_before_the_nearest(runner: Runner) -> None:
    folder = runner.folder("alone", where__py=_WHERE)
    runner.hob("venv", cwd=folder)
    runner.hob("venv", "other", cwd=folder)

    assert runner.hob("run", "where.py", cwd=folder).out == f"{folder / '.venv'}\n"
    assert runner.hob("run", "where.py", cwd=folder, VIRTUAL_ENV=str(folder / "other")).out == f"{folder / 'other'}\n"


def test_a_project_is_left_alone_on_request(runner: Runner) -> None:
    project = runner.home.project("plum")

    assert runner.hob("run", "--no-project", "true", cwd=project).code == 0
    assert runner.hob("run", "--no-sync", "true", cwd=project).code == 0
    assert not (project / "uv.lock").exists()


def test_programs_from_standard_input_are_run_with_their_arguments(runner: Runner) -> None:
    folder = runner.folder("alone")

    said = runner.hob("run", "-", "a", "b", cwd=folder, stdin="import sys; print(sys.argv)")

    assert (said.out, said.err) == ("['-c', 'a', 'b']\n", "")


def test_variables_come_from_files_and_the_shell_wins(runner: Runner) -> None:
    folder = runner.folder("alone", one__env="A=1\nB=$A\nC=1\n", two__env="A=2\nthis is not\nD=1\n")
    code = "import os; print([os.environ.get(name) for name in 'ABCD'])"

    said = runner.hob("run", "--env-file", "one.env", "--env-file", "two.env", "python", "-c", code, cwd=folder, C="shell")

    assert said.out == "['2', '1', 'shell', None]\n"
    assert said.err == "warning: Failed to parse environment file `two.env` at position 5: this is not\n"


_BESIDE_PROJECTS = (
    ("run", "--extra", "x", "--no-dev", "true"),
    ("run", "--locked", "true"),
    ("run", "--no-sync", "--group", "a", "true"),
    ("run", "--package", "p", "true"),
    ("run", "nosuch"),
    ("run", "./nosuch.py"),
    ("run", "."),
    ("run", "-m", "-"),
    ("run", "pack", "a"),
    ("run", "gui.pyw"),
    ("run", "--script", "plain"),
    ("run", "PYTHON", "-c", "print(1)"),
    ("run", "--env-file", "missing.env", "true"),
    ("run", "--env-file", "pack", "true"),
    ("run", "--with", ">>>", "true"),
    ("run", "--with", "./nowhere", "true"),
    ("run", "--with-requirements", "nosuch.txt", "true"),
)


@pytest.mark.parametrize("words", _BESIDE_PROJECTS, ids=" ".join)
def test_hob_and_uv_say_the_same_outside_of_projects(runner: Runner, words: tuple[str, ...]) -> None:
    folder = runner.folder("alone", plain="print('plain')", gui__pyw="print('gui')")
    (folder / "pack").mkdir()
    (folder / "pack" / "__main__.py").write_text("import sys; print(sys.argv)")

    assert runner.hob(*words, cwd=folder) == runner.uv(*words, cwd=folder)


@pytest.mark.parametrize("depth", ["4", "5", "abc", "4294967296"])
def test_runs_within_runs_end_where_uv_ends_them(runner: Runner, depth: str) -> None:
    folder = runner.folder("alone")
    variables = {"UV_RUN_RECURSION_DEPTH": depth, "UV_RUN_MAX_RECURSION_DEPTH": "4"}

    assert runner.hob("run", "true", cwd=folder, **variables) == runner.uv("run", "true", cwd=folder, **variables)


def test_without_a_command_hob_lists_what_uv_lists(runner: Runner) -> None:
    project = runner.home.project("plum", "cherry")
    runner.hob("sync", cwd=project)

    said = runner.hob("run", cwd=project)

    assert "- cherry\n" in said.out
    assert said.code == 2
    assert said == runner.uv("run", cwd=project)
    assert runner.hob("run", "-q", cwd=project).out == ""


def test_a_lock_that_may_not_change_ends_the_run_as_it_ends_uv_s(runner: Runner) -> None:
    project = runner.home.project("plum", "cherry")
    runner.hob("sync", cwd=project)
    (project / "pyproject.toml").write_text((project / "pyproject.toml").read_text().replace('"cherry"', '"banana"'))

    assert runner.hob("run", "--locked", "true", cwd=project) == runner.uv("run", "--locked", "true", cwd=project)


def test_an_isolated_run_says_nothing_of_environments(runner: Runner) -> None:
    project = runner.home.project("plum")

    said = runner.hob("run", "--isolated", "true", cwd=project, VIRTUAL_ENV="/nowhere")

    assert (said.code, said.err) == (0, "")
    assert said == runner.uv("run", "--isolated", "true", cwd=project, VIRTUAL_ENV="/nowhere")
