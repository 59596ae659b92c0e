"""What somebody edited through a link into the cache is never installed again: it is fetched anew, in the same command."""

import shutil
from pathlib import Path

import pytest

from tests.service.runs import Runner
from tests.support.wheels import make_wheel


def make_project(runner: Runner) -> Path:
    for name in ("one", "two"):
        make_wheel(runner.home.wheels, name, "1.0", files={f"{name}/__init__.py": f"v = '{name}'\n", f"{name}/more.py": ""})
    project = runner.home.project("demo", "one", "two")
    assert runner.hob("sync", "--link-mode", "hardlink", cwd=project).code == 0
    return project


def module(project: Path, name: str) -> Path:
    (found,) = project.glob(f".venv/lib/python3*/site-packages/{name}")
    return found


@pytest.mark.parametrize("names", [["one"], ["one", "two"]])
def test_what_was_edited_in_an_environment_comes_anew_for_the_next(runner: Runner, names: list[str]) -> None:
    project = make_project(runner)
    for name in names:
        edited = module(project, f"{name}/__init__.py")
        edited.chmod(0o644)
        edited.write_text("v = 'edited by hand'\n")
    shutil.rmtree(project / ".venv")
    said = runner.hob("sync", cwd=project)
    assert said.code == 0, said
    assert f"Prepared {len(names)} package" in said.err
    assert {name: module(project, f"{name}/__init__.py").read_text() for name in ("one", "two")} == {
        name: f"v = '{name}'\n" for name in ("one", "two")
    }


def test_what_was_removed_from_the_cache_comes_anew(runner: Runner) -> None:
    project = make_project(runner)
    store = next(path for path in runner.home.root.rglob("one/more.py") if ".venv" not in path.parts)
    store.parent.parent.chmod(0o755)
    shutil.rmtree(store.parent)
    shutil.rmtree(project / ".venv")
    assert runner.hob("sync", cwd=project).code == 0
    assert module(project, "one/more.py").is_file()
