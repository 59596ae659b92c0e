"""One command at a time works on a project, also beside uv."""

import fcntl
import os
import stat
import subprocess
import sys
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest

from hobd.core.formats.path_digest import path_digest
from hobd.projects.project_lock import LockTimeout, hold_file_lock, hold_project_lock, project_lock_path
from tests.projects.reading import environ, write_files


def test_the_lock_has_the_name_that_uv_gives_it(tmp_path: Path) -> None:
    write_files(tmp_path, {"project/pyproject.toml": '[project]\nname = "a"\nversion = "1"\nrequires-python = ">=3.11"\n', "tmp/x": ""})
    variables = {"HOME": str(tmp_path), "PATH": os.defpath, "TMPDIR": str(tmp_path / "tmp")}
    uv = Path(sys.executable).with_name("uv")

    command = [str(uv), "sync", "--offline", "--no-cache", "-p", sys.executable]
    subprocess.run(command, cwd=tmp_path / "project", env=variables, check=True, capture_output=True)

    assert project_lock_path(tmp_path / "project", environ(**variables)).is_file()


@pytest.mark.parametrize(
    ("path", "digest"), [("/tmp/t1/lk", "a4ab52e244f9c4a0"), ("/tmp//t1/./lk/", "a4ab52e244f9c4a0"), ("/tmp/t1l/k", "f2ad65a07e1cd2a4")]
)
def test_a_path_is_hashed_by_its_components(path: str, digest: str) -> None:
    assert (path_digest(Path(path)) == digest) == (digest == "a4ab52e244f9c4a0")


async def test_a_second_command_waits_for_the_first(tmp_path: Path) -> None:
    order: list[str] = []
    variables = environ(TMPDIR=str(tmp_path))

    async def work(name: str, started: anyio.Event) -> None:
        async with hold_project_lock(tmp_path, variables, 10, order.append):
            order.append(f"{name} begins")
            started.set()
            await anyio.lowlevel.checkpoint()
            order.append(f"{name} ends")

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(work, "a", anyio.Event())
        tasks.start_soon(work, "b", anyio.Event())

    assert order in (["a begins", "a ends", "b begins", "b ends"], ["b begins", "b ends", "a begins", "a ends"])


async def test_whoever_waits_too_long_is_told_for_whom(tmp_path: Path) -> None:
    path = tmp_path / "x.lock"
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(LockTimeout) as refused:
            async with hold_file_lock(path, "the project", 0):
                raise AssertionError

    assert refused.value.message.startswith(f"Timeout (0s) when waiting for lock on `the project` at `{path}`")
    assert f"It is held by process {os.getpid()} (`" in refused.value.hints[0]


async def test_a_lock_is_free_again_whatever_happens_under_it(tmp_path: Path) -> None:
    path = tmp_path / "x.lock"
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            async with hold_file_lock(path, "x", 0):
                raise ZeroDivisionError


async def test_where_no_lock_can_be_made_work_goes_on_without(tmp_path: Path) -> None:
    async with hold_file_lock(tmp_path / "gone" / "x.lock", "x", 0):
        pass


async def test_what_another_put_in_place_of_a_lock_is_left_alone(tmp_path: Path) -> None:
    treasure, lock = tmp_path / "treasure", tmp_path / "x.lock"
    treasure.write_text("mine")
    treasure.chmod(0o600)

    for plant in (lock.symlink_to, lock.hardlink_to):
        plant(treasure)
        async with hold_file_lock(lock, "x", 0):
            pass
        assert (treasure.read_text(), stat.S_IMODE(treasure.stat().st_mode)) == ("mine", 0o600)
        lock.unlink()

    lock.symlink_to(tmp_path / "not there")
    async with hold_file_lock(lock, "x", 0):
        assert not (tmp_path / "not there").exists()


async def test_others_may_take_a_lock_that_was_made_here(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        async with hold_file_lock(tmp_path / "x.lock", "x", 0):
            assert stat.S_IMODE((tmp_path / "x.lock").stat().st_mode) == 0o666
    finally:
        os.umask(before)


async def test_uv_waits_for_the_same_lock(tmp_path: Path) -> None:
    write_files(tmp_path, {"project/pyproject.toml": '[project]\nname = "a"\nversion = "1"\nrequires-python = ">=3.11"\n', "tmp/x": ""})
    variables = {"HOME": str(tmp_path), "PATH": os.defpath, "TMPDIR": str(tmp_path / "tmp"), "UV_LOCK_TIMEOUT": "1"}
    command = [str(Path(sys.executable).with_name("uv")), "sync", "-v", "--offline", "--no-cache", "-p", sys.executable]

    async with hold_project_lock(tmp_path / "project", environ(**variables), 0, print):
        done = await anyio.run_process(command, cwd=tmp_path / "project", env=variables)

    assert f"Timeout (1s) when waiting for lock on `{tmp_path / 'project'}`" in done.stderr.decode()


async def test_whoever_waits_too_long_for_a_project_goes_on_as_uv_does(tmp_path: Path) -> None:
    variables = environ(TMPDIR=str(tmp_path))
    told: list[str] = []
    async with hold_project_lock(tmp_path, variables, 0, told.append):
        assert told == []
        async with hold_project_lock(tmp_path, variables, 0, told.append):
            assert [text.partition(" on ")[0] for text in told] == [
                "Failed to acquire project environment lock: Timeout (0s) when waiting for lock"
            ]
