"""The projects that `workspace.lock` was made from."""

from pathlib import Path

APP = """\
[project]
name = "app"
version = "0.1.0"
requires-python = ">=3.11"
dependencies = ["six", "outer"]
[project.optional-dependencies]
a = ["idna==3.20"]
b = ["idna==3.10"]
c = ["sub[x]"]
[dependency-groups]
dev = ["iniconfig"]
g1 = ["idna==3.10"]
[tool.uv]
conflicts = [[{ extra = "a" }, { extra = "b" }, { group = "g1" }], [{ extra = "c" }, { package = "sub", extra = "y" }]]
[tool.uv.sources]
sub = { workspace = true }
outer = { path = "../outer" }
[tool.uv.workspace]
members = ["sub"]
"""
SUB = """\
[project]
name = "sub"
version = "0.2.0"
requires-python = ">=3.11"
dependencies = []
[project.optional-dependencies]
x = ["idna"]
y = ["six"]
[dependency-groups]
g1 = ["pygments"]
subg = ["colorama"]
[build-system]
requires = ["uv_build>=0.13.8,<0.14.0"]
build-backend = "uv_build"
"""


def write_workspace(folder: Path, lock: str) -> Path:
    """Lay the workspace out below a folder; returns its root."""
    root = folder / "app"
    (root / "sub").mkdir(parents=True)
    (folder / "outer").mkdir()
    (root / "pyproject.toml").write_text(APP)
    (root / "sub" / "pyproject.toml").write_text(SUB)
    (folder / "outer" / "pyproject.toml").write_text(SUB.replace('"sub"', '"outer"').replace('"idna"', '"six"'))
    (root / "uv.lock").write_text(lock)
    return root
