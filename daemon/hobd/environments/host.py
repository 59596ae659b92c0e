"""The platform that builds of Python have to fit, as their keys spell it."""

import os

from msgspec import Struct

_MACHINES = {
    "arm64": "aarch64",
    "amd64": "x86_64",
    "ppc64le": "powerpc64le",
    "ppc64": "powerpc64",
    "riscv64": "riscv64gc",
    "armv7l": "armv7",
}


class Host(Struct, frozen=True, kw_only=True):
    """This machine."""

    system: str
    machine: str
    libc: str


def read_host(libc: str | None) -> Host:
    """What this machine is.

    Args:
        libc: what `UV_LIBC` says, where it says something.
    """
    uname = os.uname()
    system = {"Darwin": "macos"}.get(uname.sysname, uname.sysname.lower())
    machine = _MACHINES.get(uname.machine, uname.machine)
    return Host(system=system, machine=machine, libc=libc or _libc(system, machine))


def _libc(system: str, machine: str) -> str:
    if system != "linux":
        return "none"
    try:
        is_gnu = (os.confstr("CS_GNU_LIBC_VERSION") or "").startswith("glibc")
    except (OSError, ValueError):
        is_gnu = False
    if machine == "armv7":
        return "gnueabihf" if is_gnu else "musleabihf"
    return "gnu" if is_gnu else "musl"
