"""One session told to uv and to hob: what they say and leave behind is to be the same.

All sites of a test process share one daemon, which spares each command the imports; nothing is replayed.
"""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.e2e.house import HOB, UV, shared_runtime_folder

_TIMES = re.compile(r"\b\d+(\.\d+)?(ns|µs|ms|s)\b")
_HOB = re.compile(r"\bhob\b")


@dataclass(frozen=True)
class Answered:
    """What one command came to."""

    code: int
    out: str
    err: str
    files: dict[str, str]


@dataclass(frozen=True)
class Site:
    """A folder with a project, and the program that works on it."""

    root: Path
    program: tuple[str, ...]
    variables: Mapping[str, str] = field(default_factory=dict)
    """On top of the others; `[ROOT]` in them stands for the site's own folder."""

    @property
    def project(self) -> Path:
        return self.root / "project"

    def tell(self, *words: str, folder: str = ".") -> Answered:
        """Run one command to its end."""
        environment = {
            "PATH": os.pathsep.join([str(Path(sys.base_prefix, "bin")), os.defpath]),
            "HOME": str(self.root),
            "UV_CACHE_DIR": str(self.root / "cache"),
            "UV_PYTHON_DOWNLOADS": "never",
            "UV_OFFLINE": "1",
            "HOB_RUNTIME_DIR": shared_runtime_folder(),
            "HOB_VERDICTS": "off",
            "PYTHONDONTWRITEBYTECODE": "1",  # else every wheel is compiled when nobody waits
            **{name: value.replace("[ROOT]", str(self.root)) for name, value in self.variables.items()},
        }
        done = subprocess.run(
            [*self.program, *words], cwd=self.project / folder, env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        return Answered(done.returncode, self._blank(done.stdout), self._blank(done.stderr), self.files())

    def files(self) -> dict[str, str]:
        """All files of the project but the environment's; line ends as they are."""
        return {
            path.relative_to(self.project).as_posix(): self._blank(path.read_bytes().decode())
            for path in sorted(self.project.rglob("*"))
            if path.is_file() and ".venv" not in path.relative_to(self.project).parts
        }

    def _blank(self, text: str) -> str:
        return _TIMES.sub("[TIME]", _HOB.sub("uv", text.replace(str(self.root), "[ROOT]")))


def make_sites(root: Path, files: Mapping[str, str], variables: Mapping[str, str] | None = None) -> tuple[Site, Site]:
    """The same project twice: for uv and for hob."""
    sites = Site(root / "left", (str(UV),), variables or {}), Site(root / "right", (str(HOB),), variables or {})
    for site in sites:
        for name, text in files.items():
            path = site.project / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    return sites


def assert_same(root: Path, files: dict[str, str], *commands: str, folder: str = ".") -> None:
    """Both say and leave the same, command by command."""
    uv, hob = make_sites(root, files)
    for command in commands:
        words = command.split()
        assert hob.tell(*words, folder=folder) == uv.tell(*words, folder=folder), command
