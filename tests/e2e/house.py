"""A home of its own for a whole hob: runtime folder, cache, a folder of wheels, and projects to work on."""

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.wheels import make_wheel

HOB = Path(sys.executable).with_name("hob")


@dataclass(frozen=True)
class Said:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str


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
            "UV_PYTHON_DOWNLOADS": "never",
            "LC_ALL": "C.UTF-8",
            **self.variables,
        }

    def hob(self, *words: str, cwd: Path, timeout: float = 60, **variables: str) -> Said:
        """Run one hob command to its end."""
        done = subprocess.run(
            [HOB, *words], cwd=cwd, env=self.environment() | variables, capture_output=True, text=True, timeout=timeout, check=False
        )
        return Said(done.returncode, done.stdout, done.stderr)

    def project(self, name: str, *requirements: str, extra: str = "") -> Path:
        """A project folder that knows no index but the folder of wheels."""
        folder = self.root / name
        folder.mkdir()
        listed = ", ".join(f'"{requirement}"' for requirement in requirements)
        (folder / "pyproject.toml").write_text(
            f'[project]\nname = "{name}"\nversion = "0.1.0"\nrequires-python = ">=3.11"\ndependencies = [{listed}]\n{extra}'
            f'[tool.uv]\nno-index = true\nfind-links = ["{self.wheels}"]\n'
        )
        return folder

    def stop(self) -> None:
        """End this home's daemon."""
        subprocess.run([HOB, "daemon", "stop"], cwd="/", env=self.environment(), capture_output=True, timeout=30, check=False)


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
