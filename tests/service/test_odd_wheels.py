"""Wheels that are not built as wheels have to be: installed as uv does, with a warning, or refused where a project wants that."""

from pathlib import Path

from tests.e2e.house import environment_files
from tests.service.runs import Runner
from tests.store.hostile import link_entry, make

SIGNATURE = "one-1.0.dist-info/RECORD.jws"
_WARNING = "warning: `one-1.0-py3-none-any.whl` is not built as a wheel has to be: `../../evil.py` leads out of the wheel and is left out"


def make_odd(runner: Runner) -> Path:
    make(
        runner.home.wheels,
        [("../../evil.py", "evil"), (link_entry("secret"), "/etc/passwd"), ("dup.py", "same"), ("dup.py", "same"), (SIGNATURE, "{}")],
    )
    return runner.home.project("demo", "one", "cherry")


def files(project: Path) -> dict[str, str]:
    """What is installed, without the times of local wheels."""
    found = environment_files(project)
    lines = {path: [line for line in text.splitlines() if "uv_cache.json" not in line] for path, text in found.items()}
    return {path: "\n".join(kept) for path, kept in lines.items() if not path.endswith("uv_cache.json")}


def test_an_odd_wheel_is_installed_as_by_uv_with_one_warning_that_names_it(runner: Runner) -> None:
    project = make_odd(runner)
    theirs = runner.uv("sync", cwd=project)
    expected = files(project)
    said = runner.hob("sync", "--reinstall", cwd=project)
    assert (said.code, theirs.code) == (0, 0), said
    assert files(project) == expected
    assert said.err.count("warning:") == 1
    assert f"{_WARNING} (and " in said.err
    assert not list(runner.home.root.rglob("evil.py"))


def test_strict_projects_refuse_odd_wheels_also_those_that_others_brought(runner: Runner) -> None:
    project = make_odd(runner)
    assert runner.hob("sync", cwd=project).code == 0
    with (project / "pyproject.toml").open("a") as file:
        file.write("[tool.hob]\nstrict-wheels = true\n")
    assert runner.hob("sync", cwd=project).code == 0, "what is installed already is not asked about"
    before = environment_files(project)
    said = runner.hob("sync", "--reinstall", cwd=project)
    assert said.code == 1
    assert "error: `one-1.0-py3-none-any.whl` is refused, as `strict-wheels` is set\n  cause: `../../evil.py` leads out" in said.err
    assert environment_files(project) == before
    assert runner.hob("sync", "--reinstall-package", "cherry", cwd=project).code == 0, "what is as it has to be passes"
