"""The first minute with hob, on a real project from the default index: what `make demo` shows.

demo.py .venv/bin/hob
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROJECT = """\
[project]
name = "hello"
version = "0.1.0"
requires-python = ">=3.11"
dependencies = ["rich"]
"""
PROGRAM = """\
from rich.console import Console
from rich.table import Table

table = Table(title="hello from a project that hob locked, synced and ran")
table.add_column("distribution")
table.add_column("version")
import importlib.metadata

for found in sorted(importlib.metadata.distributions(), key=lambda found: found.name):
    table.add_row(found.name, found.version)
Console(width=80).print(table)
"""


def show(hob: str, words: list[str], folder: Path, env: dict[str, str]) -> float:
    """Run one command as a person would, and say what it took."""
    print(f"\n$ hob {' '.join(words)}", flush=True)
    begin = time.perf_counter()
    done = subprocess.run([hob, *words], cwd=folder, env=env, check=False)
    elapsed = time.perf_counter() - begin
    print(f"  ({elapsed * 1000:.1f} ms)", flush=True)
    if done.returncode:
        sys.exit(f"hob {' '.join(words)} ended with {done.returncode}")
    return elapsed


def main() -> None:
    """Lock, sync and run a project; then do it all again, warm."""
    hob = str(Path(sys.argv[1]).absolute())
    env = {name: value for name, value in os.environ.items() if not name.startswith(("UV_", "HOB_", "VIRTUAL_ENV"))}
    env["UV_PYTHON"] = sys.executable if sys.prefix == sys.base_prefix else str(Path(sys.base_prefix, "bin", "python3"))
    with tempfile.TemporaryDirectory(prefix="hob-demo-") as scratch:
        folder = Path(scratch, "hello")
        folder.mkdir()
        (folder / "pyproject.toml").write_text(PROJECT)
        (folder / "hello.py").write_text(PROGRAM)
        print("A project with one dependency, in an empty folder:\n\n" + PROJECT)
        for words in (["lock"], ["sync"], ["run", "hello.py"], ["tree"]):
            show(hob, words, folder, env)
        print("\nAgain, with everything warm:")
        show(hob, ["sync"], folder, env)
        warm = [show(hob, words, folder, env) for words in (["lock", "--check"], ["sync"], ["run", "true"])]
        show(hob, ["daemon", "status"], folder, env)
        print(f"\nA warm no-op takes {min(warm) * 1000:.1f} ms here, process start included.")


if __name__ == "__main__":
    main()
