"""`add` and `remove`, killed, refused by the disk or interrupted at any point: as it was, or good after the next command (ADD-13)."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.house import Home, installed, leftovers, wait_until
from tests.support.index_server import IndexServer, serve_in_thread

KILLED = ["projects.written", "projects.replaced", "lock.write", "projects.replaced:2", "store.published", "journal.decided"]
PAGE, WHEEL = "/simple/cherry/ ", "/cherry-3.1-py3-none-any.whl "
"""What an addition waits for: the first before it writes anything, the second when files are written and nothing is installed."""
REFUSED = ["projects.written:1:ENOSPC", "lock.write:1:ENOSPC", "store.unpacked:1:ENOSPC"]


def texts(project: Path) -> list[str]:
    return [(project / name).read_text() for name in ("pyproject.toml", "uv.lock")]


def settled(home: Home, project: Path) -> tuple[list[str], list[str], list[str]]:
    """What a project is after one more plain command, and an edit that sweeps away what the last one left beside the file."""
    for young in project.glob(".*.tmp"):
        os.utime(young, (0, 0))  # as if it had been left behind a while ago
    said = home.hob("sync", cwd=project)
    assert said.code == 0, said.err
    assert home.hob("version", "0.1.0", "--frozen", cwd=project).code == 0
    return texts(project), installed(project), leftovers(project)


@pytest.mark.parametrize("point", KILLED)
def test_an_addition_that_was_killed_is_not_begun_or_done_by_the_next(home: Home, point: str) -> None:
    project = home.project("demo", "banana<2")
    before = settled(home, project)
    document = (project / "pyproject.toml").read_text()

    killed = home.hob("add", "cherry", cwd=project, HOB_DAEMON="off", HOB_TEST_CRASH_AT=point)
    assert killed.code == -signal.SIGKILL, killed
    written = (project / "pyproject.toml").read_text()
    after, packages, rest = settled(home, project)

    is_begun = written != document
    assert '"cherry>=3.1"' in written or not is_begun  # never without its bound
    assert packages == (["banana-1.0", "cherry-3.1"] if is_begun else ["banana-1.0"])
    assert ('name = "cherry"' in after[1]) is is_begun
    assert rest == []
    if not is_begun:
        assert (after, packages, rest) == before


def test_an_addition_to_a_script_that_was_killed_has_its_bound(home: Home) -> None:
    block = f'# /// script\n# dependencies = []\n# [tool.uv]\n# no-index = true\n# find-links = ["{home.wheels}"]\n# ///\n'
    (home.root / "script.py").write_text(block)
    assert home.hob("lock", "--script", "script.py", cwd=home.root, HOB_DAEMON="off").code == 0
    words = ("add", "--script", "script.py", "cherry")
    assert home.hob(*words, cwd=home.root, HOB_DAEMON="off", HOB_TEST_CRASH_AT="projects.replaced").code == -signal.SIGKILL
    assert '"cherry>=3.1"' in (home.root / "script.py").read_text()
    assert 'name = "cherry"' not in (home.root / "script.py.lock").read_text()


@pytest.mark.parametrize("point", ["projects.replaced", "journal.decided"])
def test_a_removal_that_was_killed_is_not_begun_or_done_by_the_next(home: Home, point: str) -> None:
    project = home.project("demo", "banana<2", "cherry")
    settled(home, project)

    assert home.hob("remove", "cherry", cwd=project, HOB_DAEMON="off", HOB_TEST_CRASH_AT=point).code == -signal.SIGKILL
    after, packages, rest = settled(home, project)

    is_done = "cherry" not in after[0]
    assert ('name = "cherry"' not in after[1]) is is_done
    assert packages == (["banana-1.0"] if is_done else ["banana-1.0", "cherry-3.1"])
    assert rest == []


@pytest.mark.parametrize("point", REFUSED)
def test_a_disk_that_refuses_changes_nothing(home: Home, point: str) -> None:
    project = home.project("demo", "banana<2")
    before = settled(home, project)

    assert home.hob("add", "cherry", cwd=project, HOB_DAEMON="off", HOB_TEST_CRASH_AT=point).code > 0
    assert (texts(project), installed(project), leftovers(project)) == before


@contextmanager
def begun(home: Home, stalled: str) -> Iterator[tuple[Path, IndexServer, "subprocess.Popen[str]"]]:
    """A project, and an addition to it that waits for an answer of the index."""
    with serve_in_thread(home.wheels) as index:
        project = home.project("demo", "banana<2", index=index.url)
        settled(home, project)
        index.fail(stalled, "stall", 1)
        with home.start("add", "cherry", cwd=project, HOB_DAEMON="off") as process:
            try:
                wait_until(lambda: index.faults[0].times == 0)
                yield project, index, process
            finally:
                process.kill()


@pytest.mark.parametrize("stalled", [PAGE, WHEEL])
def test_whoever_interrupts_an_addition_finds_all_as_it_was(home: Home, stalled: str) -> None:
    with begun(home, stalled) as (project, _, process):
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
        assert process.returncode != 0
        assert "cherry" not in "".join(texts(project))
        assert (installed(project), leftovers(project)) == (["banana-1.0"], [])


@pytest.mark.parametrize("stalled", [PAGE, WHEEL])
def test_what_somebody_else_writes_meanwhile_is_kept_by_an_addition(home: Home, stalled: str) -> None:
    with begun(home, stalled) as (project, index, process):
        document = project / "pyproject.toml"
        document.write_text(document.read_text() + "# mine\n")
        index.release()
        process.communicate(timeout=30)
        assert process.returncode == 0
        assert document.read_text().endswith("# mine\n")
        assert '"cherry>=3.1"' in document.read_text()
        assert installed(project) == ["banana-1.0", "cherry-3.1"]


def test_what_somebody_else_wrote_meanwhile_is_not_taken_back(home: Home) -> None:
    with begun(home, WHEEL) as (project, _, process):
        document = project / "pyproject.toml"
        mine = document.read_text() + "# mine\n"
        assert '"cherry>=3.1"' in mine
        document.write_text(mine)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
        assert document.read_text() == mine
        assert "`pyproject.toml` was changed by another program meanwhile" in said
