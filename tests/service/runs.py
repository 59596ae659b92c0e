"""Runs of whole commands, beside uv's where both have to say the same."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.house import UV, Home, Said

_TIME = re.compile(r"\b[\d.]+(?:ms|s)\b")


@dataclass
class Runner:
    """One user's commands, answered by a daemon that all tests of this process share, unless a command is to die on the way."""

    home: Home

    def __post_init__(self) -> None:
        self.home.share_daemon().variables["HOB_VERDICTS"] = "off"

    def hob(self, *words: str, cwd: Path, stdin: str = "", **variables: str) -> Said:
        """One command of hob."""
        alone = {"HOB_DAEMON": "off"} if "HOB_TEST_CRASH_AT" in variables else {}
        said = self.home.hob(*words, cwd=cwd, input=stdin, **alone, **variables)
        return Said(said.code, said.out, _TIME.sub("[TIME]", said.err))

    def uv(self, *words: str, cwd: Path, **variables: str) -> Said:
        """The same command of uv, in hob's words."""
        environment = self.home.environment() | variables
        done = subprocess.run([UV, *words], cwd=cwd, env=environment, input="", capture_output=True, text=True, timeout=60, check=False)
        said = Said(done.returncode, done.stdout, _TIME.sub("[TIME]", done.stderr))
        return Said(said.code, said.out.replace("`uv ", "`hob "), said.err.replace("`uv ", "`hob "))

    def folder(self, name: str, **files: str) -> Path:
        """A folder outside of projects; `__` in the name of a file stands for its dot."""
        folder = self.home.root / name
        folder.mkdir()
        for file, text in files.items():
            (folder / file.replace("__", ".")).write_text(text)
        return folder

    def script(self, folder: Path, name: str, *requirements: str, code: str, header: str = "") -> Path:
        """A script that knows no index but the folder of wheels."""
        listed = ", ".join(f'"{requirement}"' for requirement in requirements)
        lines = [f"dependencies = [{listed}]", *header.splitlines(), "[tool.uv]", "no-index = true", f'find-links = ["{self.home.wheels}"]']
        block = "".join(f"# {line}\n" for line in lines)
        path = folder / name
        path.write_text(f"# /// script\n{block}# ///\n{code}\n")
        return path
