"""Programs that are timed: where each is at home, how one call is timed, and what makes it forget."""

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Tool:
    """A program with a project and a home of its own."""

    path: str
    folder: Path
    """Its home, which holds the project too."""
    environment: dict[str, str]

    @property
    def project(self) -> Path:
        """Where it works."""
        return self.folder / "project"

    def forget(self) -> None:
        """Drop what it has learned."""
        if self.path.endswith("hob"):
            stop_daemon(self.path, self.environment)
        shutil.rmtree(self.folder / "cache", ignore_errors=True)


def make_surroundings(home: Path, **more: str) -> dict[str, str]:
    """The variables of a program at home in a folder, and `more`; what it needs there is made."""
    (home / "run").mkdir(parents=True, mode=0o700)
    return {
        "PATH": os.pathsep.join([str(Path(sys.base_prefix, "bin")), "/usr/bin", "/bin"]),
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(home / "run"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "UV_PYTHON_DOWNLOADS": "never",
        **more,
    }


def call(argv: list[str], cwd: Path, env: dict[str, str]) -> float:
    """Run one command; milliseconds from spawn to exit. A failure ends the benchmark."""
    os.chdir(cwd)
    silence = [(os.POSIX_SPAWN_OPEN, descriptor, "/dev/null", os.O_RDWR, 0) for descriptor in (0, 1, 2)]
    begin = time.perf_counter()
    _, status = os.waitpid(os.posix_spawn(argv[0], argv, env, file_actions=silence), 0)
    elapsed = time.perf_counter() - begin
    if code := os.waitstatus_to_exitcode(status):
        sys.exit(
            f"{' '.join(argv)}: exit {code}\n{subprocess.run(argv, cwd=cwd, env=env, capture_output=True, text=True, check=False).stderr}"
        )
    return elapsed * 1000


def stop_daemon(hob: str, environment: dict[str, str]) -> None:
    """End what would outlive the benchmark."""
    subprocess.run([hob, "daemon", "stop"], env=environment, cwd="/", capture_output=True, check=False)


def show(name: str, found: list[float]) -> None:
    """One line of a table: hob's milliseconds, those of another program, and how many times hob's they are."""
    hob, *theirs = found
    print(f"{name:10}{hob:9.1f}" + "".join(f"{uv:9.1f}{uv / hob:8.2f}" for uv in theirs), flush=True)
