"""Time what generations cost in a large environment: a change beside the old one, and the way back, as whole processes.

    python -m tests.bench.generations --hob .venv/bin/hob [--modules 12000] [--runs 5]

add      one package more: the environment is cloned, changed and switched to
plain    the same without generations
undo     back to the environment and the project before
redo     and forward again (`undo --to`)
"""

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

from tests.bench.noop import make_project
from tests.bench.programs import call, stop_daemon
from tests.support.wheels import make_wheel

LONGEST_UNDO_MS = 1000.0
_MODULES_PER_FOLDER = 20


def widen(root: Path, modules: int) -> None:
    """Have the project of the bench ask for a package of many modules, and put a small one beside it."""
    files = {f"wide/part{count // _MODULES_PER_FOLDER}/m{count}.py": f"x = {count}\n" for count in range(modules)}
    make_wheel(root / "wheels", "wide", "1.0", files=files)
    make_wheel(root / "wheels", "small", "1.0", files={"small.py": ""})
    path = root / "project" / "pyproject.toml"
    path.write_text(path.read_text().replace('"thing"', '"thing", "wide"'))


def main() -> None:
    """Print the table; exit 1 when going back takes longer than a second."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hob", type=Path, required=True)
    parser.add_argument("--modules", type=int, default=12_000)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    hob, times = str(options.hob.absolute()), dict[str, list[float]](plain=[], add=[], undo=[], redo=[])
    with tempfile.TemporaryDirectory(prefix="hob-bench-") as scratch:
        env = make_project(Path(scratch))
        widen(Path(scratch), options.modules)
        project = Path(scratch, "project")
        try:
            call([hob, "sync"], project, env)
            for _ in range(options.runs):
                times["plain"].append(call([hob, "add", "small"], project, env))
                call([hob, "remove", "small"], project, env)
            with (project / "pyproject.toml").open("a") as file:
                file.write("[tool.hob]\ngenerations = 2\n")
            call([hob, "sync"], project, env)
            for _ in range(options.runs):
                times["add"].append(call([hob, "add", "small"], project, env))
                there = (project / ".venv").readlink().name
                times["undo"].append(call([hob, "undo"], project, env))
                times["redo"].append(call([hob, "undo", "--to", there], project, env))
                call([hob, "undo"], project, env)
        finally:
            stop_daemon(hob, env)
    for name, values in times.items():
        print(f"{name:8}{statistics.median(values):9.1f} ms, at most {max(values):.1f}")
    if statistics.median(times["undo"]) > LONGEST_UNDO_MS:
        sys.exit(f"going back took {statistics.median(times['undo']):.0f} ms; the promise is {LONGEST_UNDO_MS:.0f}")


if __name__ == "__main__":
    main()
