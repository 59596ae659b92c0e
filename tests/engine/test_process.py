"""The engine's process gives back what it no longer needs."""

import subprocess
import sys

import pytest

PROGRAM = """
from concurrent.futures import ThreadPoolExecutor
from hobd.engine.process import give_memory_back, keep_memory_small, resident_bytes

keep_memory_small()
before = resident_bytes()

def work(_):
    kept = []
    for _ in range(50):
        large, small = bytearray(300 * 1024), bytearray(600)  # what stays lies behind what goes
        large[::4096] = bytes(len(large[::4096]))
        kept.append((large, small))
    return [small for _, small in kept]

with ThreadPoolExecutor(8) as pool:
    kept = list(pool.map(work, range(8)))
give_memory_back()
print((resident_bytes() - before) // 2**20)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc can be told to")
def test_what_many_threads_needed_for_a_while_is_given_back() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 16
