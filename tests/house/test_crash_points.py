"""Every point at which a process may be killed, or the disk refuse, is walked by some test."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
POINT = re.compile(r'crash_point\("([^"]+)"\)')


def test_every_crash_point_is_walked() -> None:
    sources = [path.read_text() for path in (TESTS.parent / "daemon" / "hobd").rglob("*.py") if path.name != "faults.py"]
    points = {point for text in sources for point in POINT.findall(text)}
    tests = "".join(path.read_text() for path in TESTS.rglob("*.py"))
    unwalked = {point for point in points if not re.search(rf"[\"']{re.escape(point)}[\"':]", tests)}
    assert unwalked == set()
