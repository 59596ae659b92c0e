"""What the native client starts keeps nothing of its starter (P7), and what stands still holds nobody up (P9)."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.e2e.house import HOB, Home, wait_until

WITH_NINE = "import os, sys; os.dup2(int(sys.argv[1]), 9); os.execv(sys.argv[2], sys.argv[2:])"
"""Becomes a program that holds the descriptor, too, as number 9."""


@pytest.fixture
def home(own_home: Home) -> Home:
    """The daemon is what is looked at."""
    return own_home


def processes(home: Home) -> list[int]:
    """The daemon and its engines."""
    status = home.status()
    return [status["pid"], *(engine["pid"] for engine in status["engines"])]


def test_the_daemon_keeps_no_descriptor_directory_or_variable_of_the_client_that_started_it(home: Home) -> None:
    folder = home.root / "odd \udcff folder"
    folder.mkdir()
    reading, writing = os.pipe()
    poison = {"SECRET_TOKEN": "s3cret", "PYTHONPATH": "/poison", "PYTHONHOME": "/poison", "TMPDIR": "/poison", "LANG": "xx_XX.broken"}
    starter = [sys.executable, "-I", "-c", WITH_NINE, str(writing), str(HOB), "cache", "dir"]
    done = subprocess.run(starter, cwd=folder, env=home.environment() | poison, pass_fds=(writing,), capture_output=True, check=False)
    assert done.returncode == 0, done
    os.close(writing)
    os.set_blocking(reading, False)
    assert os.read(reading, 1) == b""  # the end of the pipe: nobody holds it open
    os.close(reading)
    for pid in processes(home):
        links = [os.readlink(entry.path) for entry in os.scandir(f"/proc/{pid}/fd") if os.path.lexists(entry.path)]
        assert not [link for link in links if link.startswith("pipe:")], links
        assert os.readlink(f"/proc/{pid}/cwd") == "/"
        variables = Path(f"/proc/{pid}/environ").read_bytes()
        assert b"s3cret" not in variables
        assert b"poison" not in variables
        assert os.getsid(pid) != os.getsid(0)
    assert home.hob("cache", "dir", cwd=folder).out.encode() == done.stdout


def test_a_daemon_that_stands_still_costs_one_wait_and_no_answer(home: Home) -> None:
    project = home.project("demo", "apple")
    assert home.hob("sync", cwd=project).code == 0
    expected = home.hob("tree", cwd=project, HOB_VERDICTS="off").out
    pid = home.status()["pid"]
    os.kill(pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        said = home.hob("tree", cwd=project, HOB_VERDICTS="off")
        took = time.monotonic() - began
    finally:
        os.kill(pid, signal.SIGCONT)
    assert said.code == 0, said
    assert said.out == expected
    assert "hob: daemon unavailable" in said.err
    assert 2.5 < took < 6  # three seconds, and what it takes alone
    assert home.status()["pid"] == pid
    assert home.hob("tree", cwd=project, HOB_VERDICTS="off").out == expected
    wait_until(lambda: not home.is_working())


def test_an_answer_that_still_holds_needs_no_daemon_that_moves(home: Home) -> None:
    project = home.project("demo", "apple")
    assert home.hob("sync", cwd=project).code == 0
    time.sleep(0.03)  # younger files than that prove nothing
    expected = home.hob("sync", cwd=project)
    wait_until(lambda: list((home.runtime / "verdicts").glob("*.bin")))
    pid = home.status()["pid"]
    os.kill(pid, signal.SIGSTOP)
    try:
        assert home.hob("sync", cwd=project, timeout=2) == expected
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_daemon_that_ends_is_started_again(home: Home, number: int) -> None:
    project = home.project("demo", "apple")
    assert home.hob("lock", cwd=project).code == 0
    first = home.status()
    os.kill(first["pid"], number)
    said = home.hob("lock", "--check", cwd=project)
    assert (said.code, said.out) == (0, ""), said
    assert "daemon unavailable" not in said.err
    second = home.status()
    assert second["instance"] != first["instance"]
    wait_until(lambda: not any(Path(f"/proc/{engine['pid']}").exists() for engine in first["engines"]))


def test_the_version_is_told_without_anybody(home: Home) -> None:
    said = home.hob("--version", cwd=Path("/"), HOB_RUNTIME_DIR="/nonexistent", HOB_PYTHON="/nonexistent")
    assert said.code == 0
    assert said.out.startswith("hob ")
    assert HOB.exists()


def test_commands_about_the_daemon_start_none(home: Home) -> None:
    assert home.status()["running"] is False
    assert home.hob("daemon", "stop", cwd=Path("/")).code == 0
    assert not list(home.runtime.glob("*.sock"))
    assert home.hob("daemon", "status", cwd=Path("/")).code in {0, 1}
