"""Memory stays where it is, however many requests come."""

import os
from pathlib import Path

from hobd.front.processes import memory_bytes
from tests.front.hobd_process import Hobd

ROUNDS = int(os.environ.get("HOB_TEST_SOAK_ROUNDS", "4"))
REQUESTS = 400
SLACK = 3 << 20


async def test_memory_does_not_grow_with_requests(tmp_path: Path) -> None:
    runtime_dir = tmp_path / "hob"
    runtime_dir.mkdir(mode=0o700)
    hobd = Hobd(runtime_dir)
    assert hobd.start().startswith("ok ")
    ground = tmp_path / "ground"
    ground.write_text("x")
    sizes = []
    async with hobd.client() as client:
        for round_number in range(ROUNDS):
            for number in range(REQUESTS):
                answer = await client.execute(*(("verdict", str(ground)) if number % 2 else ("echo", f"{round_number}-{number}")))
                assert answer.code == 0
            sizes.append(memory_bytes(hobd.pid))
    hobd.stop()
    assert sizes[-1] - sizes[0] < SLACK, sizes
