"""Processes of our own: what they write is read to its end, which is not always theirs."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from hobd.engine.spawning import Kept, LocalSpawner

ENVIRONMENT = {"PATH": "/usr/bin:/bin"}


@pytest.fixture
def left_behind(tmp_path: Path) -> Iterator[Path]:
    """A file for the number of a process that outlives its parent."""
    file = tmp_path / "number"
    yield file
    os.kill(int(file.read_text()), signal.SIGKILL)


async def test_a_grandchild_that_holds_the_output_open_is_not_waited_for(left_behind: Path) -> None:
    script = f"sleep 600 & echo $! > {left_behind}; echo done; exit 3"
    finished = await LocalSpawner(linger_seconds=0.05).run(["sh", "-c", script], env=ENVIRONMENT)
    assert (finished.code, finished.out, finished.status) == (3, b"done\n", "exit status: 3")


async def test_what_the_kernel_cannot_start_is_not_read_by_a_shell(tmp_path: Path) -> None:
    program = tmp_path / "of-another-machine"
    program.write_text(f"touch {tmp_path}/run\n")
    program.chmod(0o755)
    with pytest.raises(OSError, match="Exec format error"):
        await LocalSpawner().run([str(program)], env=ENVIRONMENT)
    assert not (tmp_path / "run").exists()


async def test_a_signal_is_told_by_its_name() -> None:
    finished = await LocalSpawner().run(["sh", "-c", "kill -9 $$"], env=ENVIRONMENT)
    assert finished.status == "signal: 9 (SIGKILL)"


def test_of_a_flood_the_end_is_kept_and_the_cut_is_told() -> None:
    kept, piece = Kept(), bytes(1 << 20)
    for _ in range(100):
        kept.add(piece)
    kept.add(b"the end")
    assert bytes(kept).startswith(b"[what came before is left out")
    assert bytes(kept).endswith(b"the end")
    assert len(bytes(kept)) < 65 << 20
