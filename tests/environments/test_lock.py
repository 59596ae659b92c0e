"""Two changes of one environment come one after the other, whoever makes them."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import anyio
import pytest

from hobd.core.vocab.evidence import NoEvidence
from hobd.environments.apply import ApplySettings, apply_plan
from hobd.environments.inspect import read_installed
from hobd.environments.lock import LockTimeout, environment_lock
from tests.environments.places import installed, make_environment, unpack
from tests.support.wheels import make_wheel

HOLD = "import fcntl, sys; f = open(sys.argv[1], 'a+'); fcntl.flock(f, fcntl.LOCK_EX); print('held', flush=True); sys.stdin.read()"


async def test_two_changes_at_once_both_succeed(tmp_path: Path) -> None:
    environment = await anyio.to_thread.run_sync(make_environment, tmp_path / "venv")
    additions = [unpack(make_wheel(tmp_path, "kit", f"{n}.0", files={f"kit/m{n}.py": ""}), tmp_path / "store") for n in (1, 2, 3)]

    async def change(number: int) -> None:
        async with environment_lock(environment.root):
            old = read_installed(environment.scheme.site_packages, NoEvidence())
            await anyio.to_thread.run_sync(apply_plan, environment, old, [additions[number]], ApplySettings())

    async with anyio.create_task_group() as tasks:
        for number in range(3):
            tasks.start_soon(change, number)
    (version,) = installed(environment).values()
    assert sorted(path.name for path in (environment.scheme.purelib / "kit").iterdir()) == [f"m{version[0]}.py"]


async def test_whoever_waits_too_long_is_told_by_whom_and_how_to_wait_longer(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, tmp_path / ".lock"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        heard: list[str] = []
        with pytest.raises(LockTimeout, match="You can set `UV_LOCK_TIMEOUT`"):
            async with environment_lock(tmp_path, timeout_seconds=0.05, waiting=lambda: heard.append("waiting")):
                pass
        assert heard == ["waiting"]
        holder.communicate()
    async with environment_lock(tmp_path, timeout_seconds=5):
        pass


async def test_a_wait_that_was_given_up_does_not_keep_the_lock(tmp_path: Path) -> None:
    async with environment_lock(tmp_path):
        with anyio.move_on_after(0.02):
            async with environment_lock(tmp_path):
                pass
    with anyio.fail_after(5):
        async with environment_lock(tmp_path):
            pass


async def test_the_lock_is_the_one_that_uv_takes(tmp_path: Path) -> None:
    async with environment_lock(tmp_path):
        file = os.open(tmp_path / ".lock", os.O_RDWR)
        with pytest.raises(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.close(file)
    assert (tmp_path / ".lock").stat().st_mode & 0o777 == 0o666
