"""`hob env`: the environments that hob knows are listed, repaired and removed."""

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.e2e.house import installed
from tests.service.runs import Runner

ON = "[tool.hob]\ngenerations = true\n"


def listed(runner: Runner) -> list[dict[str, Any]]:
    data = json.loads(runner.hob("env", "list", "--output-format", "json", cwd=runner.home.root).out)
    return list(data["environments"])


def module(project: Path, name: str) -> Path:
    return next(project.glob(f".venv/lib/python*/site-packages/{name}"))


def test_every_environment_is_listed_with_whose_it_is_and_what_it_takes(runner: Runner) -> None:
    project = runner.home.project("plum", "cherry")
    runner.hob("sync", cwd=project)
    (runner.home.root / "bare").mkdir()
    runner.hob("venv", cwd=runner.home.root / "bare")
    runner.hob("pip", "install", "banana", "--no-index", "-f", str(runner.home.wheels), cwd=runner.home.root / "bare")

    bare, plum = listed(runner)

    assert (plum["path"], plum["project"], plum["generations"]) == (str(project / ".venv"), str(project), [])
    assert (bare["path"], bare["project"]) == (str(runner.home.root / "bare" / ".venv"), None)
    assert 0 < plum["shared"] < plum["size"]
    text = runner.hob("env", "list", cwd=project).out.splitlines()
    assert text[0].split() == ["Environment", "Project", "Python", "Size", "Shared", "Last", "use"]
    assert text[2].split()[:2] == [str(project / ".venv"), "plum"]


def test_generations_are_one_environment_and_what_they_share_is_theirs(runner: Runner) -> None:
    project = runner.home.project("plum", extra=ON)
    runner.hob("sync", cwd=project)
    (alone,) = listed(runner)
    runner.hob("add", "cherry", cwd=project)

    (both,) = listed(runner)

    assert both["path"] == str(project / ".venv")
    assert both["generations"] == [str(project / ".venv.d" / "1"), str(project / ".venv.d" / "2")]
    assert both["size"] - both["shared"] < 2 * alone["size"]
    assert "(2 generations)" in runner.hob("env", "list", cwd=project).out


def test_programs_that_run_in_it_are_counted_and_keep_it(runner: Runner) -> None:
    project = runner.home.project("plum", "cherry")
    runner.hob("sync", cwd=project)
    with subprocess.Popen([project / ".venv/bin/python", "-c", "input()"], stdin=subprocess.PIPE) as job:
        assert [one["pid"] for one in listed(runner)[0]["processes"]] == [job.pid]
        assert runner.hob("env", "list", cwd=project).out.splitlines()[1].endswith("1 process")
        refused = runner.hob("env", "remove", ".venv", cwd=project)
        assert (refused.code, (project / ".venv").exists()) == (2, True)
        assert f"`.venv` is in use by {job.pid} (`python -c input()`)" in refused.err
        forced = runner.hob("env", "remove", ".venv", "--force", cwd=project)
        job.communicate(b"\n")
    assert (forced.code, (project / ".venv").exists(), listed(runner)) == (0, False, [])


def test_all_generations_go_with_their_environment_and_what_is_none_stays(runner: Runner) -> None:
    project = runner.home.project("plum", extra=ON)
    runner.hob("sync", cwd=project)
    runner.hob("add", "cherry", cwd=project)

    refused = runner.hob("env", "remove", ".venv", "..", cwd=project)
    assert (refused.code, installed(project)) == (2, ["cherry-3.1"])
    assert "is a generation of `.venv`" in runner.hob("env", "remove", ".venv.d/1", cwd=project).err

    assert runner.hob("env", "rm", ".venv", cwd=project).err.startswith("Removed environment at: .venv (")
    assert {path.name for path in project.iterdir()} == {"pyproject.toml", "uv.lock"}
    assert runner.hob("run", "cherry", cwd=project).out == "a cherry\n"


def test_what_is_gone_is_forgotten(runner: Runner) -> None:
    project = runner.home.project("plum", "cherry")
    runner.hob("sync", cwd=project)
    (project / ".venv").rename(project / "elsewhere")

    assert listed(runner) == []
    assert runner.hob("env", "list", cwd=project).out == ""


def test_what_was_changed_or_lost_is_installed_again_from_the_store(runner: Runner) -> None:
    project = runner.home.project("plum", "cherry", "banana<2")
    runner.hob("sync", cwd=project)
    before = {name: module(project, name).read_text() for name in ("cherry.py", "banana.py")}
    module(project, "cherry.py").unlink()
    module(project, "banana.py").unlink()
    next((project / ".venv").glob("lib/python*/site-packages")).joinpath("banana.py").write_text("VERSION = 9\n")
    (project / ".venv" / "bin" / "cherry").write_text("#!/bin/sh\n")

    said = runner.hob("env", "repair", cwd=project)

    assert said.code == 0
    assert ".venv/bin/cherry was changed\n" in said.err
    assert "cherry.py is missing\n" in said.err
    assert said.err.endswith("Repaired 2 packages in [TIME]\n ~ banana==1.0\n ~ cherry==3.1\n")
    assert {name: module(project, name).read_text() for name in before} == before
    assert runner.hob("run", "--no-sync", "cherry", cwd=project).out == "a cherry\n"
    assert runner.hob("env", "repair", ".venv", cwd=project).err == "Checked 2 packages in [TIME]\n"


def test_what_was_changed_in_the_store_too_is_named_with_the_way_out(runner: Runner) -> None:
    project = runner.home.project("plum", "cherry")
    runner.hob("sync", cwd=project)
    with module(project, "cherry.py").open("a") as file:
        file.write("# in place\n")

    said = runner.hob("env", "repair", cwd=project)

    assert said.code == 1
    assert "error: Not in the cache any more, so not repaired: `cherry`\n\nhint: Try `hob sync --reinstall-package cherry`" in said.err
    assert runner.hob("sync", "--reinstall-package", "cherry", cwd=project).code == 0
    assert runner.hob("env", "repair", cwd=project).err == "Checked 1 package in [TIME]\n"
