"""Time what a warm no-op costs, as a whole process, beside /bin/true and beside uv.

    python -m tests.bench.noop --hob .venv/bin/hob [--uv .venv/bin/uv] [--runs 40] [--shape]

A project with one dependency of its own making is locked and synced against a folder of wheels; then each command
runs in turn, A B C A B C ..., and medians are printed with their ratio to `/bin/true`. `--shape` is for CI: few
runs, and a failure when a warm no-op costs more than a process and a half dozen of them should.
"""

import argparse
import statistics
import sys
import tempfile
import zipfile
from pathlib import Path

from tests.bench.programs import call, make_surroundings, stop_daemon

REQUIREMENTS = "requirements.txt"
"""Written anew, with the same in it, before every single call."""
LARGEST_RATIO = 12.0
"""A native no-op took 1.5 to 3 times `/bin/true` where this was written; Python's own start alone takes 10."""
COMMANDS = {
    "version": ["--version"],
    "run-noop": ["run", "true"],
    "sync-noop": ["sync"],
    "lock-check": ["lock", "--check"],
    "pip-list": ["pip", "list"],
    "pip-noop": ["pip", "install", "-r", REQUIREMENTS],
}


def make_project(root: Path) -> dict[str, str]:
    """A project with one requirement, a folder of wheels, and a home of its own; returns the environment to use."""
    wheels, project, home = root / "wheels", root / "project", root / "home"
    for folder in (wheels, project):
        folder.mkdir(parents=True, mode=0o700)
    with zipfile.ZipFile(wheels / "thing-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr("thing.py", "")
        archive.writestr("thing-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: thing\nVersion: 1.0\n")
        archive.writestr("thing-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nGenerator: bench\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(
            "thing-1.0.dist-info/RECORD",
            "thing.py,,\nthing-1.0.dist-info/METADATA,,\nthing-1.0.dist-info/WHEEL,,\nthing-1.0.dist-info/RECORD,,\n",
        )
    (project / "pyproject.toml").write_text(
        '[project]\nname = "bench"\nversion = "0.1.0"\nrequires-python = ">=3.11"\ndependencies = ["thing"]\n'
        f'[tool.uv]\nno-index = true\nfind-links = ["{wheels}"]\n'
    )
    return make_surroundings(home)


def call_anew(argv: list[str], cwd: Path, env: dict[str, str]) -> float:
    """Write the requirements anew, and then run one command."""
    (cwd / REQUIREMENTS).write_text("thing>=1\n")
    return call(argv, cwd, env)


def measure(programs: dict[str, list[str]], cwd: Path, env: dict[str, str], runs: int) -> dict[str, float]:
    """Medians in milliseconds, all programs in turn."""
    times: dict[str, list[float]] = {name: [] for name in programs}
    for _ in range(3):
        for argv in programs.values():
            call_anew(argv, cwd, env)
    for _ in range(runs):
        for name, argv in programs.items():
            times[name].append(call_anew(argv, cwd, env))
    return {name: statistics.median(values) for name, values in times.items()}


def main() -> None:
    """Print the table; with `--shape`, exit 1 when the ratio to `/bin/true` is out of shape."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hob", type=Path, required=True)
    parser.add_argument("--uv", type=Path)
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--shape", action="store_true")
    options = parser.parse_args()
    hob, uv = str(options.hob.absolute()), str(options.uv.absolute()) if options.uv else None
    is_native = Path(hob).read_bytes()[:4] == b"\x7fELF"
    worst = 0.0
    with tempfile.TemporaryDirectory(prefix="hob-bench-") as scratch:
        env = make_project(Path(scratch))
        project = Path(scratch, "project")
        try:
            call([hob, "sync"], project, env)
            print(f"{'case':12}{'/bin/true':>11}{'hob':>9}{'uv':>9}{'hob/true':>10}{'uv/hob':>8}   medians in ms")
            for name, words in COMMANDS.items():
                programs = {"true": ["/bin/true"], "hob": [hob, *words]} | ({"uv": [uv, *words]} if uv else {})
                found = measure(programs, project, env, 10 if options.shape else options.runs)
                worst = max(worst, found["hob"] / found["true"])
                theirs = f"{found['uv']:9.2f}" if uv else f"{'-':>9}"
                ahead = f"{found['uv'] / found['hob']:8.1f}" if uv else f"{'-':>8}"
                print(f"{name:12}{found['true']:11.2f}{found['hob']:9.2f}{theirs}{found['hob'] / found['true']:10.1f}{ahead}")
        finally:
            stop_daemon(hob, env)
    if options.shape and is_native and worst > LARGEST_RATIO:
        sys.exit(f"a warm no-op costs {worst:.1f} times /bin/true; the shape allows {LARGEST_RATIO}")


if __name__ == "__main__":
    main()
