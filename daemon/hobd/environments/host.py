"""The platform that builds of Python have to fit, as their keys spell it."""

import os

from msgspec import Struct

from hobd.environments.key_words import as_keys_spell, libc_as_keys_spell


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
    system = as_keys_spell(uname.sysname.lower())
    machine = {"riscv64": "riscv64gc"}.get(uname.machine, as_keys_spell(uname.machine))
    return Host(system=system, machine=machine, libc=libc or _libc(system, machine))


def _libc(system: str, machine: str) -> str:
    if system != "linux":
        return "none"
    try:
        is_gnu = (os.confstr("CS_GNU_LIBC_VERSION") or "").startswith("glibc")
    except (OSError, ValueError):
        is_gnu = False
    return libc_as_keys_spell("glibc" if is_gnu else "musl", machine)
