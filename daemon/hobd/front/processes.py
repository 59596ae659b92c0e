"""Facts about processes: who is who after a pid was reused, and what they cost."""

import os
import sys
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")


def boot_id() -> str:
    """The id of this boot of the machine; empty where unknown."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def start_time(pid: int) -> int:
    """When a process started, in clock ticks since boot; 0 for one that is gone (proc(5), stat: field 22)."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0
    return int(text.rpartition(")")[2].split()[19])  # the name, field 2, may hold anything, also `)`


def memory_bytes(pid: int) -> int:
    """Resident memory of a process; 0 for one that is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    except (OSError, IndexError, ValueError):
        return 0


def memory_cap() -> int:
    """Bytes that an engine may hold before it is recycled: a quarter of what this process may have, at most 1 GiB.

    But not so little that an engine would be recycled for what it cannot do without.
    """
    return max(192 << 20, min(1 << 30, min(_memory_limits(), default=4 << 30) // 4))


def _memory_limits() -> list[int]:
    limits = []
    try:
        total = Path("/proc/meminfo").read_text().split("\n", 1)[0]
        limits.append(int(total.split()[1]) * 1024)
        group = next((line[3:] for line in Path("/proc/self/cgroup").read_text().splitlines() if line.startswith("0::")), "/")
    except (OSError, IndexError, ValueError):
        return limits
    folder = Path("/sys/fs/cgroup") / group.lstrip("/")
    for ancestor in (folder, *folder.parents):
        if ancestor == Path("/sys/fs"):
            break
        limits += filter(None, (_read_limit(ancestor / name) for name in ("memory.high", "memory.max")))
    return limits


def _read_limit(path: Path) -> int:
    """A limit of a control group in bytes; 0 where there is none."""
    try:
        text = path.read_text().strip()
    except OSError:
        return 0
    return int(text) if text.isdigit() else 0


def own_program() -> bytes:
    """Where the client of this installation is: beside the interpreter."""
    return os.fsencode(Path(sys.executable).parent / "hob")
