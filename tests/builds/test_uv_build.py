"""Wheels of `uv_build` projects are uv's: the same members with the same content."""

import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from hobd.builds.uv_build.settings import LayoutError
from hobd.builds.uv_build.wheel import build_wheel

UV = Path(sys.executable).with_name("uv")
BACKEND = '[build-system]\nrequires = ["uv_build>=0.13.8,<0.14"]\nbuild-backend = "uv_build"\n'

PROJECTS = {
    "plain": '[project]\nname = "my-demo"\nversion = "0.1"\n',
    "described": """[project]
name = "My_Demo"
version = "v0.1.0-1"
description = "What it is"
readme = "README.md"
license = "MIT"
license-files = ["LIC*"]
keywords = ["a", "b"]
classifiers = ["Private :: Do Not Upload"]
authors = [{ name = "A" }, { name = "B", email = "b@files.example" }, { email = "c@files.example" }]
maintainers = [{ name = "Q" }, { email = "z@files.example" }]
requires-python = ">=3.8,<4"
dependencies = ["idna >=2 ; python_version > '3.7'", "Thing[z,a] @ https://files.example/thing.zip"]
[project.optional-dependencies]
Fast_x = ["idna; python_version >= '3.8'", "idna>2,<4"]
[project.scripts]
hello = "my_demo:hello"
[project.gui-scripts]
shown = "my_demo:hello"
[project.urls]
Home = "https://files.example/x"
[project.entry-points."my.group"]
a = "my_demo:hello"
""",
    "licensed by text": '[project]\nname = "my-demo"\nversion = "1"\nlicense = { text = "BSD" }\n'
    'readme = { text = "# hi", content-type = "text/x-rst" }\n',
    "licensed by file": '[project]\nname = "my-demo"\nversion = "1"\nlicense = { file = "LICENSE" }\n',
    "with data and exclusions": """[project]
name = "my-demo"
version = "1"
[tool.uv.build-backend]
data = { scripts = "tools" }
wheel-exclude = ["/src/my_demo/sub", "*.txt"]
""",
    "flat": '[project]\nname = "flat"\nversion = "1"\n[tool.uv.build-backend]\nmodule-root = ""\n',
    "namespaced": '[project]\nname = "other"\nversion = "1"\n[tool.uv.build-backend]\nmodule-name = "space.inner"\n',
}


def make(folder: Path, text: str) -> Path:
    for name in ("src/my_demo/sub", "src/space/inner", "flat/__pycache__", "tools"):
        (folder / name).mkdir(parents=True)
    for name in (
        "src/my_demo/__init__.py",
        "src/my_demo/sub/data.txt",
        "src/my_demo/sub/x.pyc",
        "src/my_demo/é.txt",
        "src/my_demo/.hidden",
    ):
        (folder / name).write_text("x = 1\n")
    for name in ("src/space/inner/__init__.py", "flat/__init__.py", "flat/__pycache__/x.pyc", "tools/run", "LICENSE", "README.md"):
        (folder / name).write_text("some text\n")
    (folder / "pyproject.toml").write_text(text + BACKEND)
    return folder


def members(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


@pytest.mark.parametrize("name", PROJECTS)
def test_a_wheel_has_the_members_that_uv_gives_it(name: str, tmp_path: Path) -> None:
    source = make(tmp_path / "source", PROJECTS[name])
    command = [
        str(UV),
        "build",
        "--wheel",
        "--quiet",
        "--offline",
        "--python",
        sys.executable,
        "--out-dir",
        str(tmp_path / "theirs"),
        "--no-config",
    ]
    subprocess.run(command, cwd=source, check=True, env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"})
    (theirs,) = (tmp_path / "theirs").glob("*.whl")
    (tmp_path / "ours").mkdir()
    ours = build_wheel(source, tomllib.loads((source / "pyproject.toml").read_text()), tmp_path / "ours")
    assert ours.name == theirs.name
    assert members(ours) == members(theirs)


def test_an_editable_wheel_points_to_the_sources(tmp_path: Path) -> None:
    source = make(tmp_path / "source", PROJECTS["plain"])
    wheel = build_wheel(source, tomllib.loads((source / "pyproject.toml").read_text()), tmp_path, is_editable=True)
    found = members(wheel)
    assert found["my_demo.pth"].decode() == str(source / "src")
    assert not any(name.endswith("__init__.py") for name in found)


def test_a_missing_module_is_named(tmp_path: Path) -> None:
    source = make(tmp_path / "source", '[project]\nname = "nowhere"\nversion = "1"\n')
    with pytest.raises(LayoutError, match=r"Expected a Python module at: src/nowhere/__init__\.py"):
        build_wheel(source, tomllib.loads((source / "pyproject.toml").read_text()), tmp_path)
