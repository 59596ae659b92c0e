"""Programs that answer the probe as some interpreter would, without being one."""

import json
import shlex
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

from hobd.environments import interpreters


@cache
def _own_facts() -> str:
    script = Path(interpreters.__file__).with_name("probe_facts.py").read_text()
    return subprocess.run([sys.executable, "-I", "-S", "-c", script], capture_output=True, text=True, check=True).stdout


def fake_python(path: Path, version: str, implementation: str = "cpython", **changes: object) -> Path:
    """Write a program that says it is another interpreter; `changes` replace parts of what it says."""
    said: dict[str, Any] = json.loads(_own_facts())
    minor = ".".join(version.split(".")[:2])
    said["markers"] |= {"python_full_version": version, "python_version": minor, "implementation_name": implementation}
    said |= {
        "executable": str(path),
        "base_executable": str(path),
        "prefix": str(path.parent.parent),
        "base_prefix": str(path.parent.parent),
    }
    said |= changes
    return write_program(path, f"echo {shlex.quote(json.dumps(said))}")


def write_program(path: Path, script: str) -> Path:
    """A shell script that can be run. Each run leaves a letter in the file `<name>.runs`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\nprintf x >> {shlex.quote(str(path))}.runs\n{script}\n")
    path.chmod(0o755)
    return path


def runs(path: Path) -> int:
    """How often a program was run."""
    counter = path.with_name(path.name + ".runs")
    return len(counter.read_text()) if counter.exists() else 0
