"""Real interpreters, environments and unpacked wheels for the tests of this room."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from hobd.core.formats.direct_url import DirectUrl, render_direct_url
from hobd.core.tags import parse_wheel_name
from hobd.core.vocab.evidence import NoEvidence
from hobd.environments import interpreters
from hobd.environments.apply import Applied, ApplySettings, apply_plan
from hobd.environments.create import Shape, create_environment
from hobd.environments.environment import Environment, read_environment
from hobd.environments.inspect import read_installed
from hobd.environments.interpreter import Interpreter, read_facts
from hobd.environments.layout import Addition
from hobd.store.unpack import unpack_wheel

VARIABLES = {"PATH": os.defpath}


def probe(path: Path) -> Interpreter:
    """Ask an interpreter, without remembering, also where an event loop runs."""
    script = Path(interpreters.__file__).with_name("probe_facts.py").read_text()
    said = subprocess.run([path, "-I", "-S", "-c", script], capture_output=True, check=True, env=VARIABLES).stdout
    return read_facts(path, json.loads(said))


@cache
def this_python() -> Interpreter:
    """The interpreter that runs the tests."""
    return probe(Path(sys.executable))


def make_environment(root: Path, shape: Shape | None = None) -> Environment:
    """A new environment of the interpreter that runs the tests."""
    create_environment(root, this_python(), shape or Shape())
    return read_environment(probe(root / "bin" / "python"), NoEvidence())


def unpack(wheel: Path, folder: Path, origin: DirectUrl | None = None) -> Addition:
    """A wheel as the store would hand it out."""
    tree = folder / hashlib.sha256(wheel.read_bytes()).hexdigest()[:16]
    tree.mkdir(parents=True)
    manifest = unpack_wheel(wheel, tree, wheel=parse_wheel_name(wheel.name), is_built=False, created=0.0)
    return Addition(tree=tree, manifest=manifest, title=wheel.name, origin=None if origin is None else render_direct_url(origin))


def install(environment: Environment, *additions: Addition, settings: ApplySettings | None = None) -> Applied:
    """Install, replacing what has the same name."""
    names = {one.manifest.name.lower().replace("_", "-") for one in additions}
    old = [one for one in read_installed(environment.scheme.site_packages, NoEvidence()) if one.name in names]
    return apply_plan(environment, old, additions, settings or ApplySettings())


def uninstall(environment: Environment, names: Sequence[str]) -> Applied:
    """Remove by name."""
    old = [one for one in read_installed(environment.scheme.site_packages, NoEvidence()) if one.name in names]
    return apply_plan(environment, old, (), ApplySettings())


def installed(environment: Environment) -> dict[str, str]:
    """Versions by name."""
    return {str(one.name): one.version for one in read_installed(environment.scheme.site_packages, NoEvidence())}


def files_below(folder: Path) -> set[str]:
    """Every file and link, relative, without bytecode."""
    found = {str(Path(place, name).relative_to(folder)) for place, _, names in os.walk(folder) for name in names}
    return {path for path in found if "__pycache__" not in path}
