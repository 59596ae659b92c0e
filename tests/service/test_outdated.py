"""`hob outdated`: what is behind, what an upgrade would do about it, and who holds the rest back."""

import json
from pathlib import Path

import pytest

from tests.e2e.house import Said, make_home
from tests.service.runs import Runner
from tests.support.wheels import make_wheel


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    """Wheels: hazel 1, 2 and a pre-release of 3; fig 1 (needs hazel below 2); kiwi 1 and 2 (needs kiwi's own extra); plain 1."""
    home = make_home(tmp_path)
    for version in ("1", "1.5", "2", "3rc1"):
        make_wheel(home.wheels, "hazel", version)
    make_wheel(home.wheels, "fig", "1", ["hazel<2"], {"sweet": ["plain<0"]})
    for version in ("1", "2"):
        make_wheel(home.wheels, "kiwi", version)
    make_wheel(home.wheels, "plain", "1")
    return Runner(home)


def behind(runner: Runner, project: Path) -> dict[str, object]:
    said = runner.hob("outdated", "--output-format", "json", cwd=project)
    assert said.code == 0, said.err
    return {each.pop("name"): each for each in json.loads(said.out)["packages"]}


def locked(runner: Runner, first: str, then: str) -> Path:
    """A project whose lock is of its first requirements, and which has others now."""
    project = runner.home.project("plum", *first.split())
    assert runner.hob("lock", cwd=project).code == 0
    (project / "pyproject.toml").write_text(runner.home.pyproject("plum", *then.split()))
    return project


def test_what_an_upgrade_reaches_is_split_from_what_is_held_back(runner: Runner) -> None:
    project = locked(runner, "fig hazel==1 kiwi==1", "fig hazel kiwi<2 plain")
    before = (project / "uv.lock").read_text()
    assert behind(runner, project) == {
        "hazel": {
            "locked": ["1"],
            "upgraded": ["1.5"],
            "newest": "2",
            "held_back_by": [{"name": "fig", "version": "1", "requirement": "hazel<2"}],
        },
        "kiwi": {
            "locked": ["1"],
            "upgraded": ["1"],
            "newest": "2",
            "held_back_by": [{"name": "plum", "version": None, "requirement": "kiwi<2"}],
        },
    }
    assert (project / "uv.lock").read_text() == before


def test_a_table_tells_it_and_how_to_go_on(runner: Runner) -> None:
    said = runner.hob("outdated", cwd=locked(runner, "fig hazel==1 kiwi==1", "fig hazel kiwi<2"))
    assert said.out.splitlines() == [
        "Package  Locked  Upgrade  Newest  Held back by",
        "hazel    1       1.5      2       fig v1 requires hazel<2",
        "kiwi     1       -        2       plum requires kiwi<2",
    ]
    assert "`hob lock --upgrade` locks what stands under Upgrade" in said.err
    assert "`hob upgrade` raises what the project itself requires" in said.err


def test_a_lock_that_is_new_enough_has_no_rows(runner: Runner) -> None:
    project = locked(runner, "kiwi plain", "kiwi plain")
    said: Said = runner.hob("outdated", cwd=project)
    assert (said.code, said.out) == (0, "")
    assert "Everything in the lockfile is as new as can be" in said.err
    assert behind(runner, project) == {}


def test_without_a_lock_there_is_nothing_to_be_behind(runner: Runner) -> None:
    said = runner.hob("outdated", cwd=runner.home.project("plum"))
    assert said.code == 1
    assert "run `hob lock`" in said.err
