"""Builds without isolation find in the environment what they need: all else is installed before they begin."""

from pathlib import Path

from tests.service.sessions import make_sites

HELPER = {
    "helper/pyproject.toml": """\
[project]
name = "helper"
version = "1.0"
requires-python = ">=3.9"
[build-system]
requires = ["uv_build>=0.13,<0.14"]
build-backend = "uv_build"
""",
    "helper/src/helper/__init__.py": """\
import os, zipfile
def build_wheel(folder, settings=None, metadata=None):
    name = "part-1.0-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as file:
        file.writestr("part.py", f"settings = {settings!r}")
        file.writestr("part-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: part\\nVersion: 1.0\\n")
        file.writestr("part-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        file.writestr("part-1.0.dist-info/RECORD", "".join(f"{each},,\\n" for each in [*file.namelist(), "part-1.0.dist-info/RECORD"]))
    return name
""",
    "part/pyproject.toml": """\
[project]
name = "part"
version = "1.0"
requires-python = ">=3.9"
[build-system]
requires = ["nobody-has-this"]
build-backend = "helper"
""",
}
APP = """\
[project]
name = "app"
version = "1.0"
requires-python = ">=3.9"
dependencies = ["helper", "part"]
[tool.uv.sources]
helper = { path = "helper" }
part = { path = "part" }
"""


def test_what_is_not_built_apart_is_built_last(tmp_path: Path) -> None:
    uv, hob = make_sites(tmp_path, {**HELPER, "pyproject.toml": APP})
    for command in (
        "sync --no-build-isolation-package part",
        "sync --no-build-isolation-package part -C a=b",
        "sync --no-build-isolation-package part --reinstall-package part",
        "sync",
    ):
        assert hob.tell(*command.split()) == uv.tell(*command.split()), command
