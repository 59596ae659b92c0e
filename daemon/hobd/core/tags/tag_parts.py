"""What single tags say: which Python, which operating system, which machine."""

import re
from functools import lru_cache
from typing import NamedTuple

_PYTHON = re.compile(r"(py|cp|pp|graalpy|pyston)([0-9])([0-9]*)")
_ABIS = (
    re.compile(r"cp([0-9])([0-9]+)[a-z]*"),
    re.compile(r"pypy([0-9])([0-9]+)_pp[0-9]+"),
    re.compile(r"graalpy[0-9]+_([0-9])([0-9]+)_native"),
)
_LINUX = re.compile(r"(?:linux|manylinux(?:1|2010|2014|_[0-9]+_[0-9]+)|musllinux_[0-9]+_[0-9]+)_(.+)")
_MACOS = re.compile(r"macosx_([0-9]+)_([0-9]+)_(.+)")
_ANDROID = re.compile(r"android_[0-9]+_(.+)")
_IOS = re.compile(r"ios_[0-9]+_[0-9]+_(.+)")

LINUX_MACHINES = frozenset(
    {"x86_64", "i686", "aarch64", "armv5tel", "armv6l", "armv7l", "ppc", "ppc64", "ppc64le", "s390x", "riscv64", "loongarch64"}
)
STABLE_ABIS = ("abi3", "abi3t")

IMPLEMENTATIONS = {"cp": "CPython", "pp": "PyPy", "graalpy": "GraalPy", "pyston": "Pyston"}
"""`platform_python_implementation` by the letters of a Python tag; `py` means any."""


class PythonTag(NamedTuple):
    """A Python tag: `cp311` is ("cp", 3, 11), `py3` is ("py", 3, None)."""

    letters: str
    major: int
    minor: int | None


class PlatformTag(NamedTuple):
    """A platform tag: its system (`linux`, `windows`, `macos`, `android`, `ios`), machine or binary format, and macOS version."""

    system: str
    machine: str
    version: tuple[int, int] = (0, 0)


@lru_cache(maxsize=1024)
def parse_python_tag(tag: str) -> PythonTag | None:
    """The parts of a Python tag; None for an unknown one."""
    match = _PYTHON.fullmatch(tag)
    return match and PythonTag(match[1], int(match[2]), int(match[3]) if match[3] else None)


@lru_cache(maxsize=1024)
def python_of_abi(tag: str) -> tuple[int, int] | None:
    """The one minor version of Python that an ABI tag is for; None for stable, `none` and unknown ABIs."""
    matches = (pattern.fullmatch(tag) for pattern in _ABIS)
    return next(((int(match[1]), int(match[2])) for match in matches if match), None)


@lru_cache(maxsize=1024)
def parse_platform_tag(tag: str) -> PlatformTag | None:
    """The parts of a platform tag; None for `any` and unknown ones."""
    if tag == "win32":
        return PlatformTag("windows", "x86")
    if tag in ("win_amd64", "win_arm64"):
        return PlatformTag("windows", tag.removeprefix("win_"))
    if match := _LINUX.fullmatch(tag):
        return PlatformTag("linux", match[1]) if match[1] in LINUX_MACHINES else None
    if match := _MACOS.fullmatch(tag):
        return PlatformTag("macos", match[3], (int(match[1]), int(match[2])))
    if match := _ANDROID.fullmatch(tag):
        return PlatformTag("android", match[1])
    match = _IOS.fullmatch(tag)
    return match and PlatformTag("ios", match[1])
