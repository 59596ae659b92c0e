"""What is done to a standalone build after it was unpacked: programs by all names, paths that are true, a mark that packages stay out.

Each step looks first whether there is anything to do, so that a run that was killed is finished by the next.
"""

import ast
import json
import os
import re
from pathlib import Path
from typing import Any

from hobd.core.vocab.python_key import PythonKey
from hobd.environments.create import replace_file
from hobd.environments.managed import ManagedPython

_EXTERNALLY_MANAGED = "[externally-managed]\nError=This Python installation is managed by uv and should not be modified.\n"
_BUILT_FOR = "/install"
"""The prefix that standalone builds are configured with."""
_PREFIX = re.compile(r"(?:(?<![\w./-])|(?<=-[LI]))/install(?=/|\s|$|['\"])")
_HEADER = "# system configuration generated and used by the sysconfig module\n"
_COMPILERS = {"CC": "cc", "CXX": "c++", "BLDSHARED": "cc", "LDSHARED": "cc", "LDCXXSHARED": "c++", "LINKCC": "cc", "AR": "ar"}
"""What the build machine's tools are called elsewhere."""
_BUILD_TOOL = re.compile(r"^(?:\S*/)?(?:clang\+\+|clang|llvm-ar|[\w]+-linux-\w+-(?:gcc|g\+\+|ar)|musl-clang)(?=\s|$)")


def complete(place: Path, python: ManagedPython, build: str | None) -> None:
    """Make an unpacked build ready for use.

    Args:
        place: where it lies now.
        python: what it is, and where it is to be used.
        build: which build it is, where the list said so.
    Raises:
        OSError: it cannot be written.
    """
    library = _library(place, python.key)
    _name_programs(place / "bin", python.key)
    if library is not None:
        _mark_managed(library)
        for file in library.glob("_sysconfigdata_*.py"):
            _tell_true_prefix(file, python.folder)
    for file in (place / "lib" / "pkgconfig").glob("*.pc"):
        _replace_prefix(file, python.folder)
    if build is not None and not (place / "BUILD").exists():
        replace_file(place / "BUILD", build)


def _library(folder: Path, key: PythonKey) -> Path | None:
    names = [f"python{key.minor}{key.suffix}", f"python{key.minor}", f"{key.implementation}{key.minor}"]
    return next((place for name in names if (place := folder / "lib" / name).is_dir()), None)


def _name_programs(programs: Path, key: PythonKey) -> None:
    """`python`, `python3`, `python3.12` and what the variant adds: links to the program that is there."""
    wanted = ["python", "python3", f"python{key.minor}", key.program]
    if key.suffix:
        wanted += [f"python{key.minor}{key.suffix}", f"python{key.suffix}", f"python3{key.suffix}"]
    real = next((name for name in reversed(wanted) if (programs / name).is_file()), None)
    if real is None:
        return
    target = os.path.basename((programs / real).resolve())
    for name in dict.fromkeys(wanted):
        if not os.path.lexists(programs / name):
            os.symlink(target, programs / name)


def _mark_managed(library: Path) -> None:
    if not (library / "EXTERNALLY-MANAGED").exists():
        replace_file(library / "EXTERNALLY-MANAGED", _EXTERNALLY_MANAGED)


def _tell_true_prefix(file: Path, prefix: Path) -> None:
    """The build's own settings name the folder and the compilers of the machine that it was built on. Written as uv writes them."""
    text = file.read_text("utf-8")
    values = _parse_settings(text)
    if values is None:
        return
    values["PYTHON_BUILD_STANDALONE"] = 1
    true = {name: _true_value(name, values[name], prefix) for name in sorted(values)}
    new = f"{_HEADER}build_time_vars = {json.dumps(true, indent=4, ensure_ascii=False)}\n"
    if new != text:
        replace_file(file, new)


def _parse_settings(text: str) -> dict[str, Any] | None:
    try:
        for node in ast.parse(text).body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "build_time_vars":
                found = ast.literal_eval(node.value)
                return found if isinstance(found, dict) else None
    except (SyntaxError, ValueError):
        return None
    return None


def _true_value(name: str, value: Any, prefix: Path) -> Any:
    if not isinstance(value, str):
        return value
    value = _PREFIX.sub(lambda _: str(prefix), " ".join(value.split()))
    return _BUILD_TOOL.sub(_COMPILERS[name], value) if name in _COMPILERS else value


def _replace_prefix(file: Path, prefix: Path) -> None:
    text = file.read_text("utf-8")
    if f"prefix={_BUILT_FOR}" in text:
        replace_file(file, text.replace(f"prefix={_BUILT_FOR}", f"prefix={prefix}"))
