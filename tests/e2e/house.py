"""A home of its own for a whole hob: runtime folder, cache, a folder of wheels, and projects to work on."""

import atexit
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from tests.support.wheels import make_wheel

HOB = Path(sys.executable).with_name("hob")
UV = Path(sys.executable).with_name("uv")


@dataclass(frozen=True)
class Said:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str


def wait_until(holds: Callable[[], object], seconds: float = 10) -> float:
    """Ask again and again until something holds. Returns how long that took, in seconds."""
    began = time.monotonic()
    while not holds():
        passed = time.monotonic() - began
        assert passed < seconds, f"it did not come about within {seconds} s"
        time.sleep(0.005)
    return time.monotonic() - began


@dataclass
class Home:
    """One user's machine, as far as hob is concerned."""

    root: Path
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def runtime(self) -> Path:
        return self.root / "run"

    @property
    def wheels(self) -> Path:
        return self.root / "wheels"

    def environment(self) -> dict[str, str]:
        """The environment of every command: nothing of the test's own but the interpreter."""
        python = Path(sys.base_prefix, "bin")
        return {
            "PATH": os.pathsep.join([str(python), "/usr/bin", "/bin"]),
            "HOME": str(self.root / "home"),
            "XDG_CACHE_HOME": str(self.root / "cache"),
            "HOB_RUNTIME_DIR": str(self.runtime),
            "PYTHONDONTWRITEBYTECODE": "1",  # else every wheel is compiled when nobody waits
            "UV_PYTHON_DOWNLOADS": "never",
            "LC_ALL": "C.UTF-8",
            **self.variables,
        }

    def start(self, *words: str | bytes, cwd: Path, **how: Any) -> "subprocess.Popen[str]":
        """Begin one hob command.

        Args:
            how: for `Popen`; by default the streams are pipes. Names in capitals are variables.
        """
        variables = {name: how.pop(name) for name in list(how) if name.isupper()}
        defaults: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "env": self.environment() | variables}
        return subprocess.Popen([HOB, *words], cwd=cwd, text=True, errors="surrogateescape", **{**defaults, **how})

    def hob(self, *words: str | bytes, cwd: Path, **how: Any) -> Said:
        """Run one hob command to its end; `timeout` in seconds, `input` is what it reads, the rest as for `start`."""
        timeout, given = how.pop("timeout", 60), how.pop("input", None)
        stdin = {} if given is None else {"stdin": subprocess.PIPE}
        with self.start(*words, cwd=cwd, **stdin, **how) as process:
            try:
                out, err = process.communicate(given, timeout=timeout)
            except BaseException:
                process.kill()
                raise
        return Said(process.returncode, out or "", err or "")

    def uv(self, *words: str, cwd: Path, **variables: str) -> Said:
        """Run one uv command to its end, with a cache of its own."""
        environment = self.environment() | {"UV_CACHE_DIR": str(self.root / "uv-cache")} | variables
        done = subprocess.run([UV, *words], cwd=cwd, env=environment, capture_output=True, text=True, timeout=60, check=False)
        return Said(done.returncode, done.stdout, done.stderr)

    def status(self) -> dict[str, Any]:
        """What the daemon says of itself; `running` is False where there is none."""
        return dict(json.loads(self.hob("daemon", "status", "--json", cwd=Path("/")).out))

    def is_working(self) -> bool:
        """Whether a command is in the daemon's hands."""
        return bool(self.status()["active_requests"])

    def project(self, name: str, *requirements: str, extra: str = "", index: str | None = None) -> Path:
        """A project folder that knows no index but the folder of wheels, or the one at an address."""
        folder = self.root / name
        folder.mkdir()
        (folder / "pyproject.toml").write_text(self.pyproject(name, *requirements, extra=extra, index=index))
        return folder

    def pyproject(self, name: str, *requirements: str, extra: str = "", index: str | None = None) -> str:
        """The text of a project."""
        listed = ", ".join(f'"{requirement}"' for requirement in requirements)
        settings = (
            f'no-index = true\nfind-links = ["{self.wheels}"]\n' if index is None else f'index = [{{ url = "{index}", default = true }}]\n'
        )
        return (
            f'[project]\nname = "{name}"\nversion = "0.1.0"\nrequires-python = ">=3.11"\ndependencies = [{listed}]\n{extra}'
            f"[tool.uv]\n{settings}"
        )

    def share_daemon(self) -> "Home":
        """Have all commands answered by the daemon that all tests of this process share, which spares them the imports."""
        self.variables["HOB_RUNTIME_DIR"] = shared_runtime_folder()
        return self

    def stop(self) -> None:
        """End this home's daemon."""
        subprocess.run([HOB, "daemon", "stop"], cwd="/", env=self.environment(), capture_output=True, timeout=30, check=False)


@cache
def shared_runtime_folder() -> str:
    """Of the daemon that this process uses; both are gone when it ends."""
    folder = tempfile.TemporaryDirectory(prefix="hob-")
    atexit.register(folder.cleanup)
    stop = [str(HOB), "daemon", "stop"]
    atexit.register(subprocess.run, stop, env={"HOB_RUNTIME_DIR": folder.name, "PATH": os.defpath}, capture_output=True, check=False)
    return folder.name


def installed(project: Path) -> list[str]:
    """The distributions in a project's environment."""
    return sorted(path.name.removesuffix(".dist-info") for path in project.glob(".venv/lib/python*/site-packages/*.dist-info"))


def environment_files(project: Path) -> dict[str, str]:
    """What the packages in a project's environment are made of, but for byte code and what a time is in."""
    site = next(project.glob(".venv/lib/python*/site-packages"))
    return {
        path.relative_to(site).as_posix(): path.read_text(errors="replace").replace(str(project), "[PROJECT]")
        for path in sorted(site.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def leftovers(project: Path) -> list[str]:
    """Files in a project, outside of its environment, that no user would expect."""
    return [
        path.relative_to(project).as_posix()
        for path in project.rglob("*")
        if ".venv" not in path.relative_to(project).parts and path.name not in {"pyproject.toml", "uv.lock"}
    ]


def make_home(root: Path) -> Home:
    """A home with some wheels: `apple` needs `banana`, `banana` has two versions, `cherry` is alone."""
    home = Home(root)
    for folder in (home.runtime, home.wheels, root / "home"):
        folder.mkdir(parents=True, mode=0o700)
    make_wheel(home.wheels, "apple", "1.0", requires=["banana>=1"], files={"apple.py": "import banana\nNAME = 'apple'\n"})
    make_wheel(home.wheels, "banana", "1.0", files={"banana.py": "VERSION = 1\n"})
    make_wheel(home.wheels, "banana", "2.0", files={"banana.py": "VERSION = 2\n"})
    make_wheel(
        home.wheels,
        "cherry",
        "3.1",
        files={"cherry.py": "def main():\n    print('a cherry')\n"},
        entry_points={"console_scripts": {"cherry": "cherry:main"}},
    )
    return home
