"""uv itself, asked what it says: the texts of hob are to be the same but for the name."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from hobd.cli.answer import Answer
from hobd.cli.parse import parse

UV = Path(sys.executable).parent / "uv"

needs_uv = pytest.mark.skipif(not UV.exists(), reason="uv is not installed beside this Python")

_NAME = re.compile(r"(?:\b|(?<=\dm))hob(x?)\b")  # a colour may stand right before it


def as_uv(text: str) -> str:
    """A text of hob as uv would have it."""
    return _NAME.sub(lambda name: "uvx" if name[1] else "uv", text)


def ask_uv(words: Sequence[str], variables: Mapping[str, str], folder: Path) -> tuple[int, str, str]:
    """Run uv in an empty folder: code, standard output, standard error."""
    environment = {"PATH": os.defpath, "HOME": str(folder), **variables}
    done = subprocess.run([UV, *words], capture_output=True, text=True, env=environment, cwd=folder, check=False)
    return done.returncode, done.stdout, done.stderr


def ask_hob(words: Sequence[str], variables: Mapping[str, str]) -> tuple[int, str, str]:
    """Parse a command line that is answered at once: code, standard output, standard error."""
    answer = parse([b"hob", *(word.encode() for word in words)], variables)
    assert isinstance(answer, Answer), f"{words} is a command: {answer}"
    return answer.code, as_uv(answer.stdout), as_uv(answer.stderr)
