"""`hob undo`: back to the environment and the project before the last change."""

import json
import os
import re
import shutil
import signal
from pathlib import Path

import pytest

from tests.e2e.house import installed
from tests.service.runs import Runner

ON = "[tool.hob]\ngenerations = true\n"
WHERE = "import sys; print(sys.prefix)"


@pytest.fixture
def project(runner: Runner) -> Path:
    """Synced, with generations."""
    project = runner.home.project("plum", "banana<2", extra=ON)
    assert runner.hob("sync", cwd=project).code == 0
    return project


def present(project: Path) -> str:
    return os.readlink(project / ".venv")


def texts(project: Path) -> list[str]:
    return [(project / name).read_text() for name in ("pyproject.toml", "uv.lock")]


def test_an_add_is_taken_back_with_all_that_it_changed_and_done_again(runner: Runner, project: Path) -> None:
    before = texts(project)
    runner.hob("add", "cherry", cwd=project)
    after = texts(project)
    assert (present(project), installed(project)) == (".venv.d/2", ["banana-1.0", "cherry-3.1"])

    would = runner.hob("undo", "--dry-run", cwd=project)
    back = runner.hob("undo", cwd=project)

    assert would.err == "Would switch .venv to generation 1\nWould restore pyproject.toml, uv.lock\n - cherry==3.1\n"
    assert back.err == "Switched .venv to generation 1\nRestored pyproject.toml, uv.lock\n - cherry==3.1\n"
    assert (texts(project), present(project), installed(project)) == (before, ".venv.d/1", ["banana-1.0"])
    assert runner.hob("sync", "--locked", "--check", cwd=project).code == 0
    assert runner.hob("undo", cwd=project).code == 2
    assert runner.hob("undo", "--to", "2", cwd=project).err.endswith(" + cherry==3.1\n")
    assert (texts(project), installed(project)) == (after, ["banana-1.0", "cherry-3.1"])


def test_a_lock_that_was_renewed_without_a_sync_is_taken_back_alone(runner: Runner, project: Path) -> None:
    runner.hob("add", "cherry", "--no-sync", cwd=project)

    assert runner.hob("undo", cwd=project).err == "Restored pyproject.toml, uv.lock\n"
    assert present(project) == ".venv.d/1"

    runner.hob("add", "cherry", "--no-sync", cwd=project)
    runner.hob("sync", cwd=project)
    assert runner.hob("undo", cwd=project).err == "Switched .venv to generation 1\nRestored pyproject.toml, uv.lock\n - cherry==3.1\n"


def test_a_file_that_was_edited_since_is_named_and_nothing_happens(runner: Runner, project: Path) -> None:
    runner.hob("add", "cherry", cwd=project)
    with (project / "pyproject.toml").open("a") as file:
        file.write("# by hand\n")
    before = texts(project)

    refused = runner.hob("undo", cwd=project)
    assert (refused.code, texts(project), present(project)) == (2, before, ".venv.d/2")
    assert "`pyproject.toml` was edited since hob changed it, so nothing was taken back" in refused.err

    said = runner.hob("undo", "--environment-only", cwd=project)
    assert (said.code, texts(project), present(project)) == (0, before, ".venv.d/1")
    assert "warning: `pyproject.toml`, `uv.lock` are not as when this generation was made" in said.err
    assert runner.hob("run", "--no-sync", "python", "-c", WHERE, cwd=project).out == f"{project / '.venv.d' / '1'}\n"


def test_generations_are_listed_with_what_made_them(runner: Runner, project: Path) -> None:
    runner.hob("add", "cherry", cwd=project)

    text = re.sub(r"\d+ seconds? ago|now", "AGO", runner.hob("undo", "--list", cwd=project).out)
    data = json.loads(runner.hob("undo", "--list", "--output-format", "json", cwd=project).out)

    assert [line.split()[:2] for line in text.splitlines()] == [["1", "AGO"], ["*", "2"]]
    assert text.splitlines()[1].endswith("hob add cherry  +1  pyproject.toml, uv.lock")
    assert [(one["number"], one["parent"], one["present"]) for one in data["generations"]] == [(1, None, False), (2, 1, True)]
    assert data["generations"][1]["changes"] == [{"name": "cherry", "version": "3.1", "action": "installed"}]


