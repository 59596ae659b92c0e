"""Twelve clients, and a daemon that is killed, stopped and ended at random: no request fails, no two daemons own the socket.

Runs a few seconds; `HOB_TEST_RACE_SECONDS` makes it longer.
"""

import json
import os
import random
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import anyio
import grpc

from hob.v1 import execute_pb2 as execute_v1
from hobd.front.runtime_dir import Places
from hobd.front.starting import spawn_lock
from tests.front.hobd_process import BUILD, Answer, Hobd

CLIENTS = 12
LONGEST_REQUEST_SECONDS = 15


@dataclass
class Race:
    runtime_dir: Path
    until: float
    build: str = BUILD
    answered: int = 0
    repeated: int = 0
    spawned: list[Hobd] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    killed: dict[object, float] = field(default_factory=dict)

    @property
    def places(self) -> Places:
        return Hobd(self.runtime_dir, build=self.build).places

    def identity(self) -> tuple[int, int] | None:
        try:
            found = self.places.socket.stat()
        except OSError:
            return None
        return (found.st_dev, found.st_ino)

    def is_reachable(self, replaced: tuple[int, int] | None) -> bool:
        """Whether somebody listens who has not said that it ends."""
        import socket

        if self.identity() == replaced:
            return False
        with socket.socket(socket.AF_UNIX) as connection:
            try:
                connection.connect(str(self.places.socket))
            except OSError:
                return False
        return True

    def start(self, replaced: tuple[int, int] | None) -> None:
        """As the client does: under the lock, look again, then spawn and wait."""
        with spawn_lock(self.places):
            if not self.is_reachable(replaced):
                hobd = Hobd(self.runtime_dir)
                self.spawned.append(hobd)
                hobd.start(start_new_session=True)

    async def request(self, number: int) -> None:
        """One command line, however many daemons it takes."""
        word = f"{number}-{self.answered}"
        replaced: tuple[int, int] | None = None
        while True:
            identity = self.identity()
            if identity is None or identity == replaced:
                await anyio.to_thread.run_sync(self.start, replaced)
                continue
            try:
                async with Hobd(self.runtime_dir).client() as client:
                    answer: Answer = await client.execute("echo", word)
            except grpc.aio.AioRpcError as error:
                if not is_lost_connection(error):
                    raise
                self.repeated += 1
                await anyio.to_thread.run_sync(self.start, None)
                continue
            if not answer.events or answer.kinds[-1] not in {"exit", "refused"}:
                self.repeated += 1
                continue
            if answer.kinds == ["refused"]:
                assert answer.events[0].refused.reason == execute_v1.Refused.REASON_DRAINING
                replaced = identity
                await anyio.to_thread.run_sync(self.start, replaced)
                continue
            assert answer.out == f"{word}\n", (answer.out, answer.err)
            self.answered += 1
            return

    async def client(self, number: int) -> None:
        while time.monotonic() < self.until:
            try:
                with anyio.fail_after(LONGEST_REQUEST_SECONDS):
                    await self.request(number)
            except (TimeoutError, AssertionError, grpc.aio.AioRpcError) as error:
                self.failures.append(repr(error))

    async def disturb(self) -> None:
        """Kill, end, or stop for a moment whoever serves."""
        chance = random.Random(4)
        while time.monotonic() < self.until - 1:
            await anyio.sleep(chance.uniform(0.1, 0.7))
            try:
                pid = json.loads(await anyio.Path(self.places.info).read_text())["pid"]
                how = chance.choice([signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP])
                if how == signal.SIGKILL:
                    self.killed.setdefault(pid, time.time())  # the info file may still name one that is dead
                os.kill(pid, how)
                if how == signal.SIGSTOP:
                    await anyio.sleep(0.2)
                    os.kill(pid, signal.SIGCONT)
            except (OSError, ValueError):
                continue  # it is just being replaced


def is_lost_connection(error: grpc.aio.AioRpcError) -> bool:
    """Whether the daemon was gone; Python's client calls it internal when that happens while it writes."""
    is_gone = error.code() in {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED}
    return is_gone or "execute_batch" in error.debug_error_string()


async def test_no_request_fails_and_no_two_daemons_own_the_socket() -> None:
    seconds = float(os.environ.get("HOB_TEST_RACE_SECONDS", "5"))
    with TemporaryDirectory(prefix="hob-", ignore_cleanup_errors=True) as folder:
        race = Race(Path(folder), time.monotonic() + seconds)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(race.disturb)
            for number in range(CLIENTS):
                tasks.start_soon(race.client, number)
        log = read_log(race.places.log)
        for hobd in race.spawned:
            hobd.stop()
    assert race.failures == []
    assert race.answered > 10
    lives = check_succession(log, race.killed)
    assert len(race.spawned) <= lives + 2, (len(race.spawned), lives)
    print(f"{race.answered} answered, {race.repeated} repeated, {lives} lives, {len(race.spawned)} spawns")


def read_log(log: Path) -> list[dict[str, object]]:
    """What happened, in order; tracebacks and the like are left out."""
    return [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]


def check_succession(log: list[dict[str, object]], killed: dict[object, float]) -> int:
    """Whoever took the lock did so after all before had given it up or were dead. Returns how many took it."""
    serving: set[object] = set()
    lives = 0
    for entry in log:
        if entry["what"] == "start":
            lives += 1
            still = {pid for pid in serving if pid not in killed or killed[pid] > float(str(entry["time"]))}
            assert not still, (entry, still)
            serving = {entry["pid"]}
        elif entry["what"] == "drain":
            serving.discard(entry["pid"])
    return lives
