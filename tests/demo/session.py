"""The first minute with hob: the lines that the README begins with, as they stand there."""

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"
_SESSION = re.compile(r"^## Thirty seconds\n+```console\n(.*?)^```", re.DOTALL | re.MULTILINE)


def session_lines(text: str) -> tuple[str, ...]:
    """What a reader of the README types, line by line."""
    found = _SESSION.search(text)
    assert found is not None, "the README has no session"
    return tuple(line.removeprefix("$ ") for line in found[1].splitlines() if line.startswith("$ "))


def type_line(line: str, folder: Path, environment: Mapping[str, str]) -> tuple[int, Path]:
    """Type one line into a shell. Returns its exit code, and the folder where the next line is typed."""
    reader, writer = os.pipe()
    with os.fdopen(reader) as said:
        try:
            script = f"set -e\n{line}\npwd >&{writer}"
            done = subprocess.run(["bash", "-c", script], cwd=folder, env=dict(environment), pass_fds=(writer,), check=False)
        finally:
            os.close(writer)
        return done.returncode, Path(said.readline().rstrip("\n") or folder)