def test_without_generations_the_way_to_them_is_told(runner: Runner) -> None:
    project = runner.home.project("plum")
    runner.hob("sync", cwd=project)

    said = runner.hob("undo", cwd=project)

    assert said.code == 2
    assert said.err.startswith("error: No earlier generations of `.venv` are kept\n\nhint: With `generations = true` in `[tool.hob]`")


def test_switching_generations_on_and_off_keeps_the_environment(runner: Runner) -> None:
    project = runner.home.project("plum", "cherry")
    runner.hob("sync", cwd=project)
    inode = (project / ".venv").stat().st_ino
    plain = (project / "pyproject.toml").read_text()

    (project / "pyproject.toml").write_text(f"{plain}{ON}")
    assert runner.hob("run", "cherry", cwd=project).out == "a cherry\n"
    assert (present(project), (project / ".venv").stat().st_ino) == (".venv.d/1", inode)

    (project / "pyproject.toml").write_text(plain)
    assert "Removed earlier generations of: .venv" in runner.hob("sync", cwd=project).err
    assert not (project / ".venv").is_symlink()
    assert (project / ".venv").stat().st_ino == inode
    assert not (project / ".venv.d").exists()
    assert runner.hob("run", "cherry", cwd=project).out == "a cherry\n"


def test_generations_are_left_once_nobody_runs_in_them(runner: Runner, project: Path) -> None:
    with runner.home.start("run", "python", "-c", "print(1, flush=True); input()", cwd=project, stdin=-1) as job:
        assert job.stdout is not None
        job.stdout.readline()
        (project / "pyproject.toml").write_text((project / "pyproject.toml").read_text().replace(ON, ""))
        assert runner.hob("sync", cwd=project).code == 0
        kept = present(project)
        job.communicate("\n", timeout=20)

    assert kept == ".venv.d/1"
    assert "Removed earlier generations of: .venv" in runner.hob("sync", cwd=project).err
    assert (not (project / ".venv").is_symlink(), installed(project)) == (True, ["banana-1.0"])


def test_where_the_environment_is_a_link_to_another_disk_its_generations_are_there(runner: Runner) -> None:
    project = runner.home.project("plum", extra=ON)
    (runner.home.root / "disk").mkdir()
    (project / ".venv").symlink_to("../disk/plum")

    runner.hob("sync", cwd=project)
    runner.hob("add", "cherry", cwd=project)

    assert (present(project), os.readlink(runner.home.root / "disk" / "plum")) == ("../disk/plum", "plum.d/2")
    assert runner.hob("undo", cwd=project).code == 0
    assert os.readlink(runner.home.root / "disk" / "plum") == "plum.d/1"


def test_another_python_makes_a_generation_and_the_old_one_stays(runner: Runner, project: Path) -> None:
    (project / ".venv" / "bin" / "python").unlink()

    said = runner.hob("sync", cwd=project)

    assert (said.code, present(project), installed(project)) == (0, ".venv.d/2", ["banana-1.0"])
    assert "Creating virtual environment at: .venv" in said.err
    assert not (project / ".venv.d" / "1" / "bin" / "python").exists()


def test_a_failure_leaves_the_present_generation_and_nothing_else(runner: Runner, project: Path) -> None:
    before = texts(project)
    broken = runner.home.wheels / "date-1.0-py3-none-any.whl"
    shutil.copy(runner.home.wheels / "cherry-3.1-py3-none-any.whl", broken)

    assert runner.hob("add", "date", cwd=project).code != 0
    assert (texts(project), present(project), installed(project)) == (before, ".venv.d/1", ["banana-1.0"])
    assert {path.name for path in (project / ".venv.d").iterdir()} <= {"1", ".lock", ".gitignore", "CACHEDIR.TAG"}


def test_more_than_the_wanted_number_are_dropped_unless_somebody_runs_in_them(runner: Runner) -> None:
    project = runner.home.project("plum", extra="[tool.hob]\ngenerations = 2\n")
    runner.hob("sync", cwd=project)
    runner.hob("add", "cherry", cwd=project)
    with runner.home.start("run", "python", "-c", "print(1, flush=True); input(); import cherry", cwd=project, stdin=-1) as job:
        assert job.stdout is not None
        job.stdout.readline()
        for command in (("remove", "cherry"), ("add", "banana"), ("remove", "banana")):
            for note in project.glob(".venv.d/*/hob-generation.json"):
                os.utime(note, (note.stat().st_mtime - 100,) * 2)
            assert runner.hob(*command, cwd=project).code == 0
        kept = {path.name for path in (project / ".venv.d").iterdir() if path.name.isdigit()}
        job.communicate("\n", timeout=20)

    assert job.returncode == 0
    assert kept == {"2", "4", "5"}


