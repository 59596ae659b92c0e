"""Two commands on one project at once, hob's or uv's: both succeed, and the project is whole afterwards."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.e2e.house import UV, Home, environment_files, installed, leftovers, wait_until
from tests.support.index_server import serve_in_thread

ALL = ["apple-1.0", "banana-2.0", "cherry-3.1"]


def start_uv(home: Home, *words: str, cwd: Path) -> "subprocess.Popen[str]":
    environment = home.environment() | {"UV_CACHE_DIR": str(home.root / "uv-cache")}
    return subprocess.Popen([UV, *words], cwd=cwd, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(*processes: "subprocess.Popen[str]") -> list[tuple[int, str]]:
    """How each ended, and what it said on standard error where it failed."""
    ended = []
    for process in processes:
        _, err = process.communicate(timeout=60)
        ended.append((process.returncode, err if process.returncode else ""))
    return ended


def reset(project: Path) -> None:
    shutil.rmtree(project / ".venv", ignore_errors=True)
    (project / "uv.lock").unlink(missing_ok=True)


@pytest.mark.parametrize("modes", [("on", "on"), ("off", "on"), ("off", "off")], ids="-".join)
def test_two_syncs_of_a_fresh_project_both_succeed(home: Home, modes: tuple[str, str]) -> None:
    project = home.project("demo", "apple", "cherry")
    assert home.hob("sync", cwd=project).code == 0
    expected = environment_files(project), (project / "uv.lock").read_text()
    for _ in range(8 if modes == ("on", "on") else 3):
        reset(project)
        assert finish(*(home.start("sync", cwd=project, HOB_DAEMON=mode) for mode in modes)) == [(0, "")] * 2
        assert (environment_files(project), (project / "uv.lock").read_text()) == expected
        assert leftovers(project) == []


def test_hob_and_uv_sync_at_once_and_both_succeed(home: Home) -> None:
    project = home.project("demo", "apple", "cherry")
    for is_fresh in (True, False, False):
        if is_fresh:
            reset(project)
        else:
            shutil.rmtree(next(project.glob(".venv/lib/python*/site-packages/cherry-*.dist-info")))
            (project / "uv.lock").unlink()
        ended = finish(start_uv(home, "sync", cwd=project), home.start("sync", cwd=project))
        assert ended == [(0, "")] * 2
        assert installed(project) == ALL
        for name in ("apple", "cherry"):
            assert subprocess.run([project / ".venv/bin/python", "-c", f"import {name}"], check=False).returncode == 0
        assert home.hob("sync", "--check", cwd=project).code == 0
        assert home.uv("sync", "--check", cwd=project).code == 0


def test_many_commands_at_once_are_all_answered(home: Home) -> None:
    project = home.project("demo", "apple", "cherry")
    lines = ["lock", "sync", "tree", "run cherry", "lock --check", "sync --dry-run", "cache dir"] * 3
    assert home.hob("sync", cwd=project).code == 0
    processes = [home.start(*line.split(), cwd=project, HOB_VERDICTS="off") for line in lines]
    assert finish(*processes) == [(0, "")] * len(lines)
    assert installed(project) == ALL


def test_a_lock_is_for_the_project_as_it_is_when_it_is_written(home: Home) -> None:
    with serve_in_thread(home.wheels) as index:
        project = home.project("demo", "apple", index=index.url)
        index.fail("/simple/banana/", "stall", 1)
        with home.start("lock", cwd=project) as locking:
            wait_until(lambda: index.faults[0].times == 0)
            (project / "pyproject.toml").write_text(home.pyproject("demo", "cherry", index=index.url))
            index.release()
            _, err = locking.communicate(timeout=30)
        lock = (project / "uv.lock").read_text()
        assert locking.returncode == 0, err
        assert 'name = "cherry"' in lock
        assert 'name = "apple"' not in lock
        assert home.hob("lock", "--check", cwd=project).code == 0


def test_a_lock_of_another_that_came_first_is_not_overwritten_unseen(home: Home) -> None:
    with serve_in_thread(home.wheels) as index:
        project = home.project("demo", "apple", index=index.url)
        index.fail("/simple/banana/", "stall", 1)
        with home.start("lock", cwd=project) as locking:
            wait_until(lambda: index.faults[0].times == 0)
            assert home.uv("lock", cwd=project).code == 0
            theirs = (project / "uv.lock").read_text()
            index.release()
            assert finish(locking) == [(0, "")]
        assert (project / "uv.lock").read_text() == theirs
