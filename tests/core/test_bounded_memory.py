"""What is kept is bounded, and what a file said counts while the file is as it was."""

from dataclasses import dataclass, replace

import pytest

from hobd.core.vocab.bounded_memory import BoundedMemory
from hobd.core.vocab.file_memory import FileMemory

NOW = 1_700_000_000_000_000_000
SECOND = 1_000_000_000


@dataclass(frozen=True)
class State:
    st_dev: int = 1
    st_ino: int = 2
    st_size: int = 3
    st_mtime_ns: int = NOW - 60 * SECOND
    st_ctime_ns: int = NOW - 60 * SECOND


def test_the_memory_forgets_what_was_not_used_for_longest() -> None:
    memory: BoundedMemory[str, int] = BoundedMemory(100)
    memory.put("a", 1, 40)
    memory.put("b", 2, 40)
    assert memory.get("a") == 1
    memory.put("c", 3, 40)
    assert (memory.get("a"), memory.get("b"), memory.get("c"), memory.size_bytes) == (1, None, 3, 80)


def test_the_memory_does_not_take_what_is_larger_than_itself() -> None:
    memory: BoundedMemory[str, int] = BoundedMemory(100)
    memory.put("a", 1, 40)
    memory.put("a", 2, 101)
    assert (memory.get("a"), memory.size_bytes) == (None, 0)


@pytest.mark.parametrize("change", ["st_dev", "st_ino", "st_size", "st_mtime_ns", "st_ctime_ns"])
def test_a_file_that_is_not_as_it_was_is_not_known(change: str) -> None:
    memory: FileMemory[str, str] = FileMemory(100)
    memory.put("file", State(), NOW, "said", 10)
    assert memory.get("file", State()) == "said"
    assert memory.get("file", replace(State(), **{change: 7})) is None


@pytest.mark.parametrize("time", ["st_mtime_ns", "st_ctime_ns"])
def test_a_file_that_was_changed_a_moment_ago_is_not_remembered(time: str) -> None:
    memory: FileMemory[str, str] = FileMemory(100)
    young = replace(State(), **{time: NOW - SECOND})
    memory.put("file", young, NOW, "said", 10)
    assert memory.get("file", young) is None