def test_uv_beside_changes_the_present_generation_in_place(runner: Runner, project: Path) -> None:
    runner.hob("add", "cherry", cwd=project)
    assert runner.home.uv("pip", "install", "banana>1", "--no-index", "-f", str(runner.home.wheels), cwd=project).code == 0
    assert (present(project), installed(project)) == (".venv.d/2", ["banana-2.0", "cherry-3.1"])

    runner.hob("sync", cwd=project)

    assert (present(project), installed(project)) == (".venv.d/3", ["banana-1.0", "cherry-3.1"])
    runner.hob("undo", cwd=project)
    assert installed(project) == ["banana-2.0", "cherry-3.1"]


def test_what_uv_made_in_place_of_a_generation_is_left_and_come_back_to(runner: Runner, project: Path) -> None:
    runner.hob("add", "cherry", cwd=project)
    assert runner.home.uv("venv", "--clear", cwd=project).code == 0

    assert runner.hob("undo", cwd=project).code == 0
    assert (present(project), installed(project)) == (".venv.d/1", ["banana-1.0"])
    assert runner.hob("undo", "--to", "2", "--environment-only", cwd=project).code == 0
    assert (present(project), installed(project)) == (".venv.d/2", [])
    assert runner.hob("sync", cwd=project).code == 0
    assert (present(project), installed(project)) == (".venv.d/3", ["banana-1.0", "cherry-3.1"])
    assert runner.hob("run", "cherry", cwd=project).out == "a cherry\n"


def test_a_pattern_of_git_that_would_show_the_link_is_told_of_once(runner: Runner) -> None:
    project = runner.home.project("plum", extra=ON)
    (project / ".gitignore").write_text("build/\n.venv/\n")

    assert "warning: `.venv/` in `.gitignore` matches folders alone" in runner.hob("sync", cwd=project).err
    assert "warning" not in runner.hob("add", "cherry", cwd=project).err


@pytest.mark.parametrize("point", ["intent.decided", "intent.file", "intent.file:2", "generations.linked", "generations.switched"])
def test_an_undo_that_was_killed_is_not_begun_or_done_by_the_next_command(runner: Runner, point: str) -> None:
    project = runner.home.project("plum", "banana<2", extra=ON)
    runner.hob("sync", cwd=project)
    before = texts(project)
    runner.hob("add", "cherry", cwd=project)

    assert runner.hob("undo", cwd=project, HOB_TEST_CRASH_AT=point).code == -signal.SIGKILL
    assert runner.hob("sync", cwd=project).code == 0
    assert (texts(project), present(project), installed(project)) == (before, ".venv.d/1", ["banana-1.0"])


@pytest.mark.parametrize("point", ["clone.folder:3", "journal.decided", "generations.completed", "generations.linked"])
def test_an_add_that_was_killed_leaves_the_old_generation(runner: Runner, point: str) -> None:
    project = runner.home.project("plum", "banana<2", extra=ON)
    runner.hob("sync", cwd=project)

    assert runner.hob("add", "cherry", cwd=project, HOB_TEST_CRASH_AT=point).code == -signal.SIGKILL
    assert (present(project), installed(project)) == (".venv.d/1", ["banana-1.0"])
    assert runner.hob("sync", cwd=project).code == 0
    assert installed(project) == ["banana-1.0", "cherry-3.1"]
    assert not list((project / ".venv.d").glob(".tmp*"))


def test_the_place_of_the_environment_may_be_another(runner: Runner) -> None:
    project = runner.home.project("plum", extra=ON)
    place = runner.home.root / "environments" / "plum"
    runner.hob("sync", cwd=project, UV_PROJECT_ENVIRONMENT=str(place))
    runner.hob("add", "cherry", cwd=project, UV_PROJECT_ENVIRONMENT=str(place))

    assert runner.hob("undo", cwd=project, UV_PROJECT_ENVIRONMENT=str(place)).code == 0
    assert os.readlink(place) == "plum.d/1"
    assert not (project / ".venv").exists()
