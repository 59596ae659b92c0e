"""One interpreter and one lock for the tests of selection."""

from pathlib import Path

from packaging.version import Version

from hobd.core.lockfile.model import Lock
from hobd.core.lockfile.parse import parse
from hobd.core.plan.select import Place
from hobd.core.tags import InterpreterFacts, Platform, tags_for
from hobd.core.vocab.names import Name

GOLDEN = Path(__file__).with_name("workspace.lock")
"""A workspace of `app` (virtual) and `sub` (editable), with conflicts, as uv 0.13.8 locked it."""


def workspace_lock() -> Lock:
    """The golden lock."""
    return parse(GOLDEN.read_text("utf-8"))


def names(*texts: str) -> frozenset[Name]:
    """Names as they are written here: normalized."""
    return frozenset(map(Name, texts))


def linux_place(version: str = "3.12.1") -> Place:
    """CPython on 64-bit Linux with glibc 2.36."""
    parsed = Version(version)
    python = (parsed.major, parsed.minor)
    platform = Platform(system="manylinux", machine="x86_64", version=(2, 36))
    facts = InterpreterFacts(implementation="cpython", python_version=python, implementation_version=python, platform=platform)
    environment = {
        "implementation_name": "cpython",
        "implementation_version": version,
        "os_name": "posix",
        "platform_machine": "x86_64",
        "platform_python_implementation": "CPython",
        "platform_release": "6.1.0",
        "platform_system": "Linux",
        "platform_version": "#1 SMP",
        "python_full_version": version,
        "python_version": f"{python[0]}.{python[1]}",
        "sys_platform": "linux",
    }
    return Place(environment=environment, version=parsed, tags=tags_for(facts))
