"""The programs that a wheel brings: made from entry points, or files whose first line is put right (uv-lock.md 6.6)."""

import re
from collections.abc import Collection, Iterable
from pathlib import Path

from msgspec.structs import replace

from hobd.core.formats.entry_points import ScriptEntry
from hobd.core.formats.wheel import UninstallableWheel
from hobd.environments.journal import FOLDER

_LONGEST_FIRST_LINE = 127
"""Bytes that the kernel reads, `#!` included."""

_RESERVED = re.compile(r"pythonw?(\d+(\.\d+)?)?(\.exe)?", re.IGNORECASE)
_ENVIRONMENTS_OWN = {"pyvenv.cfg", ".lock", FOLDER}
"""What lies at the root of an environment, and is no wheel's business."""

_VERSIONED_PIP = re.compile(r"pip3\.\d+")
PLACEHOLDER = b"#!python"
"""What a script begins with that asks for the environment's interpreter."""

_FIRST_LINE = re.compile(PLACEHOLDER + rb"[^\n]*(?:\n|$)")


def first_line(python: Path, *, is_relocatable: bool) -> str:
    """The line, or three, that starts the environment's interpreter.

    The kernel takes neither long lines nor blanks in them. Then a shell is started, for which the line is a command, while
    for Python it is a string.
    """
    if is_relocatable:
        return f"#!/bin/sh\n'''exec' \"$(dirname -- \"$(realpath -- \"$0\")\")\"/'{python.name}' \"$0\" \"$@\"\n' '''"
    if len(f"#!{python}".encode()) > _LONGEST_FIRST_LINE or " " in str(python):
        quoted = str(python).replace("'", "'\"'\"'")
        return f"#!/bin/sh\n'''exec' '{quoted}' \"$0\" \"$@\"\n' '''"
    return f"#!{python}"


def render_script(entry: ScriptEntry, shebang: str) -> str:
    """The program of an entry point."""
    return f"""{shebang}
# -*- coding: utf-8 -*-
import sys
from {entry.module} import {entry.imported}
if __name__ == "__main__":
    if sys.argv[0].endswith("-script.pyw"):
        sys.argv[0] = sys.argv[0][:-11]
    elif sys.argv[0].endswith(".exe"):
        sys.argv[0] = sys.argv[0][:-4]
    sys.exit({entry.function}())
"""


def for_python(scripts: Iterable[ScriptEntry], minor: str) -> tuple[ScriptEntry, ...]:
    """The programs of a wheel for Python `minor`: `pip3.11` is what the Python that built it had, and is named after this one."""
    plain = [entry for entry in scripts if _VERSIONED_PIP.fullmatch(entry.name) is None]
    return (*plain, *(replace(entry, name=f"pip{minor}") for entry in plain if entry.name == "pip3"))


def with_first_line(content: bytes, shebang: str) -> bytes | None:
    """A script of the wheel with the environment's interpreter; None where it does not ask for Python by `#!python`."""
    match = _FIRST_LINE.match(content)
    return None if match is None else shebang.encode() + b"\n" + content[match.end() :]


def is_reserved(path: str) -> bool:
    """Whether a path below an environment's root is that of its interpreter, or of the file that makes it an environment."""
    folder, _, name = path.rpartition("/")
    return path == "pyvenv.cfg" or (folder == "bin" and _RESERVED.fullmatch(name) is not None)


def check_place(path: str, folders: Collection[str]) -> None:
    """Refuse a file that would take the place of what makes an environment one: its interpreter, its lock, a change's journal.

    Args:
        path: below the environment's root.
        folders: of the environment, which must stay folders.
    Raises:
        UninstallableWheel: it would.
    """
    folder, _, name = path.rpartition("/")
    if folder == "bin" and _RESERVED.fullmatch(name):
        raise UninstallableWheel(f"Scripts must not use the reserved name `python`, got: `{name}`")
    if path in folders or path.partition("/")[0] in _ENVIRONMENTS_OWN:
        raise UninstallableWheel(f"The wheel is invalid: `{path}` would take the place of what belongs to the environment")


def check_script_name(name: str) -> None:
    """Refuse names that would replace the interpreter, or leave the folder.

    Raises:
        UninstallableWheel: it is such a name.
    """
    if _RESERVED.fullmatch(name):
        raise UninstallableWheel(f"Scripts must not use the reserved name `python`, got: `{name}`")
    if "/" in name or name in ("", ".", ".."):
        raise UninstallableWheel(f"The wheel is invalid: Script path must resolve to a file within the scripts directory: {name}")
