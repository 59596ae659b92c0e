"""`hob-files` as it was built, and programs that take its place and fail."""

import shlex
from pathlib import Path

import pytest

from hobd.files_program import find_files_program

FAILURES = {
    "is not there": None,
    "ends at once": "exit 2",
    "is killed before it answers": "head -c 100 >/dev/null; kill -9 $$",
    "is killed when it has answered once": '{real} "$@" | head -c 12; kill -9 $$',
    "says that it could not": "cat >/dev/null; printf '\\000\\000\\000\\000\\001\\000\\000\\000\\001\\000\\000\\000\\034\\000\\000\\000'",
}
"""What a program may do instead of its work, and the script of one that does."""


def built_files_program() -> Path:
    """The program of this installation; without a Rust toolchain there is none, and nothing to test."""
    program = find_files_program()
    if program is None:
        pytest.skip("this installation has no native programs")
    return program


def failing_program(path: Path, what: str) -> Path:
    """A program that does one of `FAILURES`."""
    script = FAILURES[what]
    if script is not None:
        path.write_text("#!/bin/sh\nPATH=/usr/bin:/bin\n" + script.format(real=shlex.quote(str(built_files_program()))) + "\n")
        path.chmod(0o755)
    return path
