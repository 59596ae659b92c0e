"""The race of `test_race`, run by the native client: what a user's shell would see."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import anyio
import pytest

from hobd.build_id import compute_build_id
from tests.daemon.test_race import CLIENTS, LONGEST_REQUEST_SECONDS, Race, check_succession, read_log
from tests.front.hobd_process import FAKE_ENGINE

SECONDS = float(os.environ.get("HOB_TEST_RACE_SECONDS", "5"))
BUILT = sorted(Path(__file__).parents[2].glob("client/target/*/release/hob"))
INSTALLED = Path(sys.executable).with_name("hob")

PYTHON = """#!/bin/sh
case " $* " in
*" hobd serve "*) echo $$ >> "{folder}/spawns" ;;
*" run-once hob daemon "*) ;;
*" run-once "*) echo $$ >> "{folder}/fallbacks"; for word; do :; done; echo "$word"; exit 0 ;;
esac
exec "{python}" "$@"
"""
"""An interpreter that counts how often a daemon is started, and answers one-shot runs as the fake engine would."""


def find_client() -> Path | None:
    """The native client, installed or just built: a script would be the pure Python one."""
    for path in (INSTALLED, *BUILT):
        if path.exists() and path.read_bytes()[:4] == b"\x7fELF":
            return path
    return None


@dataclass
class NativeRace:
    client: Path
    folder: Path
    until: float
    answered: int = 0
    failures: list[str] = field(default_factory=list)

    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.defpath,
            "HOME": str(self.folder),
            "HOB_RUNTIME_DIR": str(self.folder),
            "HOB_PYTHON": str(self.folder / "python"),
            "HOB_VERDICTS": "off",
            "HOB_TEST_ENGINE": "\n".join(FAKE_ENGINE),
            "LC_ALL": "C.UTF-8",
        }

    def run(self) -> None:
        """One command after the other, each to its end."""
        while time.monotonic() < self.until:
            word = str(time.monotonic_ns())
            command = [str(self.client), "echo", word]
            try:
                done = subprocess.run(
                    command, cwd="/", env=self.environment(), capture_output=True, text=True, timeout=LONGEST_REQUEST_SECONDS, check=False
                )
            except subprocess.TimeoutExpired as error:
                self.failures.append(repr(error))
                continue
            if (done.returncode, done.stdout) != (0, f"{word}\n"):
                self.failures.append(f"{done.returncode} {done.stdout[-200:]!r} {done.stderr[-500:]!r}")
            self.answered += 1


def count_lines(path: Path) -> int:
    return len(path.read_text().splitlines()) if path.exists() else 0


async def run_all(race: NativeRace, disturber: Race) -> None:
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(disturber.disturb)
        for _ in range(CLIENTS):
            tasks.start_soon(anyio.to_thread.run_sync, race.run)


@pytest.mark.skipif(find_client() is None, reason="the native client is not built")
def test_no_command_fails_whatever_happens_to_the_daemon() -> None:
    client = find_client()
    assert client is not None
    with TemporaryDirectory(prefix="hob-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        (folder / "python").write_text(PYTHON.format(folder=folder, python=sys.executable))
        (folder / "python").chmod(0o700)
        race = NativeRace(client, folder, time.monotonic() + SECONDS)
        build = compute_build_id(__import__("hobd").__version__, str(client.parent.resolve()))
        disturber = Race(folder, race.until, build=build)
        anyio.run(run_all, race, disturber)
        subprocess.run([client, "daemon", "stop"], env=race.environment(), capture_output=True, check=True)
        lives = check_succession(read_log(disturber.places.log), disturber.killed)
        spawns, fallbacks = count_lines(folder / "spawns"), count_lines(folder / "fallbacks")
    print(f"{race.answered} answered, {lives} lives, {spawns} spawns, {fallbacks} one-shot")
    assert race.failures == []
    assert race.answered > 10
    assert spawns <= lives + 2
