"""The platform that the program runs on, as a target triple."""

import platform
import sys


def target_triple() -> str:
    """`x86_64-unknown-linux-gnu`, `aarch64-apple-darwin` ..."""
    machine = platform.machine().lower()
    architecture = {"amd64": "x86_64", "arm64": "aarch64"}.get(machine, machine)
    if sys.platform == "darwin":
        return f"{architecture}-apple-darwin"
    if sys.platform == "win32":
        return f"{architecture}-pc-windows-msvc"
    return f"{architecture}-unknown-linux-{'gnu' if platform.libc_ver()[0] == 'glibc' else 'musl'}"
