"""A lock is old or new, whatever happens to it, to its project, to the disk, or to whoever writes it; and the next command goes on."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hobd.projects.lockfiles import YOUNG_SECONDS
from tests.e2e.hostile_pages import entry, listing
from tests.e2e.house import HOB, UV, Home, Said, leftovers, wait_until
from tests.support.index_server import JSON_TYPE, IndexServer, serve_in_thread

MODES = pytest.mark.parametrize("how", [{}, {"HOB_DAEMON": "off"}], ids=["daemon", "one-shot"])
POINTS = ["lock.write", "projects.written", "projects.replaced"]


@pytest.fixture
def index(home: Home) -> Iterator[IndexServer]:
    with serve_in_thread(home.wheels) as server:
        yield server


def lock_of(project: Path) -> str:
    return (project / "uv.lock").read_text()


def age(project: Path) -> None:
    """Make what lies in a project look as if it had been there for long."""
    for path in project.iterdir():
        old = path.stat().st_mtime - 2 * YOUNG_SECONDS
        os.utime(path, (old, old))


def test_a_writer_that_was_killed_anywhere_leaves_the_old_lock_or_the_new_one(home: Home) -> None:
    project = home.project("demo", "apple")
    assert home.hob("lock", cwd=project).code == 0
    old = lock_of(project)
    for point in POINTS:
        (project / "pyproject.toml").write_text(home.pyproject("demo", "apple", "cherry"))
        killed = home.hob("lock", cwd=project, HOB_DAEMON="off", HOB_TEST_CRASH_AT=point)
        assert killed.code == -signal.SIGKILL, point
        assert (lock_of(project) == old) == (point != "projects.replaced")
        assert home.hob("lock", cwd=project).code == 0
        assert 'name = "cherry"' in lock_of(project)
        age(project)  # what a writer left is only taken away once nobody can be about to lock it
        (project / "pyproject.toml").write_text(home.pyproject("demo", "apple"))
        assert home.hob("lock", cwd=project).code == 0
        assert (lock_of(project), leftovers(project)) == (old, [])


def test_two_hobs_and_a_uv_lock_at_once_and_agree(home: Home, index: IndexServer) -> None:
    project = home.project("demo", "apple", "cherry", index=index.url)
    assert home.uv("lock", cwd=project).code == 0
    expected = lock_of(project)
    for _ in range(3):
        (project / "uv.lock").unlink()
        uv = subprocess.Popen(
            [UV, "lock"],
            cwd=project,
            env=home.environment() | {"UV_CACHE_DIR": str(home.root / "uv-cache")},
            stderr=subprocess.PIPE,
            text=True,
        )
        both = [home.start("lock", cwd=project, HOB_DAEMON=mode) for mode in ("on", "off")]
        assert [(process.communicate(timeout=60)[1].count("error:"), process.returncode) for process in (uv, *both)] == [(0, 0)] * 3
        assert (lock_of(project), leftovers(project)) == (expected, [])


def put_link(project: Path) -> None:
    (project / "uv.lock").rename(project.parent / "elsewhere.lock")
    (project / "uv.lock").symlink_to("../elsewhere.lock")


def put_dangling_link(project: Path) -> None:
    (project / "uv.lock").unlink()
    (project / "uv.lock").symlink_to("../nowhere.lock")


def put_circle(project: Path) -> None:
    (project / "uv.lock").unlink()
    (project / "uv.lock").symlink_to("uv.lock")


def put_folder(project: Path) -> None:
    (project / "uv.lock").unlink()
    (project / "uv.lock").mkdir()


def put_bytes(content: bytes) -> Callable[[Path], object]:
    return lambda project: (project / "uv.lock").write_bytes(content)


def fill_up(project: Path) -> None:
    with (project / "uv.lock").open("a") as file:
        for _ in range(10):
            file.write(f"# {'x' * 1_000_000}\n")


ODD_LOCKS: dict[str, Callable[[Path], object]] = {
    "a link": put_link,
    "a link to nothing": put_dangling_link,
    "a link to itself": put_circle,
    "a folder": put_folder,
    "no UTF-8": put_bytes(b"version = 1\n# \xff\xfe\n"),
    "NULs": put_bytes(b"\0" * 1000),
    "nothing": put_bytes(b""),
    "a version to come": put_bytes(b"version = 2\n"),
    "a merge that was left": put_bytes(b"<<<<<<< ours\nversion = 1\n=======\n"),
    "depth": put_bytes(b"version = 1\na = " + b"[" * 5000 + b"]" * 5000 + b"\n"),
    "10 MB": fill_up,
}


@MODES
def test_an_odd_lock_is_used_or_refused_as_by_uv_and_never_overwritten_unread(home: Home, how: dict[str, str]) -> None:
    project = home.project("demo", "apple")
    assert home.uv("lock", cwd=project).code == 0
    old = lock_of(project)
    (project / "pyproject.toml").write_text(home.pyproject("demo", "apple", "cherry"))
    wrong: dict[str, tuple[Said, Said]] = {}
    for name, spoil in ODD_LOCKS.items():
        expected, *there = with_odd_lock(project, old, spoil, home.uv)
        said, *here = with_odd_lock(project, old, spoil, lambda *words, cwd: home.hob(*words, cwd=cwd, **how))
        if (said.code, here) != (expected.code, there) or "bug in hob" in said.err:
            wrong[name] = expected, said
    assert wrong == {}


def with_odd_lock(
    project: Path, old: str, spoil: Callable[[Path], object], tool: Callable[..., Said]
) -> tuple[Said, bool, bool, list[str]]:
    """What a tool says of a spoilt lock; whether that is a link then, whether it is up to date; and what else is there."""
    path = project / "uv.lock"
    path.write_text(old)
    spoil(project)
    said = tool("lock", cwd=project)
    found = said, path.is_symlink(), path.is_file() and b"cherry" in path.read_bytes(), leftovers(project)
    path.rmdir() if path.is_dir() else path.unlink(missing_ok=True)
    return found


@MODES
def test_a_folder_that_cannot_be_written_is_an_error_and_stays_as_it_is(home: Home, how: dict[str, str]) -> None:
    """A limit on the size of files stands for a full disk."""
    project = home.project("demo", "apple")
    if how:
        command = ["sh", "-c", 'ulimit -f 0; exec "$@"', "sh", str(HOB), "lock"]
        done = subprocess.run(command, cwd=project, env=home.environment() | how, capture_output=True, text=True, check=False)
        said = Said(done.returncode, done.stdout, done.stderr)
        assert (said.code, said.err.count("error:")) == (2, 1), said
        assert "File too large (os error 27)" in said.err
    if os.geteuid() != 0:
        project.chmod(0o555)
        said = home.hob("lock", cwd=project, **how)
        project.chmod(0o755)
        assert (said.code, said.err.count("error:")) == (2, 1), said
        assert "Permission denied (os error 13)" in said.err
    assert not (project / "uv.lock").exists()
    assert leftovers(project) == []
    assert home.hob("lock", cwd=project).code == 0


@MODES
def test_an_interrupt_ends_a_long_search_at_once_and_nothing_is_written(home: Home, index: IndexServer, how: dict[str, str]) -> None:
    """None of 3,000 versions will do, and each has to be looked at to know."""
    entries = (entry(index, "apple", f"1.{minor}", [f"banana<1,>=0.{minor}"]) for minor in range(3000))
    index.bodies["/simple/apple/"] = JSON_TYPE, listing(*entries)
    project = home.project("demo", "apple", index=index.url)
    with home.start("lock", cwd=project, **how) as client:
        wait_until(lambda: len(index.seen) > 100, 30)
        assert client.poll() is None
        client.send_signal(signal.SIGINT)
        took = wait_until(lambda: client.poll() is not None)
        out, err = client.communicate()
    assert (client.returncode, out, "Traceback" in err) == (-signal.SIGINT, "", False)
    assert took < 2  # a tenth of that where nothing else runs
    assert how or wait_until(lambda: not home.is_working()) < 2
    assert leftovers(project) == []
    assert not (project / "uv.lock").exists()
