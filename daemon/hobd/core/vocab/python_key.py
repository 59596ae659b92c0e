"""An interpreter's key: `cpython-3.12.1-linux-x86_64-gnu`, as folders, lists and messages spell it."""

import re
from collections.abc import Callable, Iterable
from typing import TypeVar

from msgspec import Struct
from packaging.version import InvalidVersion, Version

_RANKS = {"cpython": 0, "pyodide": 0, "pypy": 1, "graalpy": 2}
_WIDTH = re.compile(r"_v\d+$")

Keyed = TypeVar("Keyed")


class PythonKey(Struct, frozen=True, kw_only=True):
    """What tells one build of Python from another."""

    implementation: str
    """`cpython`, `pypy`, `graalpy`, `pyodide`; lower case."""
    version: Version
    """Three numbers, and a pre-release."""
    variant: str = ""
    """``, `freethreaded`, `debug` or `freethreaded+debug`."""
    system: str
    machine: str
    libc: str
    """`gnu`, `musl`, `none`, ..."""

    def __str__(self) -> str:
        return self._spelled(str(self.version))

    @property
    def minor(self) -> str:
        """`3.12`."""
        return f"{self.version.major}.{self.version.minor}"

    @property
    def minor_key(self) -> str:
        """The key without its patch: what a link to the newest patch is named."""
        return self._spelled(self.minor)

    @property
    def program(self) -> str:
        """`python3.12`, `python3.13t`, `pypy3.10`: the program with the minor version in its name."""
        stem = "python" if self.implementation in ("cpython", "pyodide") else self.implementation
        return f"{stem}{self.minor}{self.suffix}"

    @property
    def suffix(self) -> str:
        """What the variant adds to the names of programs: ``, `t`, `d` or `td`."""
        return ("t" if "freethreaded" in self.variant else "") + ("d" if "debug" in self.variant else "")

    def _spelled(self, version: str) -> str:
        variant = f"+{self.variant}" if self.variant else ""
        return f"{self.implementation}-{version}{variant}-{self.system}-{self.machine}-{self.libc}"


def parse_python_key(text: str) -> PythonKey | None:
    """Read a whole key; None where the text is none, or has no patch."""
    parts = text.split("-")
    if len(parts) != 5 or parts[0] not in _RANKS:
        return None
    number, _, variant = parts[1].partition("+")
    try:
        version = Version(number)
    except InvalidVersion:
        return None
    if len(version.release) != 3:
        return None
    return PythonKey(implementation=parts[0], version=version, variant=variant, system=parts[2], machine=parts[3], libc=parts[4])


def newest_first(items: Iterable[Keyed], key: Callable[[Keyed], PythonKey], machine: str) -> list[Keyed]:
    """Sort as lists show them: by implementation, from new to old, plain builds and those for this machine first."""
    ordered = sorted(items, key=lambda item: _place(key(item), machine))
    ordered.sort(key=lambda item: key(item).version, reverse=True)  # keeps the order of equals
    ordered.sort(key=lambda item: _RANKS.get(key(item).implementation, len(_RANKS)))
    return ordered


def _place(key: PythonKey, machine: str) -> tuple[str, bool, str, str, str]:
    return key.system, _WIDTH.sub("", key.machine) != machine, key.machine, key.libc, key.variant
