"""Time what a lock costs that has to be solved, as a whole process, beside a start of Python and beside uv.

    python -m tests.bench.solver --hob .venv/bin/hob [--uv .venv/bin/uv] [--runs 7] [--rtt-ms 0] [--shape]

same     the lock is gone, nothing else has changed: what was solved is known
edited   each run asks for one package more or less: solved anew, with pages and metadata at hand
cold     no daemon, no cache

Programs run in turn, A B A B ..., against a made-up index on this machine; medians are printed. With uv, the locks must
be the same to the byte. `--shape` is for CI: few runs, and a failure when an edit costs more than some dozen starts of Python.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench.made_up_index import PACKAGES, SPARE, MadeUpIndex, name_of, requirements, serve
from tests.bench.programs import Tool, call, make_surroundings, show

LARGEST_RATIO = 60.0
"""An edit took 15 to 25 starts of Python where this was written; when every file of every page was made, over 100."""


def require(tool: Tool, *added: str) -> None:
    """Say what the project requires."""
    listed = "".join(f'    "{each}",\n' for each in [*requirements(), *added])
    head = '[project]\nname = "bench"\nversion = "0.1.0"\nrequires-python = ">=3.11"\n'
    (tool.project / "pyproject.toml").write_text(f"{head}dependencies = [\n{listed}]\n")


def lock(tool: Tool) -> float:
    """Lock; milliseconds from spawn to exit."""
    return call([tool.path, "lock"], tool.project, tool.environment)


def make_tool(path: Path, folder: Path, url: str) -> Tool:
    """A program that knows nothing yet."""
    tool = Tool(str(path.absolute()), folder, make_surroundings(folder, UV_DEFAULT_INDEX=url))
    tool.project.mkdir()
    return tool


def unlocked(tool: Tool, run: int) -> None:
    """The lock is gone."""
    (tool.project / "uv.lock").unlink()


def edited(tool: Tool, run: int) -> None:
    """One package more than before; the first run asks for all that are added later."""
    spare = [name_of(PACKAGES - 1 - number) for number in range(SPARE)]
    require(tool, *([spare[(run - 1) % SPARE]] if run else spare))


def forgotten(tool: Tool, run: int) -> None:
    """Nothing is known."""
    require(tool)
    unlocked(tool, run)
    tool.forget()


CASES: dict[str, Callable[[Tool, int], None]] = {"same": unlocked, "edited": edited, "cold": forgotten}


def measure(tools: list[Tool], prepare: Callable[[Tool, int], None], runs: int) -> list[float]:
    """Medians, all tools in turn; a first run of each does not count."""
    times: list[list[float]] = [[] for _ in tools]
    for run in range(runs + 1):
        for tool, each in zip(tools, times, strict=True):
            prepare(tool, run)
            each.append(lock(tool))
        if len({(tool.project / "uv.lock").read_bytes() for tool in tools}) > 1:
            sys.exit("the locks are not the same")
    return [statistics.median(each[1:]) for each in times]


def python_start() -> float:
    """Milliseconds that Python needs to start, without this project's libraries."""
    times = []
    for _ in range(9):
        begin = time.perf_counter()
        subprocess.run([sys.executable, "-I", "-S", "-c", "pass"], check=True)
        times.append((time.perf_counter() - begin) * 1000)
    return statistics.median(times)


def main() -> None:
    """Print the table; with `--shape`, exit 1 when an edit costs too many starts of Python."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hob", type=Path, required=True)
    parser.add_argument("--uv", type=Path)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--rtt-ms", type=float, default=0.0)
    parser.add_argument("--shape", action="store_true")
    options = parser.parse_args()
    runs = 3 if options.shape else options.runs
    index = MadeUpIndex()
    found: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory(prefix="hob-bench-") as scratch, serve(index) as url:
        tools = [make_tool(path, Path(scratch, path.name), url) for path in (options.hob, options.uv) if path is not None]
        try:
            for tool in tools:
                require(tool)
                lock(tool)
            start = python_start()
            print(f"{'case':10}{'hob':>9}{'uv':>9}{'uv/hob':>8}   medians in ms; Python starts in {start:.1f}")
            for name, prepare in CASES.items():
                index.rtt_seconds = options.rtt_ms / 1000 if name == "cold" else 0.0
                found[name] = measure(tools, prepare, runs)
                show(name, found[name])
        finally:
            tools[0].forget()
    ratio = found["edited"][0] / start
    if options.shape and ratio > LARGEST_RATIO:
        sys.exit(f"solving after an edit costs {ratio:.0f} starts of Python; the shape allows {LARGEST_RATIO:.0f}")


if __name__ == "__main__":
    main()
