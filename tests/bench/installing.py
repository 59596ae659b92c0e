"""Time what installing many files costs, as a whole process, beside plain hard links and beside uv.

    python -m tests.bench.installing --hob .venv/bin/hob [--uv .venv/bin/uv] [--wheels 60] [--runs 7] [--shape]

links    what Python needs to hard-link so many files, one after the other, and nothing else
first    a new environment from a full store; no bytecode is there yet
again    the same with the bytecode that the daemon made meanwhile, in every environment
import   the first import of every module of such an environment; then once more
cold     no daemon, no store: read, verified and unpacked too

Programs run in turn, A B A B ...; medians are printed. `--shape` is for CI: few runs, and a failure when a new environment
costs many times its links, or when the first import compiles.
"""

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench.programs import Tool, call, make_surroundings, show
from tests.support.wheels import make_wheel

LARGEST_RATIO = 12.0
"""A new environment with bytecode took 2 to 5 times the links alone where this was written, on busy and on idle machines."""
_MODULES, _FOLDERS = 80, 8
"""Of each wheel."""
_BODY = "\n".join(f"def f{number}(a, b={number}):\n    return [a + b * {number} for a in range(b)]\n" for number in range(40))


def sync(tool: Tool) -> float:
    """Install; milliseconds from spawn to exit."""
    return call([tool.path, "sync", "--frozen"], tool.project, tool.environment)


def compiled(tool: Tool) -> int:
    """How many wheels the daemon has compiled."""
    return len(list((tool.folder / "cache").glob("hob/bytecode/??/*/*/manifest.msgpack")))


def make_tool(path: Path, root: Path, wheels: int) -> Tool:
    """A program with a lock, and with nothing else."""
    folder = root / path.name
    tool = Tool(str(path), folder, make_surroundings(folder))
    tool.project.mkdir()
    listed = ", ".join(f'"wide{number}"' for number in range(wheels))
    (tool.project / "pyproject.toml").write_text(
        f'[project]\nname = "bench"\nversion = "0.1.0"\nrequires-python = ">=3.11"\ndependencies = [{listed}]\n'
        f'[tool.uv]\nno-index = true\nfind-links = ["{root / "wheels"}"]\n'
    )
    call([tool.path, "lock"], tool.project, tool.environment)
    return tool


def make_wheels(folder: Path, wheels: int) -> None:
    """Wheels of many small modules in a few folders."""
    for number in range(wheels):
        top = f"wide{number}"
        files = {f"{top}/part{module % _FOLDERS}/m{module}.py": f"x = {module}\n{_BODY}" for module in range(_MODULES)}
        make_wheel(folder, top, "1.0", files=files)


def link_all(source: Path, target: Path) -> float:
    """Milliseconds for linking what lies below a folder, file by file."""
    shutil.rmtree(target, ignore_errors=True)
    begin = time.perf_counter()
    for folder, _, names in os.walk(source):
        place = os.path.join(target, os.path.relpath(folder, source))
        os.makedirs(place, exist_ok=True)
        for name in names:
            os.link(os.path.join(folder, name), os.path.join(place, name))
    return (time.perf_counter() - begin) * 1000


def measure(tools: list[Tool], prepare: Callable[[Tool], None], timed: Callable[[Tool], float], runs: int) -> list[float]:
    """Medians, all tools in turn; a first run of each does not count."""
    times: list[list[float]] = [[] for _ in tools]
    for _ in range(runs + 1):
        for tool, each in zip(tools, times, strict=True):
            prepare(tool)
            each.append(timed(tool))
    return [statistics.median(each[1:]) for each in times]


def no_environment(tool: Tool) -> None:
    """The environment is gone."""
    shutil.rmtree(tool.project / ".venv", ignore_errors=True)


def fresh(tool: Tool) -> None:
    """The environment is new."""
    no_environment(tool)
    sync(tool)


def nothing_known(tool: Tool) -> None:
    """The environment is gone, and all that could make it quickly."""
    no_environment(tool)
    tool.forget()


def import_all(tool: Tool, wheels: int) -> float:
    """Milliseconds for importing every module."""
    modules = (f"wide{number}.part{module % _FOLDERS}.m{module}" for number in range(wheels) for module in range(_MODULES))
    program = f"import importlib\nfor name in {' '.join(modules)!r}.split(): importlib.import_module(name)"
    (tool.folder / "import.py").write_text(program)
    return call([str(tool.project / ".venv/bin/python"), str(tool.folder / "import.py")], tool.project, tool.environment)


def wait_for_bytecode(tool: Tool, wheels: int) -> None:
    """Let the daemon do what it does when nobody waits: a minute for each dozen of wheels."""
    deadline = time.monotonic() + 60 + 5 * wheels
    while compiled(tool) < wheels:
        if time.monotonic() > deadline:
            sys.exit(f"after {60 + 5 * wheels} s the daemon has compiled {compiled(tool)} of {wheels} wheels")
        time.sleep(0.2)


def main() -> None:
    """Print the table; with `--shape`, exit 1 when it is out of shape."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hob", type=Path, required=True)
    parser.add_argument("--uv", type=Path)
    parser.add_argument("--wheels", type=int, default=60)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--shape", action="store_true")
    options = parser.parse_args()
    wheels, runs = (8, 3) if options.shape else (options.wheels, options.runs)
    with tempfile.TemporaryDirectory(prefix="hob-bench-") as scratch:
        root = Path(scratch)
        programs = [path.absolute() for path in (options.hob, options.uv) if path is not None]
        make_wheels(root / "wheels", wheels)
        tools = [make_tool(path, root, wheels) for path in programs]
        try:
            print(f"{'case':10}{'hob':>9}{'uv':>9}{'uv/hob':>8}   medians in ms; {wheels} wheels of {_MODULES} modules")
            show("first", measure(tools, no_environment, sync, runs))
            wait_for_bytecode(tools[0], wheels)
            again = measure(tools, no_environment, sync, runs)
            links = statistics.median(link_all(tools[0].project / ".venv/lib", root / "links") for _ in range(runs))
            show("links", [links])
            show("again", again)
            first = measure(tools, fresh, lambda tool: import_all(tool, wheels), runs)
            second = measure(tools, lambda _: None, lambda tool: import_all(tool, wheels), runs)
            show("import", first)
            show("once more", second)
            show("cold", measure(tools, nothing_known, sync, max(1, runs // 2)))
        finally:
            tools[0].forget()
    if options.shape and again[0] / links > LARGEST_RATIO:
        sys.exit(f"a new environment costs {again[0] / links:.0f} times its links; the shape allows {LARGEST_RATIO:.0f}")
    if options.shape and first[0] > 2 * second[0]:
        sys.exit(f"the first import takes {first[0]:.0f} ms and the second {second[0]:.0f}: the first one compiles")


if __name__ == "__main__":
    main()
