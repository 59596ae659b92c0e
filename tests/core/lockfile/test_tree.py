"""Trees, as text and as data: held against uv over locks with cycles, forks, extras, groups and conflicts."""

import json
import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest
from msgspec.structs import replace

from hobd.core.lockfile.parse import parse
from hobd.core.lockfile.tree import render_tree
from hobd.core.lockfile.tree_graph import TreeOptions
from hobd.core.lockfile.tree_json import TreePlace, render_tree_data
from hobd.core.vocab.names import Name
from tests.core.lockfile.made import INDEX, package, to

UV = Path(sys.executable).with_name("uv")

HEAD = """\
version = 1
revision = 5
requires-python = ">=3.11"
conflicts = [[{ package = "app", extra = "new" }, { package = "app", extra = "old" }]]

[[package]]
name = "app"
version = "0.1.0"
source = { virtual = "." }
"""
LOCK = (
    HEAD
    + f"""\
dependencies = [{to("alpha")}, {to("beta", extra="fast")}, {to("gamma")}]

[package.optional-dependencies]
new = [{to("delta", version="2.0")}]
old = [{to("delta", version="1.0")}]

[package.dev-dependencies]
dev = [{to("beta")}]
docs = [{to("epsilon", "sys_platform == 'win32'")}]

[package.metadata]
provides-extras = ["new", "old"]

[package.metadata.requires-dev]
dev = []
docs = []

"""
    + "\n".join(
        [
            package("alpha", to("beta") + "\n" + to("zeta")),
            package("beta", to("zeta", "python_full_version >= '3.12'"), fast=to("epsilon") + "\n" + to("beta")),
            package("delta", to("zeta", "sys_platform == 'win32'")),
            package("delta", to("epsilon"), "2.0"),
            package("epsilon"),
            package("gamma", to("theta")),
            package("theta", to("gamma")),
            package("zeta", to("epsilon", "python_full_version < '3.12'")),
        ]
    )
)
PROJECT = """\
[project]
name = "app"
version = "0.1.0"
requires-python = ">=3.11"
[project.optional-dependencies]
new = []
old = []
[dependency-groups]
dev = []
docs = []
"""
CASES = {
    "": TreeOptions(),
    "--depth 1": TreeOptions(depth=1),
    "--depth 2": TreeOptions(depth=2),
    "--no-dedupe": TreeOptions(is_deduplicated=False),
    "--invert": TreeOptions(is_inverted=True),
    "--invert --package epsilon": TreeOptions(is_inverted=True, packages=(Name("epsilon"),)),
    "--package beta --package zeta": TreeOptions(packages=(Name("beta"), Name("zeta"))),
    "--prune zeta": TreeOptions(prune=frozenset({Name("zeta")})),
}


def options_of(words: str) -> TreeOptions:
    return replace(CASES[words], members=(Name("app"),), groups_of=lambda package: ("dev", "docs"))


def asked_of_uv(folder: Path, *words: str) -> str:
    """What uv draws."""
    (folder / "pyproject.toml").write_text(PROJECT)
    (folder / "uv.lock").write_text(LOCK)
    environment = {"HOME": str(folder), "UV_CACHE_DIR": str(folder / "cache"), "UV_PYTHON_DOWNLOADS": "never"}
    command = [str(UV), "tree", "--frozen", "--offline", "--universal", "--all-groups", "--quiet", *words]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("words", CASES)
def test_a_tree_is_drawn_as_uv_draws_it(words: str, tmp_path: Path) -> None:
    assert render_tree(parse(LOCK), options_of(words)) == asked_of_uv(tmp_path, *words.split())


@pytest.mark.parametrize("words", ["", "--depth 1", "--invert", "--package beta --package zeta"])
def test_a_tree_as_data_is_that_of_uv(words: str, tmp_path: Path) -> None:
    theirs = asked_of_uv(tmp_path, "--format", "json", *words.split())
    assert render_tree_data(parse(LOCK), options_of(words), TreePlace(root=PurePosixPath(tmp_path))) == theirs


def test_the_data_of_a_script_hang_on_the_script() -> None:
    lock = parse(f'version = 1\nrequires-python = ">=3.11"\n[manifest]\nrequirements = [{{ name = "alpha" }}]\n{package("alpha")}')
    script = PurePosixPath("/there/tool.py")
    told = json.loads(render_tree_data(lock, TreeOptions(), TreePlace(root=script.parent, script=script)))
    assert told["roots"] == [{"id": "script+/there/tool.py"}]
    assert told["resolution"]["script+/there/tool.py"]["dependencies"] == [{"id": f"alpha==1.0@registry+{INDEX}"}]
    assert "members" not in told
