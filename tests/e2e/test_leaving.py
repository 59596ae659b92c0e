"""Who leaves holds nothing back: a client that is killed or interrupted frees its locks at once, and nothing is half made (promise P5)."""

import fcntl
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.e2e.house import Home, environment_files, installed, leftovers, wait_until
from tests.support.index_server import IndexServer, serve_in_thread

SOON_SECONDS = 0.5
"""A tenth of a second is promised; a busy machine gets more."""


@pytest.fixture
def index(home: Home) -> Iterator[IndexServer]:
    with serve_in_thread(home.wheels) as server:
        yield server


def is_free(lock: Path) -> bool:
    """Whether nobody holds a lock file."""
    descriptor = os.open(lock, os.O_RDWR)
    try:
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        return False
    finally:
        os.close(descriptor)


def stalled_lock(home: Home, project: Path, index: IndexServer, **how: str) -> "subprocess.Popen[str]":
    """A `hob lock` that waits for a page for ever."""
    index.fail("/simple/banana/", "stall")
    process = home.start("lock", cwd=project, **how)
    wait_until(lambda: any(fault.times < 1_000_000 for fault in index.faults))
    return process


def stalled_sync(home: Home, project: Path, index: IndexServer, **how: str) -> "subprocess.Popen[str]":
    """A `hob sync` of a locked project that waits for a wheel for ever, its environment's lock in hand."""
    index.fail("cherry-3.1-py3-none-any.whl", "stall")
    process = home.start("sync", cwd=project, **how)
    wait_until(lambda: any(fault.times < 1_000_000 for fault in index.faults))
    return process


def resume(index: IndexServer) -> None:
    index.faults.clear()


def test_a_killed_client_ends_its_call(home: Home, index: IndexServer) -> None:
    project = home.project("demo", "apple", index=index.url)
    with stalled_lock(home, project, index) as client:
        assert home.status()["active_requests"][0]["command"] == "lock"
        client.kill()
        assert wait_until(lambda: not home.is_working()) < SOON_SECONDS
    resume(index)
    assert leftovers(project) == []
    assert not (project / "uv.lock").exists()
    assert home.hob("lock", cwd=project).code == 0


def test_a_killed_client_frees_the_environment(home: Home, index: IndexServer) -> None:
    project = home.project("demo", "apple", "cherry", index=index.url)
    index.offers_metadata = True
    assert home.hob("lock", cwd=project).code == 0
    with stalled_sync(home, project, index) as client:
        lock = project / ".venv/.lock"
        wait_until(lambda: lock.exists() and not is_free(lock))
        client.kill()
        assert wait_until(lambda: is_free(lock)) < SOON_SECONDS
    assert installed(project) == []
    resume(index)
    assert home.hob("sync", cwd=project).code == 0
    assert installed(project) == ["apple-1.0", "banana-2.0", "cherry-3.1"]


def test_a_waiting_command_goes_on_when_the_client_before_it_dies(home: Home, index: IndexServer) -> None:
    project = home.project("demo", "apple", "cherry", index=index.url)
    assert home.hob("lock", cwd=project).code == 0
    with stalled_sync(home, project, index) as first:
        wait_until(lambda: (project / ".venv/.lock").exists() and not is_free(project / ".venv/.lock"))
        resume(index)
        with home.start("sync", cwd=project) as second:
            wait_until(lambda: len(home.status()["active_requests"]) == 2)
            first.kill()
            _, err = second.communicate(timeout=20)
            assert second.returncode == 0, err
    assert installed(project) == ["apple-1.0", "banana-2.0", "cherry-3.1"]


@pytest.mark.parametrize("mode", ["daemon", "one-shot"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_lock_ends_by_the_signal_and_leaves_nothing(home: Home, index: IndexServer, number: int, mode: str) -> None:
    project = home.project("demo", "apple", index=index.url)
    how = {"HOB_DAEMON": "off"} if mode == "one-shot" else {}
    with stalled_lock(home, project, index, **how) as client:
        client.send_signal(number)
        took = wait_until(lambda: client.poll() is not None)
        out, err = client.communicate()
    assert client.returncode == -number, err  # what a shell shows as 128 + number
    assert out == ""
    assert "Traceback" not in err
    assert took < 2 * SOON_SECONDS
    assert leftovers(project) == []
    assert not (project / "uv.lock").exists()
    assert mode == "one-shot" or wait_until(lambda: not home.is_working()) < SOON_SECONDS


def test_an_interrupted_sync_leaves_the_environment_as_it_was(home: Home, index: IndexServer) -> None:
    project = home.project("demo", "apple", index=index.url)
    assert home.hob("sync", cwd=project).code == 0
    before = environment_files(project)
    (project / "pyproject.toml").write_text(home.pyproject("demo", "banana==1.0", "cherry", index=index.url))
    assert home.hob("lock", cwd=project).code == 0
    with stalled_sync(home, project, index) as client:
        client.send_signal(signal.SIGINT)
        client.communicate(timeout=5)
    assert client.returncode == -signal.SIGINT
    assert environment_files(project) == before
    resume(index)
    assert home.hob("sync", cwd=project).code == 0
    assert installed(project) == ["banana-1.0", "cherry-3.1"]


def test_a_reader_that_left_ends_the_command_like_a_broken_pipe(home: Home) -> None:
    project = home.project("demo", "apple")
    assert home.hob("sync", cwd=project).code == 0
    modes: list[dict[str, str]] = [{}, {"HOB_DAEMON": "off"}]
    for how in modes:
        reading, writing = os.pipe()
        os.close(reading)
        said = home.hob("tree", cwd=project, stdout=writing, **how)
        os.close(writing)
        assert said.code in {-signal.SIGPIPE, 2}, said
        assert "Traceback" not in said.err
    assert home.hob("tree", cwd=project).code == 0
