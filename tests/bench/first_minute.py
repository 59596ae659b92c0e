"""Time the first minute with a new project beside uv: everything downloaded before, the daemon running.

    python -m tests.bench.first_minute --hob .venv/bin/hob --uv .venv/bin/uv [--runs 11]

init     `init demo` in an empty folder, git repository and all
add      `add thing`: resolved, locked, an environment made, the project built, four wheels installed
run      `run python -c 'import thing'`
minute   the three together

Programs run in turn, A B A B ...; medians are printed.
"""

import argparse
import shutil
import statistics
import tempfile
from pathlib import Path

from tests.bench.programs import call, make_surroundings, show, stop_daemon
from tests.support.index_server import serve_in_thread
from tests.support.wheels import make_wheel

STEPS = {"init": ["init", "demo"], "add": ["add", "thing"], "run": ["run", "python", "-c", "import thing"]}
_PARTS = ("part-a", "part-b", "part-c")


def make_wheels(folder: Path) -> None:
    """One package that needs three others, of some modules each."""
    for name in _PARTS:
        top = name.replace("-", "_")
        make_wheel(folder, name, "1.0", files={f"{top}/m{number}.py": f"x = {number}\n" for number in range(40)})
    make_wheel(folder, "thing", "1.0", list(_PARTS), files={"thing.py": "x = 1\n"})


def time_minute(program: str, folder: Path, environment: dict[str, str]) -> list[float]:
    """Milliseconds of each step."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return [call([program, *words], folder if name == "init" else folder / "demo", environment) for name, words in STEPS.items()]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hob", type=Path, required=True)
    parser.add_argument("--uv", type=Path, required=True)
    parser.add_argument("--runs", type=int, default=11)
    options = parser.parse_args()
    programs = [str(path.absolute()) for path in (options.hob, options.uv)]
    with tempfile.TemporaryDirectory(prefix="hob-bench-") as scratch:
        root = Path(scratch)
        (root / "wheels").mkdir()
        make_wheels(root / "wheels")
        with serve_in_thread(root / "wheels") as index:
            environments = [make_surroundings(root / f"home{place}", UV_DEFAULT_INDEX=index.url) for place in range(len(programs))]
            times: list[list[list[float]]] = [[] for _ in programs]
            try:
                for _ in range(options.runs + 2):
                    for place, program in enumerate(programs):
                        times[place].append(time_minute(program, root / f"site{place}", environments[place]))
            finally:
                stop_daemon(programs[0], environments[0])
    hob, uv = ([[*steps, sum(steps)] for steps in each[2:]] for each in times)
    print(f"{'case':10}{'hob':>9}{'uv':>9}{'uv/hob':>8}   medians in ms")
    for name, ours, theirs in zip([*STEPS, "minute"], zip(*hob, strict=True), zip(*uv, strict=True), strict=True):
        show(name, [statistics.median(ours), statistics.median(theirs)])


if __name__ == "__main__":
    main()
