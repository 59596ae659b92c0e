"""Time `pip install -r` of many packages into an empty environment, the store warm, beside uv.

    python -m tests.bench.pip_installing --hob .venv/bin/hob [--uv .venv/bin/uv] [--wheels 200] [--modules 10] [--runs 9]

named    the packages by name: versions are chosen first
pinned   what `pip compile --generate-hashes` made of them, with `--require-hashes`

Programs run in turn, A B A B ...; medians are printed. Making the empty environment is not timed.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.bench.installing import make_tool, measure
from tests.bench.programs import Tool, call, show
from tests.support.wheels import make_wheel


def make_wheels(folder: Path, wheels: int, modules: int) -> None:
    """Wheels with so many modules each, ten in a folder; each but the first needs the one before."""
    for number in range(wheels):
        name = f"small{number}"
        files = {f"{name}/p{module // 10}/m{module}.py": f"x = {module}\n" for module in range(modules)}
        make_wheel(folder, name, "1.0", [f"small{number - 1}"] if number else [], files=files)


def empty(tool: Tool) -> None:
    """A new environment with nothing in it."""
    shutil.rmtree(tool.project / ".venv", ignore_errors=True)
    call([tool.path, "venv", "-q"], tool.project, tool.environment)


def installing(*words: str) -> Callable[[Tool], float]:
    """Milliseconds of one installation, from spawn to exit."""

    def install(tool: Tool) -> float:
        taken = call([tool.path, "pip", "install", "-q", *words], tool.project, tool.environment)
        if not any(tool.project.glob(".venv/lib/python*/site-packages/small0")):
            sys.exit(f"{tool.path} pip install {' '.join(words)} installed nothing")
        return taken

    return install


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hob", type=Path, required=True)
    parser.add_argument("--uv", type=Path)
    parser.add_argument("--wheels", type=int, default=200)
    parser.add_argument("--modules", type=int, default=10)
    parser.add_argument("--runs", type=int, default=9)
    options = parser.parse_args()
    programs = [path.absolute() for path in (options.hob, options.uv) if path is not None]
    with tempfile.TemporaryDirectory(prefix="hob-bench-") as scratch:
        root = Path(scratch)
        make_wheels(root / "wheels", options.wheels, options.modules)
        tools = [make_tool(path, root, 0) for path in programs]
        try:
            for tool in tools:
                (tool.project / "names.txt").write_text("".join(f"small{number}\n" for number in range(options.wheels)))
                call(
                    [tool.path, "pip", "compile", "-q", "--generate-hashes", "names.txt", "-o", "pins.txt"], tool.project, tool.environment
                )
            print(f"{'case':10}{'hob':>9}{'uv':>9}{'uv/hob':>8}   medians in ms; {options.wheels} wheels of {options.modules} modules")
            show("named", measure(tools, empty, installing("-r", "names.txt"), options.runs))
            show("pinned", measure(tools, empty, installing("--require-hashes", "-r", "pins.txt"), options.runs))
        finally:
            tools[0].forget()


if __name__ == "__main__":
    main()
