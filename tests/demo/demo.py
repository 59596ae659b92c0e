"""The first minute with hob, from the default index: what `make demo` shows. The lines are those of the README.

python -m tests.demo.demo .venv/bin/hob
"""

import os
import sys
import tempfile
import time
from pathlib import Path

from tests.demo.session import README, session_lines, type_line

WARM = ("hob lock --check", "hob sync", "hob run true")
BEYOND = (
    "rm -rf .venv && hob sync",  # every wheel is in the store, unpacked and, by and by, compiled
    r"printf '\n[tool.hob]\ngenerations = true\n' >> pyproject.toml && hob add six",
    "hob undo",
    "hob env list",
    "hob cache list --sort size",
)


def surroundings(hob: Path) -> dict[str, str]:
    """The caller's environment, with hob on the path and nothing that steers it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("UV_", "HOB_", "VIRTUAL_ENV"))}
    kept["UV_PYTHON"] = sys.executable if sys.prefix == sys.base_prefix else str(Path(sys.base_prefix, "bin", "python3"))
    kept["PATH"] = f"{hob.parent}{os.pathsep}{kept.get('PATH', os.defpath)}"
    return kept


def show(line: str, folder: Path, env: dict[str, str]) -> tuple[float, Path]:
    """Type one line as a person would, and say what it took."""
    print(f"\n$ {line}", flush=True)
    begin = time.perf_counter()
    code, folder = type_line(line, folder, env)
    elapsed = time.perf_counter() - begin
    print(f"  ({elapsed * 1000:.1f} ms)", flush=True)
    if code:
        sys.exit(f"`{line}` ended with {code}")
    return elapsed, folder


def main() -> None:
    """Type the session; then what is done all day, warm; then what is hob's own."""
    env = surroundings(Path(sys.argv[1]).absolute())
    with tempfile.TemporaryDirectory(prefix="hob-demo-") as scratch:
        folder = Path(scratch)
        print("Nothing but an empty folder:")
        for line in session_lines(README.read_text()):
            _, folder = show(line, folder, env)
        print("\nAgain, with everything warm:")
        show("hob sync", folder, env)
        warm = [show(line, folder, env)[0] for line in WARM]
        print("\nAnd what only hob does:")
        for line in BEYOND:
            show(line, folder, env)
        show("hob daemon status", folder, env)
        print(f"\nA warm no-op takes {min(warm) * 1000:.1f} ms here, start of a shell included.")


if __name__ == "__main__":
    main()
